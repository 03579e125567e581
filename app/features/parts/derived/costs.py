"""What costs add up to: line by line, by category and by year, and what each makes of the whole."""

from __future__ import annotations

from collections.abc import Sequence

from app.engine.kinds import CapitalKind
from app.engine.lines import LineUnit
from app.features.parts.derived.shapes import (
    Derived,
    DerivedList,
    DerivedTable,
    derived_row,
    line_rows,
    says_something,
    stacked,
)
from app.models import Scenario
from app.planning.choices import choice_in_words
from app.valuation.evaluate import Valuation
from app.web.charts import Chart, Role, Share, SharesChart
from app.web.measures import Measure, money_measure

OPEX, CATEGORY, CAPITAL = "opex.", "opex_category.", "capital."


def costs(valuation: Valuation, scenario: Scenario) -> Derived:
    """Return operating cost and capital by year with their shares, and each line's terms beside its money."""
    rows = valuation.statement.by_key()
    lines = [key for key in rows if key.startswith((OPEX, "offsite_cost."))]
    opex = line_rows(valuation, [*lines, "opex"], strong=("opex",))
    processed = rows["ore_processed"].values
    if opex and says_something(processed):
        money, ore = rows["opex"].values, processed
        each = [cost / tonnes if tonnes else float("nan") for cost, tonnes in zip(money, ore, strict=True)]
        unit = Measure(f"{valuation.currency}/t")
        label = "Operating cost by tonne processed"
        opex.append(derived_row("opex_per_t", label, unit, each, sum(money) / sum(ore), sums=False))
    kinds = [f"{CAPITAL}{kind.value}" for kind in CapitalKind]
    capital = line_rows(valuation, [*kinds, "capital", "salvage", "closure"], strong=("capital",))
    tables = [
        DerivedTable("opex", "Operating cost by year", "", valuation.statement.years, opex),
        DerivedTable(
            "capital_by_year", "Capital and closure by year", "", valuation.statement.years, capital
        ),
    ]
    charts = [
        shares_chart(valuation, lines, "opex-shares", "Share of operating cost by line"),
        stacked(
            valuation,
            "opex-by-category",
            "Operating cost by category",
            "By year",
            [(label_of(valuation, key), rows[key].values) for key in rows if key.startswith(CATEGORY)],
        ),
        stacked(
            valuation,
            "capital-by-kind",
            "Capital by kind",
            "By year",
            [(label_of(valuation, key), rows[key].values) for key in kinds if key in rows],
        ),
    ]
    return Derived(
        charts=[each for each in charts if each is not None],
        tables=[table for table in tables if table.rows],
        lists=_terms(valuation, scenario),
    )


def label_of(valuation: Valuation, key: str) -> str:
    """Return the last words of a line's label: `mining` of `Operating cost, mining`."""
    label = valuation.statement.row(key).label
    return label.rpartition(", ")[2].capitalize()


def shares_chart(valuation: Valuation, keys: Sequence[str], name: str, title: str) -> Chart | None:
    """Return what each of some lines of money makes of their sum over the life, the largest first."""
    rows = valuation.statement.by_key()
    held = [(rows[key].label, sum(rows[key].values)) for key in keys if sum(rows[key].values) > 0]
    if not held:
        return None
    whole = sum(amount for _, amount in held)
    money = money_measure(valuation.currency, [amount for _, amount in held])
    return SharesChart(
        name=name,
        title=title,
        unit="%",
        convention="Over the life, undiscounted",
        amount_unit=money.unit,
        role=Role.OPEX,
        shares=[
            Share(label, 100 * amount / whole, amount / money.factor)
            for label, amount in sorted(held, key=lambda pair: -pair[1])
        ],
        summary=f"{max(held, key=lambda pair: pair[1])[0]} is the largest",
    )


def _terms(valuation: Valuation, scenario: Scenario) -> tuple[DerivedList, ...]:
    """Return each line with its basis, currency and escalation, and its money over the life."""
    rows = valuation.statement.by_key()
    money = money_measure(
        valuation.currency, [sum(row.values) for row in rows.values() if row.unit is LineUnit.MONEY]
    )
    whole = sum(
        sum(rows[key].values) for line in scenario.costs if (key := _key(line.name, rows)) is not None
    )
    shown = [
        (
            line.name,
            choice_in_words(line.basis),
            line.currency or f"{valuation.currency}, the scenario's",
            escalation_of(line),
            money.of(amount),
            100 * amount / whole if whole else None,
        )
        for line in scenario.costs
        if (key := _key(line.name, rows)) is not None
        for amount in (sum(rows[key].values),)
    ]
    headings = ("Line", "Basis", "Currency", "Escalation", f"Over the life, {money.unit}", "Share, %")
    if not shown:
        return ()
    text = "Basis, currency and escalation are changed in the form of each line, under Operating costs."
    return (DerivedList("cost_lines", "Lines and what they come to", text, headings, shown),)


def _key(name: str, rows: object) -> str | None:
    found = rows if isinstance(rows, dict) else {}
    return next((key for key in (f"{OPEX}{name}", f"offsite_cost.{name}") if key in found), None)


def escalation_of(line: object) -> str:
    """Return how a line's money grows, in words."""
    held = getattr(line, "escalation", None)
    if getattr(line, "money_basis", "") == "nominal":
        return "none: money of the day"
    if held is None:
        return "general inflation"
    driver = f" × {held.driver}" if held.driver else ""
    values = ", ".join(f"{value:g}" for value in held.values[:3])
    return f"{values}{'…' if len(held.values) > 3 else ''} {held.unit} a year{driver}"
