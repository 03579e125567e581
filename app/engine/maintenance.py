"""Planned maintenance: events by operating hours or by calendar days, their cost and downtime."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.context import Context
from app.engine.equipment import COUNT_TOLERANCE, Fleet
from app.engine.inputs import MaintenancePlan
from app.engine.kinds import MaintenanceInterval
from app.engine.quantity import Array, changes, running


@dataclass(frozen=True, slots=True)
class Upkeep:
    """One plan by period, `(n_periods, n_trials | 1)`: events on all units, downtime [hours], cost
    [money].
    """

    events: Array
    downtime: Array
    cost: Array


def upkeep(ctx: Context, plan: MaintenancePlan, units: Fleet) -> Upkeep:
    """Return a plan's events: each unit is due whenever its hours, or its calendar days in service, fill an
    interval.

    `events_t = units_t · (floor(H_t / interval) - floor(H_{t-1} / interval))`, H cumulative per unit.
    """
    if plan.interval_unit is MaintenanceInterval.HOURS:
        elapsed = units.per_unit
    else:
        elapsed = running((units.held > 0) * ctx.timeline.days.reshape(-1, 1))
    due = changes(np.floor(elapsed / plan.interval + COUNT_TOLERANCE))
    events = ctx.rows(due * units.held)
    return Upkeep(events, events * plan.downtime, ctx.rows(events * ctx.money(plan.cost, plan.money)))
