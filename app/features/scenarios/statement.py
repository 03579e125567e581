"""The cash-flow statement as a page shows it: sections, rows in readable units, the annual chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.engine.lines import LineSection, LineUnit
from app.valuation.statement import Statement, StatementRow
from app.web.charts import CashFlowChart, Role, Series
from app.web.measures import Measure, measure_of, money_measure

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
    }
)
#: What the annual chart stacks: line, words, colour, and +1 for what comes in.
BARS = (
    ("revenue", "Revenue", Role.REVENUE, 1),
    ("offsite", "Off-site costs", Role.FIRST, -1),
    ("royalties", "Royalties", Role.ROYALTY, -1),
    ("opex", "Operating cost", Role.OPEX, -1),
    ("capital", "Capital", Role.CAPEX, -1),
    ("closure", "Closure", Role.CLOSURE, -1),
    ("mining_taxes", "Mining taxes", Role.SECOND, -1),
    ("income_tax", "Income tax", Role.TAX, -1),
    ("working_capital_change", "Working capital", Role.WORKING_CAPITAL, -1),
    ("salvage", "Salvage", Role.THIRD, 1),
)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the table. total: None where adding the years means nothing."""

    key: str
    label: str
    unit: str
    values: Sequence[float | None]
    total: float | None
    entered: bool
    is_total: bool


@dataclass(frozen=True, slots=True)
class ShownSection:
    """Rows under one title."""

    title: str
    rows: Sequence[ShownRow]


def shown_sections(statement: Statement, currency: str) -> list[ShownSection]:
    """Return the statement without lines that are zero all along; money shares one unit."""
    money = _money(statement, currency)
    found = []
    for section, title in TITLES.items():
        rows = [_shown(row, currency, money) for row in statement.section(section)]
        if rows:
            found.append(ShownSection(title, rows))
    return found


def annual_chart(statement: Statement, currency: str, convention: str) -> CashFlowChart:
    """Return the cash flow by year: what comes in above zero, what goes out below, the running total as a line."""
    money, rows = _money(statement, currency), statement.by_key()
    bars = [
        Series(label, role, [_signed(money.of(value), sign) for value in rows[key].values])
        for key, label, role, sign in BARS
        if key in rows and any(rows[key].values)
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


def _money(statement: Statement, currency: str) -> Measure:
    amounts = [value for row in statement.rows if row.unit is LineUnit.MONEY for value in row.values]
    chosen = money_measure(currency, amounts)
    # A statement in billions loses the small lines.
    return Measure(f"M {currency}", 1e6) if chosen.factor > 1e6 else chosen


def _shown(row: StatementRow, currency: str, money: Measure) -> ShownRow:
    measure = money
    if row.unit is not LineUnit.MONEY:
        measure = measure_of(row.key, row.unit, currency, row.values, row.resource)
    adds = row.unit in {LineUnit.MONEY, LineUnit.MASS, LineUnit.QUANTITY} and not _is_balance(row.key)
    return ShownRow(
        row.key,
        row.label,
        measure.unit,
        measure.all(row.values),
        measure.of(sum(row.values)) if adds else None,
        row.entered,
        row.key in TOTALS,
    )


def _is_balance(key: str) -> bool:
    return key.startswith(("cumulative_", "stockpile.")) or key in {"working_capital", "loss_pool"}


def _signed(value: float | None, sign: int) -> float | None:
    return None if value is None else sign * value + 0.0
