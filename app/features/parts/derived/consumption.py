"""What is used up: its physical total beside its money, line by line and year by year."""

from __future__ import annotations

from app.features.parts.derived.costs import escalation_of, shares_chart
from app.features.parts.derived.shapes import Derived, DerivedList, DerivedTable, derived_row, line_rows
from app.models import Scenario
from app.planning.choices import choice_in_words
from app.valuation.evaluate import Valuation
from app.web.measures import Measure, money_measure

USED, MONEY = "consumption.", "opex."


def consumption(valuation: Valuation, scenario: Scenario) -> Derived:
    """Return litres, megawatt-hours and tonnes by year beside what they cost, and their shares."""
    rows = valuation.statement.by_key()
    names = [line.name for line in scenario.consumption if f"{USED}{line.name}" in rows]
    years = valuation.statement.years
    used = line_rows(valuation, [f"{USED}{name}" for name in names])
    paid = line_rows(valuation, [f"{MONEY}{name}" for name in names])
    if len(paid) > 1:
        sums = [sum(rows[f"{MONEY}{name}"].values[year] for name in names) for year in range(len(years))]
        money = money_measure(valuation.currency, [v for n in names for v in rows[f"{MONEY}{n}"].values])
        paid.append(derived_row("consumption_cost", "Consumption, together", money, sums, strong=True))
    tables = (
        DerivedTable("used", "Used by year", "In the unit of each resource.", years, used),
        DerivedTable("paid", "What it costs by year", "", years, paid),
    )
    chart = shares_chart(
        valuation, [f"{MONEY}{name}" for name in names], "consumption-shares", "Share of consumption cost"
    )
    return Derived(
        charts=[chart] if chart else [],
        tables=[table for table in tables if table.rows],
        lists=_totals(valuation, scenario, names),
    )


def _totals(valuation: Valuation, scenario: Scenario, names: list[str]) -> tuple[DerivedList, ...]:
    rows = valuation.statement.by_key()
    paid = {name: sum(rows[f"{MONEY}{name}"].values) for name in names}
    whole = sum(paid.values())
    money = money_measure(valuation.currency, paid.values())
    shown = []
    for line in scenario.consumption:
        if line.name not in names:
            continue
        amount, quantity = paid[line.name], sum(rows[f"{USED}{line.name}"].values)
        measure = _readable(line.unit, quantity)
        shown.append(
            (
                line.name,
                choice_in_words(line.basis),
                measure.of(quantity),
                measure.unit,
                money.of(amount),
                amount / quantity if quantity else None,
                100 * amount / whole if whole else None,
                line.currency or f"{valuation.currency}, the scenario's",
                escalation_of(line),
            )
        )
    headings = (
        *("Resource", "Basis", "Used over the life", "Unit", f"Cost, {money.unit}"),
        *(f"Mean price, {valuation.currency} by unit", "Share, %", "Currency", "Escalation"),
    )
    if not shown:
        return ()
    text = "Physical totals beside money. The mean price is in the scenario's money, escalation inside."
    return (DerivedList("resources", "Over the life", text, headings, shown),)


def _readable(unit: str, quantity: float) -> Measure:
    """Return the unit for a total: thousands and millions of kWh are MWh and GWh."""
    if unit == "kWh":
        return Measure("GWh", 1e6) if quantity >= 1e7 else Measure("MWh", 1e3)
    size = next(
        ((name, factor) for name, factor in (("million", 1e6), ("thousand", 1e3)) if quantity >= 10 * factor),
        None,
    )
    return Measure(f"{size[0]} {unit}", size[1]) if size else Measure(unit)
