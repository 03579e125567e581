"""Small questions that every fiscal method asks about rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.engine.context import Context
from app.engine.kinds import MoneyBasis
from app.engine.operating import Operating
from app.engine.primitive import primitive
from app.engine.quantity import Array, ever


def entered_row(ctx: Context, name: str) -> Array | None:
    """Return the row entered in place of a derived line, or None."""
    row = ctx.entered.get(name)
    return None if row is None else ctx.rows(row)


@primitive
def ratio(numerator: Array, denominator: Array) -> Array:
    """Return the quotient, zero where the denominator is not positive."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        quotient = numerator / denominator
    positive = denominator > 0
    return quotient if positive.all() else np.where(positive, quotient, 0.0)


def money_of_the_day(ctx: Context, operating: Operating) -> Array:
    """Return money of the day per money of the model, `(n_periods, n_trials | 1)`."""
    if ctx.inputs.terms.money is MoneyBasis.NOMINAL:
        return np.ones((ctx.n_periods, 1))
    return ctx.rows(operating.price_index)


def started(ctx: Context, operating: Operating) -> NDArray[np.bool_]:
    """Return whether production has begun by the end of each period, `(n_periods, n_trials | 1)`.

    The timeline's own production start wins; else the first ore processed; else, where no ore is, the first
    revenue.
    """
    first = ctx.inputs.timeline.production_start
    if first is not None:
        return (np.arange(ctx.n_periods) >= first).reshape(-1, 1)
    return begun(operating.ore_processed, operating.revenue)


@primitive
def begun(ore_processed: Array, revenue: Array) -> NDArray[np.bool_]:
    """Return whether ore has been processed or, in a trial without any, revenue been earned."""
    producing = ore_processed > 0
    milled = producing.any(axis=0)
    if not milled.all():  # otherwise revenue, which differs by trial, need not be looked at
        producing = np.where(milled, producing, revenue > 0)
    return ever(producing)
