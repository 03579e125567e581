"""A copper-gold mine in British Columbia from its document to its value, against the same in plain NumPy.

The second calculation shares nothing with the engine; it was written from the terms, before the comparison.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from app.planning.presets import find_preset
from app.seed.document import load_project
from app.valuation.evaluate import evaluate_scenario
from tests.everything import quantity

YEARS = 14
ORE = np.array([0.0] * 2 + [10e6] * 12)
WASTE = np.array([0.0, 5e6] + [18e6] * 12)
SITE = np.array([0.0] * 2 + [25e6] * 12)
CAPITAL = np.array([360e6, 540e6] + [20e6] * 12)
CLOSURE = np.array([0.0] * 13 + [80e6])
POUNDS, GRAMS = 2204.62262185, 31.1034768


def scenario() -> dict[str, Any]:
    """Return 12 years at 10 Mt after two of construction; copper in concentrate with gold."""
    mill = [{"metal": "Cu", "recovery": quantity(88, "%")}, {"metal": "Au", "recovery": quantity(65, "%")}]
    rock = [{"metal": "Cu", "grade": quantity(0.35, "%")}, {"metal": "Au", "grade": quantity(0.25, "g/t")}]
    ore = quantity((ORE / 1e6).tolist(), "Mt")
    levies = [dict(row.values) for row in find_preset("british-columbia").rows if row.part == "levies"]
    return {
        "slug": "base",
        "name": "Base",
        "is_base": True,
        "start": "2027-01-01",
        "periods": [{"length": "year", "count": YEARS}],
        "terms": {"discount_rate": quantity(8, "%"), "convention": "mid"},
        "sources": [
            {"name": "Pit", "ore": ore, "waste": quantity((WASTE / 1e6).tolist(), "Mt"), "metals": rock}
        ],
        "processes": [{"name": "Mill", "metals": mill, "feeds": [{"source": "Pit", "ore": ore}]}],
        **sales(),
        **costs(),
        "closures": [{"name": "Closure", "spend": quantity((CLOSURE / 1e6).tolist(), "M¤")}],
        "levies": [{"name": "Royalty", "base": "nsr", "rate": quantity(2, "%")}, *levies],
        "depreciation": [{"name": "CCA 41", "method": "pool", "factor": 0.25}],
        "income_tax": {"rate": quantity(27, "%"), "by_year": True},
        "working_capital": {"receivable_days": quantity(45, "d"), "payable_days": quantity(30, "d")},
    }


def sales() -> dict[str, Any]:
    copper = {"metal": "Cu", "price": quantity(4.2, "¤/lb"), "payable": quantity(96.5, "%")}
    gold = {"metal": "Au", "price": quantity(2400, "¤/oz"), "payable": quantity(96, "%")}
    return {
        "products": [
            {
                "name": "Concentrate",
                "concentrate_metal": "Cu",
                "concentrate_grade": quantity(26, "%"),
                "moisture": quantity(8, "%"),
                "treatment": quantity(80, "¤/t"),
                "freight": quantity(120, "¤/t"),
                "metals": [
                    copper
                    | {
                        "deduction": quantity(1, "%"),
                        "deduction_kind": "unit",
                        "refining": quantity(0.08, "¤/lb"),
                    },
                    gold | {"refining": quantity(5, "¤/oz")},
                ],
                "processes": [{"process": "Mill"}],
            }
        ],
    }


def costs() -> dict[str, Any]:
    return {
        "costs": [
            {"name": "Mining", "category": "mining", "basis": "per_t_moved", "rate": quantity(2.6, "¤/t")},
            {
                "name": "Processing",
                "category": "processing",
                "basis": "per_t_processed",
                "rate": quantity(7.5, "¤/t"),
            },
            {
                "name": "G&A",
                "category": "site_admin",
                "basis": "per_year",
                "rate": quantity((SITE / 1e6).tolist(), "M¤"),
            },
        ],
        "capital": [
            {
                "name": "Plant",
                "kind": "initial",
                "depreciation": "CCA 41",
                "amount": quantity(900, "M¤"),
                "schedule": quantity([40, 60], "%"),
            },
            {
                "name": "Sustaining",
                "kind": "sustaining",
                "depreciation": "CCA 41",
                "amount": quantity([0.0] * 2 + [20.0] * 12, "M¤"),
            },
        ],
    }


def by_hand() -> dict[str, np.ndarray[Any, Any]]:
    """Return the rows of the cash flow, written from the terms."""
    copper, gold = ORE * 0.0035 * 0.88, ORE * 0.25 * 0.65
    concentrate = copper / 0.26
    paid_copper = concentrate * min(0.26 * 0.965, 0.26 - 0.01) * POUNDS
    paid_gold = gold * 0.96 / GRAMS
    revenue = paid_copper * 4.2 + paid_gold * 2400
    nsr = revenue - concentrate * 80 - concentrate / 0.92 * 120 - paid_copper * 0.08 - paid_gold * 5
    opex = (ORE + WASTE) * 2.6 + ORE * 7.5 + SITE
    royalty = 0.02 * nsr
    tied = revenue * 45 / 365 - opex * 30 / 365
    tied[-1] = 0.0
    before = nsr - royalty - opex - CAPITAL - CLOSURE - np.diff(tied, prepend=0.0)
    current, net = mineral_tax(nsr - opex)
    written_down = pool()
    income = nsr - royalty - opex - written_down - current - net - CLOSURE
    tax = income_tax(income)
    return {
        "revenue": revenue,
        "nsr": nsr,
        "opex": opex,
        "royalties": royalty,
        "levy.Net current proceeds tax": current,
        "levy.Net revenue tax": net,
        "pre_tax_cash_flow": before,
        "taxable_income": income,
        "income_tax": tax,
        "after_tax_cash_flow": before - current - net - tax,
    }


def mineral_tax(proceeds: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    current, net = 0.02 * np.maximum(proceeds, 0.0), np.zeros(YEARS)
    account = credit = 0.0
    for year in range(YEARS):
        account += CAPITAL[year] - proceeds[year]
        due = 0.13 * max(-account, 0.0)
        account = max(account, 0.0)
        credit += current[year]
        net[year] = max(due - credit, 0.0)
        credit = max(credit - due, 0.0)
    return current, net


def pool() -> np.ndarray[Any, Any]:
    """Return 25 % of the balance from first ore on, and what is left in the last year."""
    charge, balance = np.zeros(YEARS), 900e6
    for year in range(2, YEARS):
        balance += CAPITAL[year]
        charge[year] = 0.25 * balance
        balance -= charge[year]
    charge[-1] += balance
    return charge


def income_tax(income: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    tax, losses = np.zeros(YEARS), 0.0
    for year in range(YEARS):
        losses -= income[year]
        tax[year] = 0.27 * max(-losses, 0.0)
        losses = max(losses, 0.0)
    return tax


def test_every_row_and_both_values_agree(session: Session) -> None:
    project = {"slug": "bc", "name": "British Columbia", "currency": "USD"}
    made = load_project(
        session, {"format": "calminer-project/1", "project": project, "scenarios": [scenario()]}
    )
    found = evaluate_scenario(session, made.scenarios[0].id)
    assert found.problems == ()
    rows = by_hand()
    for key, row in rows.items():
        assert found.cash_flow[key].ravel() == pytest.approx(row, rel=1e-9, abs=1e-3), key
    factors = 1.08 ** -(np.arange(YEARS) + 0.5)
    for key in ("pre_tax_cash_flow", "after_tax_cash_flow"):
        assert found.cash_flow.present(key).sum() == pytest.approx((rows[key] * factors).sum(), rel=1e-9)
    assert (rows["after_tax_cash_flow"] * factors).sum() == pytest.approx(34_649_513, abs=1)
