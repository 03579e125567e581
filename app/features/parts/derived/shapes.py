"""What a tab shows of its valuation: notices, charts, tables by period or by year, and lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from app.engine.lines import LineUnit, RollUp, describe
from app.engine.quantity import Array
from app.valuation.evaluate import Valuation
from app.web.charts import CashFlowChart, Chart, Role, Series
from app.web.formatting import number
from app.web.measures import Measure, measure_of, money_measure, places
from app.web.tie_outs import Said

#: Units whose whole numbers are written without decimals.
COUNTED = frozenset({"units", "events", "h"})
#: Colours of several things of one kind, the largest first; what is beyond them is summed up.
ROLES = (Role.FIRST, Role.SECOND, Role.THIRD, Role.FOURTH, Role.WORKING_CAPITAL)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a planner should know about what was entered."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class DerivedRow:
    """One quantity by column. total: None where adding means nothing. strong: a sum of rows above it."""

    key: str
    label: str
    unit: str
    values: Sequence[float | None]
    total: float | None
    places: int
    strong: bool = False


@dataclass(frozen=True, slots=True)
class DerivedTable:
    """Rows by period or by year. total: what its first column of numbers says."""

    key: str
    title: str
    help: str
    columns: Sequence[str]
    rows: Sequence[DerivedRow]
    total: str = "Total"


@dataclass(frozen=True, slots=True)
class DerivedList:
    """Things with a few facts each; the first cell names the thing, numbers are written by the reader."""

    key: str
    title: str
    help: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | float | None]]


@dataclass(frozen=True, slots=True)
class Derived:
    """Everything that a tab shows beside what was entered.

    tie_outs: what does not tie out in the cash flow and is entered there.
    """

    notices: Sequence[Notice] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[DerivedTable] = ()
    lists: Sequence[DerivedList] = field(default_factory=tuple)
    tie_outs: Sequence[Said] = ()


def column(row: Array) -> list[float]:
    """Return one row of the deterministic case as plain numbers."""
    found: list[float] = np.asarray(row, dtype=np.float64)[:, 0].tolist()
    return found


def derived_row(
    key: str,
    label: str,
    measure: Measure,
    values: Sequence[float],
    total: float | None = None,
    *,
    sums: bool = True,
    strong: bool = False,
) -> DerivedRow:
    """Return a row in a readable unit; its total is the sum unless another one is given."""
    shown = measure.all(values)
    whole = sum(values) if total is None and sums else total
    counted = measure.unit in COUNTED and all(value is None or value.is_integer() for value in shown)
    decimals = 0 if counted else places(shown)
    return DerivedRow(key, label, measure.unit, shown, measure.of(whole), decimals, strong)


def says_something(values: Sequence[float]) -> bool:
    """Say whether a row is more than zeros and gaps."""
    return any(isfinite(value) and value != 0 for value in values)


def line_rows(valuation: Valuation, keys: Sequence[str], *, strong: Sequence[str] = ()) -> list[DerivedRow]:
    """Return lines of the yearly statement that are not zero all along, money in one unit."""
    by_key = valuation.statement.by_key()
    held = [by_key[key] for key in keys if key in by_key and says_something(by_key[key].values)]
    amounts = [value for row in held if row.unit is LineUnit.MONEY for value in row.values]
    money = money_measure(valuation.currency, amounts)
    found = []
    for row in held:
        measure = money
        if row.unit is not LineUnit.MONEY:
            measure = measure_of(row.key, row.unit, valuation.currency, row.values, row.resource)
        sums = describe(row.key).roll_up is not RollUp.LAST
        shown = derived_row(row.key, row.label, measure, row.values, sums=sums, strong=row.key in strong)
        found.append(shown)
    return found


def stacked(
    valuation: Valuation,
    name: str,
    title: str,
    convention: str,
    bars: Sequence[tuple[str, Sequence[float]]],
    roles: Sequence[Role] = (),
) -> CashFlowChart | None:
    """Return bars of money by year, the largest first, the rest summed up; None where there is none.

    roles: of the bars as they are given, where they have colours of their own.
    """
    given = [(*bar, role) for bar, role in zip(bars, roles, strict=bool(roles))]
    largest = sorted((bar for bar in bars if says_something(bar[1])), key=lambda bar: -abs(sum(bar[1])))
    held = [bar for bar in given if says_something(bar[1])] or [
        (*bar, role) for bar, role in zip(largest, ROLES, strict=False)
    ]
    if not held:
        return None
    columns = zip(*(values for _, values, _ in held), strict=True)
    money = money_measure(valuation.currency, [sum(each) for each in columns])
    shown = [Series(label, role, money.all(values)) for label, values, role in held]
    if rest := largest[len(held) :]:
        sums = [sum(each) for each in zip(*(values for _, values in rest), strict=True)]
        shown.append(Series("Other", Role.CLOSURE, money.all(sums)))
    whole = sum(sum(values) for _, values in largest)
    return CashFlowChart(
        name=name,
        title=title,
        unit=money.unit,
        convention=convention,
        periods=valuation.statement.years,
        bars=shown,
        summary=f"{number(money.of(whole))} {money.unit} over the life",
    )


def amount(value: float) -> str:
    """Return a number in a sentence: a whole one without decimals."""
    return number(value, places=0) if value.is_integer() else number(value)


def line_label(key: str) -> str:
    """Return what a line of the statement is called."""
    return describe(key).label
