"""Every fleet of a mine by period: what its work needs, what is held, and what it costs to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.bases import Work
from app.engine.context import Context
from app.engine.equipment import COUNT_TOLERANCE, Fleet, FleetMoney, fleet, fleet_money
from app.engine.inputs import MineInputs
from app.engine.maintenance import Upkeep, upkeep
from app.engine.physicals import Physicals, physicals
from app.engine.quantity import Array
from app.engine.sales import Sales, sell


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """One class by period, `(n_periods, 1)`.

    available: hours that the units held are available, before utilisation. used: share of them that is
    worked, zero where none is held. short: units needed and not held.
    """

    units: Fleet
    money: FleetMoney
    available: Array
    used: Array
    short: Array


@dataclass(frozen=True, slots=True)
class Fleets:
    """The classes of a mine by name, and the planned maintenance of each plan by name."""

    classes: Mapping[str, FleetPlan]
    plans: Mapping[str, Upkeep]


def fleets_of(ctx: Context, rock: Physicals, sales: Sales) -> dict[str, Fleet]:
    """Return the fleet of each class that does the work of the mine."""
    work = Work(ctx, rock, sales)
    return {
        unit.name: fleet(ctx, unit, ctx.value(unit.hours) * work.quantity(unit.basis, unit.of))
        for unit in ctx.inputs.equipment
    }


def fleets(inputs: MineInputs) -> Fleets:
    """Return the fleets and their maintenance in the deterministic case, as the cash flow has them.

    `available = units · calendar hours · availability`; `used = hours / available`;
    `short = max(0, required - held)`.
    """
    ctx = Context.of(inputs)
    rock = physicals(ctx)
    found = fleets_of(ctx, rock, sell(ctx, rock))
    classes = {}
    for unit in inputs.equipment:
        units = found[unit.name]
        hours = ctx.timeline.days.reshape(-1, 1) * 24
        available = ctx.rows(units.held * hours * ctx.value(unit.availability))
        used = np.divide(units.hours, available, out=np.zeros(available.shape), where=available > 0)
        missing = units.required - units.held
        short = np.where(missing > COUNT_TOLERANCE, missing, 0.0)
        classes[unit.name] = FleetPlan(units, fleet_money(ctx, unit, units), available, used, short)
    plans = {plan.name: upkeep(ctx, plan, found[plan.equipment]) for plan in inputs.maintenance}
    return Fleets(classes, plans)
