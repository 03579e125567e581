"""Fleets: hours to work, units needed, and when units are bought, rebuilt, replaced and sold.

Source: SME Mining Engineering Handbook, equipment selection and costing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.context import Context
from app.engine.inputs import EquipmentClass
from app.engine.kinds import EquipmentLifeUnit
from app.engine.primitive import primitive
from app.engine.quantity import Array, changes, previous, running

# Cumulative hours are sums of decimals: ten periods of 0.1 lives must count as one life.
COUNT_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Fleet:
    """One class by period, `(n_periods, n_trials | 1)`.

    hours: operated by the whole fleet; held, required, replaced, rebuilt, bought, sold: units.
    per_unit: cumulative wear of one unit, in hours or years as its life.
    """

    hours: Array
    held: Array
    required: Array
    per_unit: Array
    replaced: Array
    rebuilt: Array
    bought: Array
    sold: Array


def fleet(ctx: Context, unit: EquipmentClass, hours: Array) -> Fleet:
    """Return the fleet that works `hours` in each period.

    `required = ceil(hours / (calendar hours · availability · utilisation))`. A unit is replaced when its
    cumulative hours reach its life, rebuilt when the hours since its last rebuild or replacement reach the
    interval; neither when no work is left after it. Units whose turn exceeds `max_replaced` wait for the next
    period.
    """
    hours = ctx.rows(hours)
    held = ctx.rows(ctx.value(unit.units))
    capacity = (
        ctx.timeline.days.reshape(-1, 1) * 24 * ctx.value(unit.availability) * ctx.value(unit.utilisation)
    )
    required = np.ceil(np.maximum(hours / capacity - COUNT_TOLERANCE, 0.0))
    worn = wear(hours, held)
    age = worn if unit.life_unit is EquipmentLifeUnit.HOURS else running((held > 0) * ctx.years)
    replaced = deferred(changes(replacements(age, unit.life)) * held, unit.max_replaced)
    rebuilt = changes(rebuilds(worn, unit)) * held
    before = previous(held)
    sold = _sold(held, before)
    bought = np.maximum(held - before, 0.0)
    return Fleet(hours, held, required, worn, replaced, rebuilt, bought, sold)


@primitive
def _sold(held: Array, before: Array) -> Array:
    sold = np.maximum(before - held, 0.0)
    sold[-1] += held[-1]
    return sold


def wear(hours: Array, held: Array) -> Array:
    """Return cumulative operating hours of one unit, the fleet's hours spread evenly,
    `(n_periods, n_trials | 1)`.
    """
    shape = np.broadcast_shapes(hours.shape, held.shape)
    each = np.divide(hours, held, out=np.zeros(shape), where=held > 0)
    cumulative: Array = running(each)
    return cumulative


def replacements(age: Array, life: float) -> Array:
    """Return how many replacements each unit has had by the end of each period: `floor(age / life)`.

    A life that ends with the last of the work is not renewed: at most `ceil(final age / life) - 1`.

    >>> replacements(np.arange(1.0, 7.0).reshape(-1, 1), 2.0).ravel()
    array([0., 1., 1., 2., 2., 2.])
    """
    lives = age / life
    most = np.maximum(np.ceil(lives[-1:] - COUNT_TOLERANCE) - 1, 0.0)
    count: Array = np.minimum(np.floor(lives + COUNT_TOLERANCE), most)
    return count


def rebuilds(worn: Array, unit: EquipmentClass) -> Array:
    """Return how many rebuilds each unit has had by the end of each period.

    Both counters run on: a replacement starts the rebuild counter anew, a rebuild leaves the replacement
    counter alone. Without replacement by hours the rebuilds follow the hours alone.
    """
    if np.isinf(unit.rebuild_interval):
        return np.zeros_like(worn)
    if unit.life_unit is EquipmentLifeUnit.YEARS or np.isinf(unit.life):
        return replacements(worn, unit.rebuild_interval)
    each_life = np.ceil(unit.life / unit.rebuild_interval - COUNT_TOLERANCE) - 1
    final = worn[-1:] * (1 - 2 * COUNT_TOLERANCE) - 2 * COUNT_TOLERANCE * unit.rebuild_interval
    most = _within_lives(np.maximum(final, 0.0), unit, each_life)
    return np.minimum(_within_lives(worn, unit, each_life), most)


def _within_lives(worn: Array, unit: EquipmentClass, each_life: float) -> Array:
    lives = np.floor(worn / unit.life + COUNT_TOLERANCE)
    since = np.maximum(worn - lives * unit.life, 0.0)
    return lives * each_life + np.minimum(
        np.floor(since / unit.rebuild_interval + COUNT_TOLERANCE), each_life
    )


@primitive
def deferred(due: Array, most: int | None) -> Array:
    """Return units replaced when at most `most` can be in one period; the rest waits for the next one.

    >>> deferred(np.array([[0.0], [25.0], [0.0]]), 15).ravel()
    array([ 0., 15., 10.])
    """
    if most is None:
        return due
    done = np.zeros_like(due)
    waiting = np.zeros_like(due[0])
    for period, units in enumerate(due):
        waiting = waiting + units
        done[period] = np.minimum(waiting, most)
        waiting = waiting - done[period]
    return done


@dataclass(frozen=True, slots=True)
class FleetMoney:
    """One class by period [money]: initial, later and replacement capital (rebuilds inside), and salvage."""

    initial: Array
    sustaining: Array
    replacement: Array
    salvage: Array


def fleet_money(ctx: Context, unit: EquipmentClass, units: Fleet) -> FleetMoney:
    """Return the capital a fleet takes and the salvage it fetches.

    The first units bought are initial capital, later additions sustaining. Units replaced, sold or held at
    the end fetch the salvage fraction of the price of that period.
    """
    price = ctx.money(unit.price, unit.money)
    rebuild = ctx.money(unit.rebuild_cost, unit.money)
    held_before = running(units.held) - units.held
    bought = units.bought * price if unit.purchased else np.zeros_like(units.held)
    first = held_before <= 0
    return FleetMoney(
        initial=ctx.rows(np.where(first, bought, 0.0)),
        sustaining=ctx.rows(np.where(first, 0.0, bought)),
        replacement=ctx.rows(units.replaced * price + units.rebuilt * rebuild),
        salvage=ctx.rows((units.replaced + units.sold) * price * unit.salvage),
    )
