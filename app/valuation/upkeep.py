"""Maintenance due and done: when each plan falls due, what of it was logged, and plan against actual.

What a plan asks for follows from the valuation: a unit is due whenever its hours, or its days in service,
fill an interval. Work that was logged for a plan fulfils its oldest events first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor

import numpy as np

from app.engine.context import Context
from app.engine.equipment import COUNT_TOLERANCE
from app.engine.fleets import Fleets, fleets
from app.engine.inputs import MaintenancePlan, Money
from app.engine.kinds import MaintenanceInterval, MoneyBasis
from app.engine.quantity import Array
from app.engine.timeline import Timeline
from app.models import MaintenanceEntry
from app.valuation.evaluate import Valuation
from app.valuation.units import measure

#: How many events of one plan are listed.
MOST_EVENTS = 100
#: How far ahead an event is due soon, and how far a list looks.
SOON, AHEAD = timedelta(days=30), timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Due:
    """Work that a plan asks for on a day and nobody logged. units: that need it. cost [money]: of all."""

    plan: str
    equipment: str
    day: date
    units: float
    cost: float
    downtime: float
    overdue: bool
    soon: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """Planned and logged work by period, `(n_periods,)`: events, cost [money], downtime [h]."""

    planned_events: Array
    planned_cost: Array
    planned_downtime: Array
    done_events: Array
    done_cost: Array
    done_downtime: Array


@dataclass(frozen=True, slots=True)
class PlanUpkeep:
    """One plan. due: its open events in the time looked at, oldest first. asked: unit events until today."""

    plan: MaintenancePlan
    due: Sequence[Due]
    asked: float
    done: float
    kept: Kept


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Every plan, and logged work that no plan asked for. outside: entries beyond the timeline."""

    plans: Sequence[PlanUpkeep]
    unplanned: Kept
    outside: int

    @property
    def due(self) -> list[Due]:
        """Everything that is due, oldest first."""
        return sorted(
            (each for plan in self.plans for each in plan.due), key=lambda each: (each.day, each.plan)
        )


def upkeep_of(valuation: Valuation, log: Sequence[MaintenanceEntry], today: date) -> Upkeep:
    """Return what the plans of a scenario ask for, and what of it was logged, as of a day."""
    ctx, held = Context.of(valuation.inputs), fleets(valuation.inputs)
    starts = ctx.timeline.boundaries
    inside = [entry for entry in log if starts[0] <= entry.day < starts[-1]]
    plans = [
        _plan(ctx, held, plan, inside, log, valuation.currency, today)
        for plan in valuation.inputs.maintenance
    ]
    names = {plan.name for plan in valuation.inputs.maintenance}
    others = [entry for entry in inside if entry.plan not in names]
    nothing = np.zeros(ctx.n_periods)
    unplanned = Kept(nothing, nothing, nothing, *_done(ctx, others, valuation.currency))
    return Upkeep(plans, unplanned, len(log) - len(inside))


def _plan(
    ctx: Context,
    held: Fleets,
    plan: MaintenancePlan,
    inside: Sequence[MaintenanceEntry],
    log: Sequence[MaintenanceEntry],
    currency: str,
    today: date,
) -> PlanUpkeep:
    own = [entry for entry in inside if entry.plan == plan.name]
    done = float(sum(entry.units for entry in log if entry.plan == plan.name))
    asks = held.plans[plan.name]
    kept = Kept(asks.events[:, 0], asks.cost[:, 0], asks.downtime[:, 0], *_done(ctx, own, currency))
    due = tuple(_due(ctx, held, plan, done, today))
    return PlanUpkeep(plan, due, _asked(ctx, held, plan, today), done, kept)


def elapsed(ctx: Context, held: Fleets, plan: MaintenancePlan) -> Array:
    """Return what fills the interval by the end of each period: hours of one unit, or days in service."""
    units = held.classes[plan.equipment].units
    if plan.interval_unit is MaintenanceInterval.HOURS:
        return units.per_unit[:, 0]
    running: Array = np.cumsum((units.held[:, 0] > 0) * ctx.timeline.days)
    return running


def _asked(ctx: Context, held: Fleets, plan: MaintenancePlan, today: date) -> float:
    """Return the unit events that the plan has asked for by the end of a day."""
    starts = ctx.timeline.boundaries
    ends, units = elapsed(ctx, held, plan), held.classes[plan.equipment].units.held[:, 0]
    asked, before = 0.0, 0.0
    for period, end in enumerate(ends.tolist()):
        length = (starts[period + 1] - starts[period]).days
        passed = min(max((today - starts[period]).days + 1, 0), length) / length
        now = before + (end - before) * passed
        asked += float(units[period]) * (_fills(now, plan) - _fills(before, plan))
        before = end
    return asked


def _fills(amount: float, plan: MaintenancePlan) -> int:
    return floor(amount / plan.interval + COUNT_TOLERANCE)


def _due(ctx: Context, held: Fleets, plan: MaintenancePlan, done: float, today: date) -> Iterator[Due]:
    """Yield the events that logged work does not cover, oldest first, as far ahead as a list looks."""
    starts, asks = ctx.timeline.boundaries, held.plans[plan.name]
    ends, units = elapsed(ctx, held, plan).tolist(), held.classes[plan.equipment].units.held[:, 0].tolist()
    before, listed = 0.0, 0
    for period, end in enumerate(ends):
        first, last, each = _fills(before, plan) + 1, _fills(end, plan), units[period]
        covered = min(last - first + 1, int(done / each)) if each > 0 and last >= first else 0
        done -= covered * each
        for event in range(first + covered, last + 1) if each > 0 else ():
            share = (event * plan.interval - before) / (end - before)
            day = _day(starts[period], starts[period + 1], share)
            if day > today + AHEAD or listed == MOST_EVENTS:
                return
            open_units, done, listed = each - done, 0.0, listed + 1
            cost = float(asks.cost[period, 0] / asks.events[period, 0]) * open_units
            overdue, soon = day < today, today <= day <= today + SOON
            yield Due(
                plan.name, plan.equipment, day, open_units, cost, open_units * plan.downtime, overdue, soon
            )
        before = end


def _day(start: date, end: date, share: float) -> date:
    """Return the day in a period on which a share of it has passed; the last one for all of it."""
    length = (end - start).days
    return start + timedelta(days=min(floor(share * length), length - 1))


def _done(ctx: Context, entries: Sequence[MaintenanceEntry], currency: str) -> tuple[Array, Array, Array]:
    """Return logged events, cost and downtime by period; cost was money of the day."""
    events, cost, downtime = (np.zeros(ctx.n_periods) for _ in range(3))
    rates: dict[str, Array] = {}
    for entry in entries:
        period = bisect_right(ctx.timeline.boundaries, entry.day) - 1
        events[period] += entry.units
        if entry.downtime is not None:
            downtime[period] += measure(entry.downtime.unit).to_base(entry.downtime.value)
        if entry.cost is not None:
            code = "" if entry.currency in (None, currency) else str(entry.currency)
            rate = _rate(ctx, code, rates)
            cost[period] += measure(entry.cost.unit).to_base(entry.cost.value) * float(rate[period, 0])
    return events, cost, downtime


def _rate(ctx: Context, code: str, known: dict[str, Array]) -> Array:
    """Return the scenario's money for one unit of a currency of the day; as it is without a rate."""
    if code not in known:
        currency = code if code in ctx.fx else ""
        known[code] = ctx.rows(ctx.money(1.0, Money(currency=currency, basis=MoneyBasis.NOMINAL)))
    return known[code]


def by_year(timeline: Timeline, row: Array) -> list[float]:
    """Return a row of periods summed by reporting year."""
    found: list[float] = np.add.reduceat(row, timeline.year_starts).tolist()
    return found
