"""Printed rows as engine inputs, and a mine with some of its lines taken from print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from app.engine.inputs import CapitalItem, CostLine, MineInputs
from app.engine.kinds import CapitalKind, CostBasis, CostCategory
from app.engine.quantity import Array
from app.engine.units import price_to_base
from app.valuation.proof.case import Case

Rows = Mapping[str, Array]
Build = Callable[[Case], MineInputs]


def site(rows: Rows, factor: float, *names: str) -> tuple[CostLine, ...]:
    """Return printed site cost rows as cost lines; `factor` is the table's unit of money."""
    return tuple(CostLine(name, CostCategory.OTHER, CostBasis.ENTERED, rows[name] * factor) for name in names)


def offsite(rows: Rows, factor: float, *names: str) -> tuple[CostLine, ...]:
    """Return printed off-site cost rows as cost lines."""
    return tuple(
        CostLine(name, CostCategory.OFFSITE, CostBasis.ENTERED, rows[name] * factor) for name in names
    )


def capital(rows: Rows, factor: float) -> tuple[CapitalItem, ...]:
    """Return the printed rows of construction and sustaining capital."""
    return (
        CapitalItem("construction", CapitalKind.INITIAL, rows["capex"] * factor),
        CapitalItem("sustaining", CapitalKind.SUSTAINING, rows["sustaining"] * factor),
    )


def salvage(rows: Rows, factor: float) -> CapitalItem:
    """Return what the last column prints as salvage, on an item that cost nothing."""
    received = np.atleast_2d(rows["salvage"][-1:] * factor)
    return CapitalItem("plant", CapitalKind.INITIAL, np.zeros(len(rows["salvage"])), salvage=received)


def per(price: float, unit: str) -> float:
    """Return a price per tonne."""
    return float(price_to_base(price, unit))


def printed_cash_flow(build: Build, factor: float) -> Build:
    """Return the mine reduced to its printed cash flows: what discounting and the indicators rest on."""
    names = {"pre": "pre_tax_cash_flow", "post": "after_tax_cash_flow"}

    def built(case: Case) -> MineInputs:
        mine = build(case)
        entered = {line: case.rows[row] * factor for row, line in names.items() if row in case.rows}
        return MineInputs(mine.timeline, mine.terms, entered=entered)

    return built


def printed_tax(build: Build, factor: float, tax: str, sign: int = 1) -> Build:
    """Return the mine reduced to its printed cash flow before tax and its printed tax."""

    def built(case: Case) -> MineInputs:
        mine = build(case)
        entered = {
            "pre_tax_cash_flow": case.rows["pre"] * factor,
            "income_tax": case.rows[tax] * (sign * factor),
        }
        return MineInputs(mine.timeline, mine.terms, entered=entered)

    return built


def with_entered(build: Build, printed: Mapping[str, tuple[str, float]]) -> Build:
    """Return the mine with printed rows in the place of derived lines.

    printed: line key → name of the printed row, and the factor that makes it the engine's unit.
    """

    def built(case: Case) -> MineInputs:
        mine = build(case)
        entered = {key: case.rows[row] * factor for key, (row, factor) in printed.items()}
        return replace(mine, entered={**mine.entered, **entered})

    return built


def without_entered(build: Build, key: str) -> Build:
    """Return the mine with a line derived that `build` takes from print."""

    def built(case: Case) -> MineInputs:
        mine = build(case)
        return replace(mine, entered={name: row for name, row in mine.entered.items() if name != key})

    return built
