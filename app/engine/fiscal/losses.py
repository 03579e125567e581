"""Pools: losses and capital that shelter later income. Amounts are money of the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.fiscal.years import Years
from app.engine.inputs.fiscal import Losses
from app.engine.primitive import primitive
from app.engine.quantity import Array, running, total

ROUNDING = 1e-9  # year


@dataclass(frozen=True, slots=True)
class Relief:
    """Rows `(n_periods, n_trials)`: income sheltered, pool at the end, tax refunded by carry-back."""

    used: Array
    pool: Array
    refund: Array


@primitive
def recover(base: Array, additions: Array, years: Years, *, keep_losses: bool) -> Array:
    """Return the positive part of `base` after a pool of `additions` and, if kept, of its own losses.

    Both are those of the year to date, and so is what is returned.

    >>> years = Years(np.arange(4.0), np.arange(3), 3)
    >>> recover(np.array([[-30.0], [20.0], [50.0]]), np.zeros((3, 1)), years, keep_losses=True).ravel()
    array([ 0.,  0., 40.])
    """
    kept = np.maximum(-base, 0.0) if keep_losses else np.zeros(base.shape)
    used = sheltered(base, additions, kept, years)
    left: Array = np.maximum(base, 0.0) - used
    return left


@primitive
def sheltered(income: Array, before: Array, after: Array, years: Years) -> Array:
    """Return what a pool shelters, as `draw_down` does; all rows are those of the year to date."""
    found = (
        draw_down(income, before, after) if years.single else draw_down_by_year(income, before, after, years)
    )
    return found[0]


@primitive
def draw_down(
    income: Array, before: Array, after: Array, cap: float = 1.0, opening: float = 0.0
) -> tuple[Array, Array]:
    """Return what a pool shelters of each period's income, and the pool at its end.

    `used_t = min(pool, cap · max(income_t, 0))`; `before` joins the pool before it is used, `after`
    afterwards.
    """
    shape = np.broadcast_shapes(income.shape, before.shape)
    limit = np.maximum(income, 0.0)
    if cap != 1.0:
        limit = limit * cap
    limit, after = np.broadcast_to(limit, shape), np.broadcast_to(after, shape)
    used, left = np.empty(shape), np.empty(shape)
    pool = np.full(shape[1], opening)
    joins = before.any()
    for own_limit, own_used, own_left, later, sooner in zip(limit, used, left, after, before, strict=True):
        if joins:
            pool = pool + sooner
        np.minimum(pool, own_limit, out=own_used)
        np.subtract(pool, own_used, out=own_left)
        pool = np.add(own_left, later, out=own_left)
    return used, left


def carry_forward(income: Array, cap: float, opening: float) -> tuple[Array, Array]:
    """Return what a pool of losses shelters of each period's income, and the pool at its end.

    As `draw_down`, with the losses themselves as what joins the pool. Without a cap what is left of the pool
    is `max(pool - income, 0)`, whatever the sign of the income.
    """
    if cap != 1.0:
        return draw_down(income, np.zeros((len(income), 1)), np.maximum(-income, 0.0), cap, opening)
    used, left = np.empty(income.shape), np.empty(income.shape)
    pool = np.full(income.shape[1], opening)
    np.maximum(income, 0.0, out=used)
    for own, own_used, own_left in zip(income, used, left, strict=True):
        np.minimum(pool, own_used, out=own_used)
        np.subtract(pool, own, out=own_left)
        pool = np.maximum(own_left, 0.0, out=own_left)
    return used, left


@primitive
def relieve(income: Array, rules: Losses, years: Years, rate: Array, credited: Array) -> Relief:
    """Return what losses shelter when carried forward, and refund when carried back.

    income, rate, credited: `(n_periods, n_trials | 1)`; credited is income whose tax a credit already pays.
    Income and credits are those of the year to date, and so is the relief.
    """
    expires = rules.expiry is not None and rules.expiry < years.edges[-1]
    if expires or rules.carry_back:
        return relieve_by_age(income, rules, years, rate, credited)
    if years.single:
        used, pool = carry_forward(income, rules.cap, rules.opening)
    else:
        losses = np.maximum(-income, 0.0)
        used, pool = draw_down_by_year(income, np.zeros((1, 1)), losses, years, rules.cap, rules.opening)
    return Relief(used, pool, np.zeros((len(income), 1)))


def draw_down_by_year(
    income: Array, before: Array, after: Array, years: Years, cap: float = 1.0, opening: float = 0.0
) -> tuple[Array, Array]:
    """Return `draw_down` of rows to date: each period meets the pool as it was when its year began."""
    income, before, after = np.broadcast_arrays(income, before, after)
    used, left = np.empty(income.shape), np.empty(income.shape)
    pool = np.full(income.shape[1], opening)
    for periods in years.spans():
        whole = pool + before[periods]
        np.minimum(whole, cap * np.maximum(income[periods], 0.0), out=used[periods])
        np.add(whole - used[periods], after[periods], out=left[periods])
        pool = left[periods.stop - 1]
    return used, left


def relieve_by_age(income: Array, rules: Losses, years: Years, rate: Array, credited: Array) -> Relief:
    """Return relief where the age of a loss matters: oldest loss first, oldest income first.

    A loss of year v may be used until year v + expiry. Carried back, it reaches year v - carry_back and
    returns the tax of the income it shelters there; only what is left of it joins the pool.
    """
    shape = np.broadcast_shapes(income.shape, rate.shape, credited.shape)
    income, rate, credited = (np.broadcast_to(row, shape) for row in (income, rate, credited))
    used, pool, refund = (np.zeros(shape) for _ in range(3))
    n_years = len(years.starts)
    at_end = rate[[*(years.starts[1:] - 1), -1]]
    losses = np.zeros((n_years + 1, shape[1]))  # row 0 is the opening pool, row j + 1 the loss of year j
    losses[0] = rules.opening
    taxed = np.zeros((n_years, shape[1]))
    for year, periods in enumerate(years.spans()):
        begun, alone = (losses, taxed), periods.stop - periods.start == 1
        end = years.edges[year + 1]
        alive = 0 if rules.expiry is None else first_within(years.edges, end, rules.expiry)
        back = first_within(years.edges[1:], end, rules.carry_back)
        for period in range(periods.start, periods.stop):
            losses, taxed = begun if alone else (begun[0].copy(), begun[1].copy())
            gain, loss = np.maximum(income[period], 0.0), np.maximum(-income[period], 0.0)
            taken, used[period] = oldest_first(losses[alive : year + 1], rules.cap * gain)
            losses[alive : year + 1] -= taken
            taxed[year] = np.maximum(gain - used[period] - credited[period], 0.0)
            if back < year:
                returned, carried = oldest_first(taxed[back:year], loss)
                taxed[back:year] -= returned
                refund[period] = total(returned * at_end[back:year])[0]
                loss = loss - carried
            losses[year + 1] = loss
            pool[period] = total(losses[alive : year + 2])[0]
    return Relief(used, pool, refund)


def oldest_first(rows: Array, amount: Array) -> tuple[Array, Array]:
    """Take `amount` from `rows`, oldest first; return what is taken of each, and of all.

    >>> taken, total = oldest_first(np.array([[10.0], [20.0], [5.0]]), np.array([18.0]))
    >>> taken.ravel(), total
    (array([10.,  8.,  0.]), array([18.]))
    """
    if not rows.shape[0]:
        return rows, np.zeros(amount.shape)
    reached = running(rows)
    return np.clip(amount - (reached - rows), 0.0, rows), np.minimum(amount, reached[-1])


def first_within(ends: NDArray[np.float64], end: float, years: float) -> int:
    """Return the first of the ascending `ends` that lies no more than `years` before `end` [year]."""
    return int(np.searchsorted(ends, end - years - ROUNDING))
