"""Who shares in the cash flow after tax: the state, partners, and the owner with what is left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.engine.context import Context
from app.engine.discounting import growth
from app.engine.fiscal.losses import draw_down
from app.engine.fiscal.rows import money_of_the_day, started
from app.engine.inputs.fiscal import Interest
from app.engine.kinds import Carry
from app.engine.operating import Operating
from app.engine.primitive import primitive
from app.engine.quantity import Array, running

ATTRIBUTABLE = "attributable_cash_flow"


def interest_lines(ctx: Context, operating: Operating, after_tax: Array, factors: Array) -> dict[str, Array]:
    """Return what each holder receives, what the owner has paid for it, and what is left for the owner.

    after_tax: the cash flow that is shared, factors: its discount factors, `(n_periods, n_trials | 1)`, as
    all lines are. Positive is received, negative paid in; balances, of what is repaid, are at the end of the
    period. Empty where nobody else holds anything.
    """
    interests = ctx.inputs.fiscal.interests
    if not interests:
        return {}
    lines: dict[str, Array] = {}
    left = after_tax
    for each in interests:
        due = ctx.value(each.share) * after_tax
        if each.carry is not Carry.NONE:
            due, paid = carried_share(
                due, _carried(ctx, operating, each), _kept(ctx, operating, each), each.recovery
            )
            if each.recovery:
                lines[f"carried.{each.name}"] = ctx.rows(paid)
        lines[f"interest.{each.name}"] = ctx.rows(due)
        left = left - due
    return lines | {
        ATTRIBUTABLE: ctx.rows(left),
        "cumulative_attributable": running(ctx.rows(left)),
        "discounted_attributable": ctx.rows(left * factors),
    }


def _carried(ctx: Context, operating: Operating, interest: Interest) -> NDArray[np.bool_]:
    """Return in which periods the owner pays for a holder, `(n_periods, n_trials | 1)`."""
    if interest.carry is Carry.ALWAYS:
        return np.ones((ctx.n_periods, 1), dtype=bool)
    return np.logical_not(started(ctx, operating))


def _kept(ctx: Context, operating: Operating, interest: Interest) -> Array:
    """Return what the account of a holder is kept in: money of the day less its uplift so far.

    An amount that grows while it waits is the same amount in a money that loses as much.
    """
    index = money_of_the_day(ctx, operating)
    if not interest.uplift:
        return index
    return index / growth(np.full((1, 1), interest.uplift), ctx.boundaries[1:].reshape(-1, 1), ctx.boundaries)


@primitive
def carried_share(
    due: Array, carried: NDArray[np.bool_], kept: Array, recovery: float
) -> tuple[Array, Array]:
    """Return what a holder receives whose share is paid for where `carried`, and what is yet to be repaid.

    `repaid_t = min(paid_{t-1}, recovery · max(due_t, 0))`; `paid` grows by what is paid in the period.

    >>> due = np.array([[-10.0], [4.0], [8.0]])
    >>> received, paid = carried_share(due, np.ones((3, 1), dtype=bool), np.ones((3, 1)), 1.0)
    >>> received.ravel(), paid.ravel()
    (array([0., 0., 2.]), array([10.,  6.,  0.]))
    """
    due, carried, kept = np.broadcast_arrays(due, carried, kept)
    spent = carried & (due < 0)
    repaid, paid = draw_down(due * kept, np.zeros((len(due), 1)), np.where(spent, -due * kept, 0.0), recovery)
    return np.where(spent, 0.0, due) - repaid / kept, paid / kept
