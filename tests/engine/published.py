"""Published mines as engine inputs, from physicals where their cash-flow table prints them.

Each case file names its source, says who transcribed it and carries the caveats; quote its figures only with
those. A tolerance is the case's own: what the rounding of the printed inputs explains.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from app.engine.cashflow import CashFlow
from app.engine.inputs import (
    CapitalItem,
    Closure,
    CostLine,
    DepreciationClass,
    Fiscal,
    IncomeTax,
    Levy,
    Losses,
    MetalTerms,
    MineInputs,
    Money,
    OreSource,
    Process,
    Product,
    Terms,
)
from app.engine.kinds import (
    CapitalKind,
    ClosureFunding,
    CostBasis,
    CostCategory,
    DepreciationMethod,
    DiscountConvention,
    LevyBase,
    LevyTreatment,
    LossRule,
    PeriodLength,
)
from app.engine.quantity import Driven
from app.engine.timeline import Timeline
from app.engine.units import price_to_base, to_base

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """One case file: its rows, what it published, and the tolerance of each of its checks."""

    rows: Mapping[str, np.ndarray]
    published: Mapping[str, Any]
    tolerance: Mapping[str, float]

    @classmethod
    def load(cls, name: str) -> Case:
        raw = json.loads((CASES / f"{name}.json").read_text())
        rows = {key: np.array(array["values"], dtype=float) for key, array in raw["arrays"].items()}
        return cls(rows, raw["published"], {check["id"]: check["tol"] for check in raw["checks"]})

    @property
    def n_periods(self) -> int:
        return max(len(row) for row in self.rows.values())

    def timeline(self, production_start: int | None = None) -> Timeline:
        return Timeline(date(2026, 1, 1), (PeriodLength.YEAR,) * self.n_periods, None, production_start)


def site(case: Case, factor: float, *names: str) -> tuple[CostLine, ...]:
    """Return printed site cost rows as cost lines."""
    return tuple(
        CostLine(name, CostCategory.OTHER, CostBasis.ENTERED, case.rows[name] * factor) for name in names
    )


def offsite(case: Case, factor: float, *names: str) -> tuple[CostLine, ...]:
    return tuple(
        CostLine(name, CostCategory.OFFSITE, CostBasis.ENTERED, case.rows[name] * factor) for name in names
    )


def capital(case: Case, factor: float) -> tuple[CapitalItem, ...]:
    return (
        CapitalItem("construction", CapitalKind.INITIAL, case.rows["capex"] * factor),
        CapitalItem("sustaining", CapitalKind.SUSTAINING, case.rows["sustaining"] * factor),
    )


def per(price: float, unit: str) -> float:
    return float(price_to_base(price, unit))


def worst(ours: np.ndarray, printed: np.ndarray, factor: float = 1e6) -> float:
    """Return the largest difference from a printed row, in the table's money."""
    return float(np.max(np.abs(ours.ravel() / factor - printed)))


def npv(flow: CashFlow, key: str, factor: float = 1e6) -> float:
    return float(flow.discounted(key).sum() / factor)


def diamba_sud(case: Case, *, printed_revenue: bool = False) -> MineInputs:
    """Gold: tonnes, grade, recovery, 3 % royalty and 0.5 % social fund after refining."""
    rows = case.rows
    levies = tuple(
        Levy(name, LevyBase.REVENUE_AFTER_REFINING, rate)
        for name, rate in (("royalty", 0.03), ("social fund", 0.005))
    )
    return MineInputs(
        case.timeline(),
        Terms(0.05, DiscountConvention.START),
        sources=(OreSource("pits", rows["ore_mined_t"], grades={"Au": to_base(rows["grade"], "g/t")}),),
        processes=(
            Process(
                "mill",
                rows["ore_t"],
                {"Au": to_base(rows["grade"], "g/t")},
                {"Au": to_base(rows["recovery_pct"], "percent")},
            ),
        ),
        products=(Product("doré", (MetalTerms("Au", per(3500, "oz")),)),),
        costs=site(case, 1e6, "mining", "processing", "ga"),
        capital=capital(case, 1e6),
        closures=(Closure(spend=rows["closure"] * 1e6),),
        fiscal=Fiscal(levies=levies),
        entered={"refining": rows["refining"] * 1e6}
        | ({"revenue": rows["revenue"] * 1e6} if printed_revenue else {}),
    )


def vizcachitas(case: Case) -> MineInputs:
    """Copper concentrate: metal in product, payable, selling cost, 2 % NSR royalty; mining royalty and tax as
    printed.
    """
    rows = case.rows
    product = {
        "Cu": rows["cu_in_product"],
        "Mo": rows["mo_in_product"],
        "Ag": to_base(rows["ag_in_product"], "oz"),
    }
    payable = {"Cu": rows["cu_payable"], "Mo": rows["mo_payable"], "Ag": to_base(rows["ag_payable"], "oz")}
    prices = {"Cu": per(3.68, "lb"), "Mo": per(12.9, "lb"), "Ag": per(21.79, "oz")}
    metals = tuple(
        MetalTerms(name, prices[name], share) for name, share in (("Cu", 0.965), ("Mo", 0.975), ("Ag", 0.9))
    )
    return MineInputs(
        case.timeline(),
        Terms(0.08, DiscountConvention.MID),
        processes=(Process("concentrator", rows["ore_kt"] * 1e3),),
        products=(Product("concentrate", metals),),
        costs=(
            *offsite(case, 1e3, "selling", "finance_advance"),
            *site(case, 1e3, "mining", "rehandle", "processing", "surface", "ga"),
        ),
        capital=capital(case, 1e3),
        closures=(Closure(spend=rows["closure"] * 1e3),),
        fiscal=Fiscal(levies=(Levy("royalty", LevyBase.NSR, 0.02),)),
        entered={f"recovered.{metal}": row for metal, row in product.items()}
        | {f"payable.{metal}": row for metal, row in payable.items()}
        | {
            "levy.mining royalty": rows["mining_royalty_tax"] * 1e3,
            "income_tax": rows["income_tax"] * 1e3,
        },
    )


def berg(case: Case) -> MineInputs:
    """Four metals in US$ at 0.73 US$ per C$; 1 % royalty on revenue after off-site cost; tax with a refunded
    credit.
    """
    rows = case.rows
    prices = {"cu": (4.75, "lb"), "mo": (20.0, "lb"), "ag": (45.0, "oz"), "au": (3500.0, "oz")}
    usd = Money("USD")
    metals = tuple(
        MetalTerms(metal, per(*price), price_money=usd, by_product=metal != "cu")
        for metal, price in prices.items()
    )
    mass = {"cu": "Mlb", "mo": "Mlb", "ag": "koz", "au": "koz"}
    closing = np.zeros(case.n_periods)
    closing[-1] = rows["salvage"][-1] * 1e6
    return MineInputs(
        case.timeline(),
        Terms(0.08, DiscountConvention.MID),
        fx={"USD": 1 / 0.73},
        processes=(Process("mill", rows["ore_mt"] * 1e6),),
        products=(Product("concentrate", metals),),
        costs=(*offsite(case, 1e6, "offsite"), *site(case, 1e6, "opex")),
        capital=(
            *capital(case, 1e6),
            CapitalItem("plant", CapitalKind.INITIAL, np.zeros(case.n_periods), salvage=closing[-1]),
        ),
        closures=(Closure(spend=rows["closure"] * 1e6),),
        fiscal=Fiscal(levies=(Levy("royalty", LevyBase.NSR, 0.01),)),
        entered={f"payable.{metal}": to_base(rows[f"pay_{metal}"], mass[metal]) for metal in prices}
        | {"income_tax": -rows["tax_cash"] * 1e6, "working_capital_change": -rows["wc_cash"] * 1e6},
    )


def los_ricos(case: Case) -> MineInputs:
    """Silver, gold and copper; salvage and release of working capital in the last column."""
    rows = case.rows
    metals = (
        MetalTerms("ag", per(26.8, "oz")),
        MetalTerms("au", per(2330, "oz"), by_product=True),
        MetalTerms("cu", per(4.0, "lb"), by_product=True),
    )
    mass = {"ag": "koz", "au": "koz", "cu": "Mlb"}
    return MineInputs(
        case.timeline(2),
        Terms(0.05, DiscountConvention.START),
        products=(Product("doré and concentrate", metals),),
        costs=(*offsite(case, 1e6, "selling"), *site(case, 1e6, "opex")),
        capital=(
            *capital(case, 1e6),
            CapitalItem("plant", CapitalKind.INITIAL, np.zeros(case.n_periods), salvage=8.0e6),
        ),
        closures=(Closure(spend=rows["closure"] * 1e6),),
        entered={f"payable.{metal}": to_base(rows[metal], unit) for metal, unit in mass.items()}
        | {
            "levy.mining tax": rows["mining_tax"] * 1e6,
            "income_tax": rows["tax"] * 1e6,
            "working_capital_change": rows["wc_increase"] * 1e6,
        },
    )


def whistler(case: Case) -> MineInputs:
    """Gold, copper and silver with four off-site charge lines and a 3 % NSR royalty; a stockpile between mine
    and mill.
    """
    rows = case.rows
    metals = (
        MetalTerms("au", per(3200, "oz")),
        MetalTerms("cu", per(4.5, "lb"), by_product=True),
        MetalTerms("ag", per(37.5, "oz"), by_product=True),
    )
    mass = {"au": "koz", "cu": "Mlb", "ag": "koz"}
    return MineInputs(
        case.timeline(),
        Terms(0.05, DiscountConvention.MID),
        sources=(OreSource("pit", rows["ore_mined_mt"] * 1e6),),
        processes=(Process("mill", rows["ore_mt"] * 1e6),),
        products=(Product("concentrate and doré", metals),),
        costs=(
            *offsite(case, 1e6, "conc_transport", "dore"),
            *site(case, 1e6, "mining", "processing", "ga"),
        ),
        capital=capital(case, 1e6),
        closures=(Closure(spend=rows["closure"] * 1e6),),
        fiscal=Fiscal(levies=(Levy("royalty", LevyBase.NSR, 0.03),)),
        entered={f"payable.{metal}": to_base(rows[metal], unit) for metal, unit in mass.items()}
        | {
            "treatment": rows["treatment"] * 1e6,
            "refining": rows["refining"] * 1e6,
            "income_tax": rows["tax"] * 1e6,
        },
    )


def fenn_gib(case: Case) -> MineInputs:
    """Gold in C$ from tonnes, grade and recovery, sold in US$ at 1.35; royalty, working capital and tax as
    printed.
    """
    rows = case.rows
    usd = Money("USD")
    return MineInputs(
        case.timeline(),
        Terms(0.05, DiscountConvention.END),
        drivers={"gold_price": per(3100, "oz")},
        fx={"USD": 1.35},
        processes=(
            Process(
                "mill",
                rows["ore_kt"] * 1e3,
                {"Au": to_base(rows["grade"], "g/t")},
                {"Au": rows["recovery"]},
            ),
        ),
        products=(Product("doré", (MetalTerms("Au", Driven("gold_price"), 0.9995, price_money=usd),)),),
        costs=site(case, 1e6, "mining", "processing", "ga"),
        capital=capital(case, 1e6),
        closures=(Closure(spend=rows["closure"] * 1e6),),
        entered={
            "levy.royalty": rows["royalty"] * 1e6,
            "working_capital_change": rows["wc_increase"] * 1e6,
            "income_tax": rows["tax"] * 1e6,
        },
    )


def sugarcane(case: Case, ebitda: float) -> MineInputs:
    """A plant with MACRS-7, working capital out and back, replacement capital, and losses that help
    nobody.
    """
    years = np.arange(case.n_periods)
    capital_cost = 198.8
    replaced = np.where(np.isin(years, [7, 12, 17]), 3.19, 0.0)
    working = np.where(years == 1, 0.05 * capital_cost, 0.0) - np.where(years == 21, 0.05 * capital_cost, 0.0)
    return MineInputs(
        case.timeline(),
        Terms(0.15, DiscountConvention.PRODUCTION_START),
        capital=(
            CapitalItem("plant", CapitalKind.INITIAL, capital_cost, (0.4, 0.6), depreciation="macrs"),
            CapitalItem("replacement", CapitalKind.REPLACEMENT, replaced),
        ),
        fiscal=Fiscal(
            depreciation=(DepreciationClass("macrs", DepreciationMethod.MACRS, life=7),),
            tax=IncomeTax(rate=0.21, losses=Losses(LossRule.LOST)),
        ),
        entered={"revenue": np.where(years >= 2, ebitda, 0.0), "working_capital_change": working},
    )


def buenavista(case: Case) -> MineInputs:
    """Copper, molybdenum, zinc: duty 7.5 % of EBITDA, profit share 10 %, income tax 30 % with the duty
    credited.

    The 21 annual columns; depreciation is what EBITDA, duty, profit share and printed gross income leave.
    """
    rows = {name: row[:21] * 1e6 for name, row in case.rows.items()}
    duty = 0.075 * np.maximum(case.rows["ebitda"][:21], 0) * 1e6
    gross = rows["gross_income"]
    share = np.maximum(gross, 0) / 9
    printed = Case({name: row[:21] for name, row in case.rows.items()}, {}, {})
    return MineInputs(
        Timeline.regular(date(2025, 1, 1), PeriodLength.YEAR, 21),
        Terms(0.1, DiscountConvention.START),
        costs=(
            *offsite(printed, 1e6, "tcrc_freight"),
            *site(printed, 1e6, "mining", "plants", "ga", "decom"),
        ),
        capital=(CapitalItem("sustaining", CapitalKind.SUSTAINING, rows["capex"]),),
        closures=(Closure(spend=rows["closure"], funding=ClosureFunding.PROVISION),),
        fiscal=Fiscal(
            levies=(
                Levy(
                    "duty",
                    LevyBase.EBITDA,
                    0.075,
                    before_tax=False,
                    treatment=LevyTreatment.DEDUCTIBLE,
                    credit=0.3,
                ),
                Levy("profit share", LevyBase.EBIT, 0.1, order=1, before_tax=False),
            ),
            tax=IncomeTax(rate=0.3),
            provision_deductible=True,
        ),
        entered={
            "revenue.Cu": rows["rev_cu"],
            "revenue.Mo": rows["rev_mo"],
            "revenue.Zn": rows["rev_zn"],
            "accretion": rows["accretion"],
            "depreciation": rows["ebitda"] - duty - share - gross,
            "working_capital_change": rows["wc_increase"],
        },
    )
