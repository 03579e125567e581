"""Each fleet by period: hours, availability and use, units needed against units held, capital by life."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.fleets import FleetPlan, fleets
from app.features.parts.derived.shapes import (
    Derived,
    DerivedRow,
    DerivedTable,
    Notice,
    column,
    derived_row,
    says_something,
    stacked,
)
from app.valuation.evaluate import Valuation
from app.valuation.upkeep import by_year
from app.web.formatting import number
from app.web.measures import Measure, money_measure

UNITS, HOURS, PERCENT = Measure("units"), Measure("h"), Measure("%", 0.01)


def equipment(valuation: Valuation) -> Derived:
    """Return a table for each class and a notice for each that is short of units."""
    timeline, found = valuation.inputs.timeline, fleets(valuation.inputs).classes
    tables = [
        DerivedTable(
            f"fleet.{name}",
            f"{name}: hours, units and capital",
            "Units needed are hours over calendar hours × availability × utilisation, rounded up.",
            timeline.labels,
            list(_rows(valuation, plan)),
            "Total or most",
        )
        for name, plan in found.items()
    ]
    bars = [(name, by_year(timeline, plan.money.replacement[:, 0])) for name, plan in found.items()]
    chart = stacked(valuation, "replacement", "Replacement and rebuild capital", "By year, by class", bars)
    notices = [notice for name, plan in found.items() for notice in _short(valuation, name, plan)]
    return Derived(notices, [chart] if chart else [], tables)


def _rows(valuation: Valuation, plan: FleetPlan) -> Iterator[DerivedRow]:
    units, money = plan.units, plan.money
    yield derived_row("hours", "Operating hours", HOURS, column(units.hours))
    available, hours = column(plan.available), column(units.hours)
    yield derived_row("available", "Hours available", HOURS, available)
    whole = sum(hours) / sum(available) if sum(available) else None
    yield derived_row("used", "Use of available hours", PERCENT, column(plan.used), whole, sums=False)
    for key, label, row in (
        ("required", "Units needed", units.required),
        ("held", "Units held", units.held),
        ("short", "Shortfall", plan.short),
    ):
        values = column(row)
        yield derived_row(key, label, UNITS, values, max(values), sums=False, strong=key == "short")
    for key, label, row in (("replaced", "Replaced", units.replaced), ("rebuilt", "Rebuilt", units.rebuilt)):
        if says_something(column(row)):
            yield derived_row(key, label, UNITS, column(row))
    paid = {
        "initial": ("First units", money.initial),
        "sustaining": ("Units added", money.sustaining),
        "replacement": ("Replacement and rebuilds", money.replacement),
        "salvage": ("Salvage", money.salvage),
    }
    held = {key: (label, column(row)) for key, (label, row) in paid.items() if says_something(column(row))}
    unit = money_measure(valuation.currency, [value for _, values in held.values() for value in values])
    for key, (label, values) in held.items():
        yield derived_row(f"money.{key}", label, unit, values)


def _short(valuation: Valuation, name: str, plan: FleetPlan) -> Iterator[Notice]:
    short, labels = column(plan.short), valuation.inputs.timeline.labels
    periods = [period for period, missing in enumerate(short) if missing > 0]
    if not periods:
        return
    first = periods[0]
    needed, held = column(plan.units.required)[first], column(plan.units.held)[first]
    worst = max(periods, key=lambda period: short[period])
    count = "this period only" if len(periods) == 1 else f"{len(periods)} periods in all"
    yield Notice(
        f"{name}: too few units from {labels[first]} on",
        f"{number(needed)} needed and {number(held)} held in {labels[first]}; {count}. The most missing is"
        f" {number(short[worst])} in {labels[worst]}.",
    )
