"""The published mines as project documents, from the rows that their case files print, in printed units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.seed.demo import documents
from app.valuation.proof.case import Case
from tests.everything import quantity

Document = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """The rows of one case."""

    case: Case

    def row(self, name: str, unit: str, sign: float = 1.0) -> dict[str, Any]:
        """Return a printed row as a quantity by period."""
        return quantity([sign * float(value) for value in self.case.rows[name]], unit)

    def costs(self, category: str, *names: str) -> list[dict[str, Any]]:
        """Return printed cost rows."""
        return [
            {"name": name, "category": category, "basis": "entered", "rate": self.row(name, "M¤")}
            for name in names
        ]

    def capital(self) -> list[dict[str, Any]]:
        """Return the printed rows of construction and sustaining capital, and salvage where it is printed."""
        items = [
            {"name": "construction", "kind": "initial", "amount": self.row("capex", "M¤")},
            {"name": "sustaining", "kind": "sustaining", "amount": self.row("sustaining", "M¤")},
        ]
        if "salvage" in self.case.rows:
            received = quantity(float(self.case.rows["salvage"][-1]), "M¤")
            items.append(
                {
                    "name": "plant",
                    "kind": "initial",
                    "amount": quantity([0] * self.case.n_periods, "M¤"),
                    "salvage": received,
                }
            )
        return items

    def entered(self, **rows: tuple[str, str, float]) -> list[dict[str, Any]]:
        """Return printed rows in place of derived lines; two underscores stand for the point of a line."""
        return [
            {"line": line.replace("__", ".").replace("_of_", " "), "row": self.row(*row)}
            for line, row in rows.items()
        ]

    def project(self, slug: str, currency: str, scenario: Mapping[str, Any]) -> Document:
        """Return the document of one scenario in years."""
        timeline = {"start": "2026-01-01", "periods": [{"length": "year", "count": self.case.n_periods}]}
        head = {"slug": "base", "name": "As published", "is_base": True}
        return {
            "format": "calminer-project/1",
            "project": {"slug": slug, "name": self.case.name, "currency": currency},
            "scenarios": [{**head, **timeline, **scenario}],
        }


def metal(name: str, price: float, unit: str, **more: Any) -> dict[str, Any]:
    """Return the payment for one metal."""
    return {"metal": name, "price": quantity(price, unit), **more}


def berg() -> Document:
    """Four metals in US$ at 0.73 US$ per C$."""
    table = Table(Case.load("01_berg_pfs_2026"))
    usd = {"price_currency": "USD"}
    metals = [
        metal("cu", 4.75, "¤/lb", **usd),
        *(metal(name, price, unit, by_product=True, **usd) for name, price, unit in BERG_BY_PRODUCTS),
    ]
    payable = {"cu": "Mlb", "mo": "Mlb", "ag": "koz", "au": "koz"}
    rows = {f"payable__{name}": (f"pay_{name}", unit, 1.0) for name, unit in payable.items()}
    return table.project(
        "berg",
        "CAD",
        {
            "terms": {"discount_rate": quantity(8, "%"), "convention": "mid"},
            "rates": [{"currency": "USD", "as_of": "2026-01-01", "rate": quantity(1 / 0.73, "1")}],
            "processes": [{"name": "mill", "ore": table.row("ore_mt", "Mt")}],
            "products": [{"name": "concentrate", "metals": metals}],
            "costs": [*table.costs("offsite", "offsite"), *table.costs("other", "opex")],
            "capital": table.capital(),
            "closures": [{"name": "closure", "spend": table.row("closure", "M¤")}],
            "levies": [{"name": "royalty", "base": "nsr", "rate": quantity(1, "%")}],
            "entered_rows": table.entered(
                **rows,
                income_tax=("tax_cash", "M¤", -1.0),
                working_capital_change=("wc_cash", "M¤", -1.0),
            ),
        },
    )


BERG_BY_PRODUCTS = (("mo", 20.0, "¤/lb"), ("ag", 45.0, "¤/oz"), ("au", 3500.0, "¤/oz"))


def los_ricos() -> Document:
    """Silver, gold and copper; salvage and release of working capital in the last column."""
    table = Table(Case.load("05_los_ricos_south_fs_2025"))
    metals = [
        metal("ag", 26.8, "¤/oz"),
        metal("au", 2330, "¤/oz", by_product=True),
        metal("cu", 4, "¤/lb", by_product=True),
    ]
    return table.project(
        "los-ricos-south",
        "USD",
        {
            "production_start": 2,
            "terms": {"discount_rate": quantity(5, "%"), "convention": "start"},
            "products": [{"name": "doré and concentrate", "metals": metals}],
            "costs": [*table.costs("offsite", "selling"), *table.costs("other", "opex")],
            "capital": table.capital(),
            "closures": [{"name": "closure", "spend": table.row("closure", "M¤")}],
            "entered_rows": table.entered(
                payable__ag=("ag", "koz", 1.0),
                payable__au=("au", "koz", 1.0),
                payable__cu=("cu", "Mlb", 1.0),
                levy__mining_of_tax=("mining_tax", "M¤", 1.0),
                income_tax=("tax", "M¤", 1.0),
                working_capital_change=("wc_increase", "M¤", 1.0),
            ),
        },
    )


def whistler() -> Document:
    """Gold, copper and silver with off-site charges as printed and a 3 % NSR royalty."""
    table = Table(Case.load("07_whistler_pea_2026"))
    metals = [
        metal("au", 3200, "¤/oz"),
        metal("cu", 4.5, "¤/lb", by_product=True),
        metal("ag", 37.5, "¤/oz", by_product=True),
    ]
    return table.project(
        "whistler",
        "USD",
        {
            "terms": {"discount_rate": quantity(5, "%"), "convention": "mid", "royalty_in_c1": True},
            "sources": [{"name": "pit", "ore": table.row("ore_mined_mt", "Mt")}],
            "processes": [{"name": "mill", "ore": table.row("ore_mt", "Mt")}],
            "products": [{"name": "concentrate and doré", "metals": metals}],
            "costs": [
                *table.costs("offsite", "conc_transport", "dore"),
                *table.costs("other", "mining", "processing", "ga"),
            ],
            "capital": table.capital(),
            "closures": [{"name": "closure", "spend": table.row("closure", "M¤")}],
            "levies": [{"name": "royalty", "base": "nsr", "rate": quantity(3, "%")}],
            "entered_rows": table.entered(
                payable__au=("au", "koz", 1.0),
                payable__cu=("cu", "Mlb", 1.0),
                payable__ag=("ag", "koz", 1.0),
                treatment=("treatment", "M¤", 1.0),
                refining=("refining", "M¤", 1.0),
                income_tax=("tax", "M¤", 1.0),
            ),
        },
    )


@dataclass(frozen=True)
class Claim:
    """An indicator as published, in units of currency or as a fraction, and how far ours may be from it."""

    indicator: str
    printed: float
    tolerance: float


#: Case by case: its document, and what the source publishes. Tolerances are those of the case files.
PUBLISHED: Mapping[str, tuple[Callable[[], Document], tuple[Claim, ...]]] = {
    "01 Berg": (
        berg,
        (Claim("npv_pre_tax", 6611e6, 33.5e6), Claim("irr_pre_tax", 0.2376, 0.002)),
    ),
    "02 Vizcachitas": (
        lambda: documents()["vizcachitas"],
        (
            Claim("npv_after_tax", 2776e6, 0.841e6),
            Claim("npv_pre_tax", 3999e6, 0.841e6),
            Claim("irr_after_tax", 0.242, 0.0005),
            Claim("irr_pre_tax", 0.285, 0.0005),
        ),
    ),
    "05 Los Ricos South": (
        los_ricos,
        (
            Claim("npv_pre_tax", 553e6, 4.1e6),
            Claim("npv_after_tax", 355.1e6, 4.1e6),
            Claim("irr_pre_tax", 0.39, 0.005),
            Claim("irr_after_tax", 0.28, 0.005),
        ),
    ),
    "07 Whistler": (
        whistler,
        (
            Claim("npv_after_tax", 2038.8e6, 1.88e6),
            Claim("irr_pre_tax", 0.38, 0.005),
            Claim("irr_after_tax", 0.33, 0.005),
        ),
    ),
    "09 Diamba Sud": (
        lambda: documents()["diamba-sud"],
        (Claim("npv_pre_tax", 1379e6, 7.8e6), Claim("irr_pre_tax", 0.70, 0.005)),
    ),
}
