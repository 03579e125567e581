"""The cash-flow statement as a page shows it: sections, rows in readable units, the annual chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.engine.lines import LineSection, LineUnit, RollUp, describe
from app.valuation.statement import Statement, StatementRow
from app.web.charts import CashFlowChart, Role, Series
from app.web.measures import Measure, measure_of, money_measure, places

TITLES = {
    LineSection.PHYSICALS: "Physicals",
    LineSection.REVENUE: "Revenue",
    LineSection.OPERATING_COST: "Royalties and operating cost",
    LineSection.CAPITAL: "Capital, closure and working capital",
    LineSection.TAX: "Tax",
    LineSection.CASH_FLOW: "Cash flow",
}
#: Sums and results, set apart from the lines that enter them.
TOTALS = frozenset(
    {
        "ore_processed",
        "revenue",
        "nsr",
        "opex",
        "ebitda",
        "capital",
        "depreciation",
        "pre_tax_cash_flow",
        "after_tax_cash_flow",
        "attributable_cash_flow",
    }
)
#: What the annual chart stacks: words, colour, and the lines that add up to it, +1 for what comes in.
BARS: tuple[tuple[str, Role, Mapping[str, int]], ...] = (
    ("Revenue", Role.REVENUE, {"revenue": 1}),
    ("Off-site costs", Role.OFFSITE, {"offsite": -1}),
    ("Royalties", Role.ROYALTY, {"royalties": -1}),
    ("Operating cost", Role.OPEX, {"opex": -1}),
    ("Capital", Role.CAPEX, {"capital": -1}),
    ("Closure and salvage", Role.CLOSURE, {"closure": -1, "salvage": 1}),
    ("Taxes", Role.TAX, {"mining_taxes": -1, "income_tax": -1}),
    ("Working capital", Role.WORKING_CAPITAL, {"working_capital_change": -1}),
)
#: Digits that the largest of all amounts shows; the others keep its decimals.
MONEY_DIGITS = 5


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the table.

    total: None where adding the years means nothing. places: decimals of every cell.
    """

    key: str
    label: str
    unit: str
    values: Sequence[float | None]
    total: float | None
    places: int
    entered: bool
    is_total: bool


@dataclass(frozen=True, slots=True)
class ShownSection:
    """Rows under one title."""

    title: str
    rows: Sequence[ShownRow]


def shown_sections(statement: Statement, currency: str) -> list[ShownSection]:
    """Return the statement without lines that are zero all along; money shares one unit."""
    amounts = _amounts(statement)
    money = money_measure(currency, amounts)
    decimals = places(money.all(amounts), MONEY_DIGITS)
    found = []
    for section, title in TITLES.items():
        rows = [_shown(row, currency, money, decimals) for row in statement.section(section)]
        if rows:
            found.append(ShownSection(title, rows))
    return found


def annual_chart(statement: Statement, currency: str, convention: str) -> CashFlowChart:
    """Return the cash flow by year: in above zero, out below, the running total as a line."""
    money, rows = money_measure(currency, _amounts(statement)), statement.by_key()
    bars = [
        Series(label, role, money.all(values))
        for label, role, parts in BARS
        if any(values := _combined(rows, parts, len(statement.years)))
    ]
    cumulative = rows["cumulative_after_tax"].values
    return CashFlowChart(
        name="annual-cash-flow",
        title="Annual cash flow",
        unit=money.unit,
        convention=convention,
        periods=statement.years,
        bars=bars,
        cumulative=Series("Cumulative, after tax", Role.CUMULATIVE, money.all(cumulative)),
        summary=f"Undiscounted; the running total ends at {money.of(cumulative[-1]) or 0:,.0f} {money.unit}",
    )


def _amounts(statement: Statement) -> list[float]:
    return [value for row in statement.rows if row.unit is LineUnit.MONEY for value in row.values]


def _shown(row: StatementRow, currency: str, money: Measure, money_places: int) -> ShownRow:
    measure = money
    if row.unit is not LineUnit.MONEY:
        measure = measure_of(row.key, row.unit, currency, row.values, row.resource)
    adds = (
        row.unit in {LineUnit.MONEY, LineUnit.MASS, LineUnit.QUANTITY}
        and describe(row.key).roll_up is not RollUp.LAST
    )
    values = measure.all(row.values)
    return ShownRow(
        row.key,
        row.label,
        measure.unit,
        values,
        measure.of(sum(row.values)) if adds else None,
        money_places if row.unit is LineUnit.MONEY else places(values),
        row.entered,
        row.key in TOTALS,
    )


def _combined(rows: Mapping[str, StatementRow], parts: Mapping[str, int], years: int) -> list[float]:
    """Return the sum of some lines, each with its sign."""
    held = [(rows[key].values, sign) for key, sign in parts.items() if key in rows]
    return [sum((sign * values[year] for values, sign in held), 0.0) for year in range(years)]
