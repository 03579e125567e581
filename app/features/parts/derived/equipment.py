"""Each fleet by period: hours, availability and use, units needed against units held, capital by life."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.fleets import FleetPlan, fleets
from app.engine.quantity import Array
from app.engine.timeline import Timeline
from app.features.parts.derived.shapes import (
    Derived,
    DerivedRow,
    DerivedTable,
    Notice,
    amount,
    column,
    derived_row,
    says_something,
    stacked,
)
from app.valuation.evaluate import Valuation
from app.valuation.upkeep import by_year
from app.web.measures import Measure, money_measure

UNITS, HOURS, PERCENT = Measure("units"), Measure("h"), Measure("%", 0.01)
#: More periods than these are shown by year.
MOST_PERIODS = 60


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of the tables: every period, or every year where there are too many periods to read."""

    timeline: Timeline

    @property
    def labels(self) -> Sequence[str]:
        """What the columns are called."""
        return self.timeline.year_labels if self.by_year else self.timeline.labels

    @property
    def by_year(self) -> bool:
        """Whether the columns are years."""
        return self.timeline.n_periods > MOST_PERIODS

    def sums(self, row: Array) -> list[float]:
        """Return a row of amounts."""
        return by_year(self.timeline, row[:, 0]) if self.by_year else column(row)

    def most(self, row: Array) -> list[float]:
        """Return a row of counts, the largest of each year."""
        if not self.by_year:
            return column(row)
        found: list[float] = np.maximum.reduceat(row[:, 0], self.timeline.year_starts).tolist()
        return found


def equipment(valuation: Valuation) -> Derived:
    """Return a table for each class and a notice for each that is short of units."""
    timeline, found = valuation.inputs.timeline, fleets(valuation.inputs).classes
    columns = Columns(timeline)
    tables = [
        DerivedTable(
            f"fleet.{name}",
            f"{name}: hours, units and capital",
            "Units needed are hours over calendar hours × availability × utilisation, rounded up."
            + (
                " By year: hours and money add up, units are the most of the year." if columns.by_year else ""
            ),
            columns.labels,
            list(_rows(valuation, plan, columns)),
            "Total or most",
        )
        for name, plan in found.items()
    ]
    bars = [(name, by_year(timeline, plan.money.replacement[:, 0])) for name, plan in found.items()]
    chart = stacked(valuation, "replacement", "Replacement and rebuild capital", "By year, by class", bars)
    notices = [notice for name, plan in found.items() for notice in _short(valuation, name, plan)]
    return Derived(notices, [chart] if chart else [], tables)


def _rows(valuation: Valuation, plan: FleetPlan, columns: Columns) -> Iterator[DerivedRow]:
    hours, available = columns.sums(plan.units.hours), columns.sums(plan.available)
    yield derived_row("hours", "Operating hours", HOURS, hours)
    yield derived_row("available", "Hours available", HOURS, available)
    used = [worked / there if there else 0.0 for worked, there in zip(hours, available, strict=True)]
    whole = sum(hours) / sum(available) if sum(available) else None
    yield derived_row("used", "Use of available hours", PERCENT, used, whole, sums=False)
    yield from _units(plan, columns)
    yield from _money(valuation, plan, columns)


def _units(plan: FleetPlan, columns: Columns) -> Iterator[DerivedRow]:
    units = plan.units
    for key, label, row in (
        ("required", "Units needed", units.required),
        ("held", "Units held", units.held),
        ("short", "Shortfall", plan.short),
    ):
        values = columns.most(row)
        yield derived_row(key, label, UNITS, values, max(values), sums=False, strong=key == "short")
    for key, label, row in (("replaced", "Replaced", units.replaced), ("rebuilt", "Rebuilt", units.rebuilt)):
        if says_something(column(row)):
            yield derived_row(key, label, UNITS, columns.sums(row))


def _money(valuation: Valuation, plan: FleetPlan, columns: Columns) -> Iterator[DerivedRow]:
    paid = {
        "initial": ("First units", plan.money.initial),
        "sustaining": ("Units added", plan.money.sustaining),
        "replacement": ("Replacement and rebuilds", plan.money.replacement),
        "salvage": ("Salvage", plan.money.salvage),
    }
    held = {
        key: (label, columns.sums(row)) for key, (label, row) in paid.items() if says_something(column(row))
    }
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
        f"{amount(needed)} needed and {amount(held)} held in {labels[first]}; {count}. The most missing is"
        f" {amount(short[worst])} in {labels[worst]}.",
    )
