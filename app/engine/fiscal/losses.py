"""Pools: losses and capital that shelter later income. Amounts are money of the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.inputs.fiscal import Losses
from app.engine.quantity import Array

ROUNDING = 1e-9  # year


@dataclass(frozen=True, slots=True)
class Relief:
    """Rows `(n_periods, n_trials)`: income sheltered by earlier losses, pool at the end, tax refunded by carry-back."""

    used: Array
    pool: Array
    refund: Array


def recover(base: Array, additions: Array, *, keep_losses: bool) -> Array:
    """Return the positive part of `base` left after a pool of `additions` and, if kept, of its own negative values.

    >>> recover(np.array([[-30.0], [20.0], [50.0]]), np.zeros((3, 1)), keep_losses=True).ravel()
    array([ 0.,  0., 40.])
    """
    base, additions = np.broadcast_arrays(base, additions)
    left = np.zeros(base.shape)
    pool = np.zeros(base.shape[1])
    for period, amount in enumerate(base):
        pool = pool + additions[period]
        used = np.minimum(pool, np.maximum(amount, 0.0))
        left[period] = np.maximum(amount, 0.0) - used
        pool = pool - used
        if keep_losses:
            pool = pool + np.maximum(-amount, 0.0)
    return left


def oldest_first(rows: Array, amount: Array) -> tuple[Array, Array]:
    """Take `amount` from `rows`, oldest first; return what is taken of each, and of all."""
    reached = np.add.accumulate(rows, axis=0)
    return np.clip(amount - (reached - rows), 0.0, rows), np.minimum(amount, reached[-1])


def relieve(income: Array, rules: Losses, edges: NDArray[np.float64], rate: Array, credited: Array) -> Relief:
    """Carry losses forward and back.

    used_t = min(pool, cap · max(income_t, 0)), oldest loss first; the pool grows by what a loss has left after carry-back.

    income, rate, credited: `(n_periods, n_trials | 1)`; credited is income whose tax a credit already pays.
    edges: boundaries of the periods [year]. A loss of year v may be used until year v + expiry, and carried back to year
    v - carry_back; carried back, it returns the tax of that year.
    """
    n_periods = edges.size - 1
    expiring = rules.expiry is not None and rules.expiry < edges[-1]
    shape = np.broadcast_shapes(income.shape, rate.shape, credited.shape)
    used, pool, refund, taxed = (np.zeros(shape) for _ in range(4))
    layers = np.zeros((n_periods + 1 if expiring else 1, shape[1]))  # layer 0 holds the opening pool
    layers[0] = rules.opening
    for period in range(n_periods):
        amount = np.broadcast_to(income[period], shape[1:])
        if expiring and rules.expiry is not None:
            layers[: first_alive(edges, period, rules.expiry)] = 0.0
        gain = np.maximum(amount, 0.0)
        taken, used[period] = oldest_first(layers, rules.cap * gain)
        layers = layers - taken
        taxed[period] = np.maximum(gain - used[period] - credited[period], 0.0)
        loss = np.maximum(-amount, 0.0)
        back = first_open(edges, period, rules.carry_back)
        if back < period:
            returned, carried = oldest_first(taxed[back:period], loss)
            taxed[back:period] -= returned
            refund[period] = np.add.accumulate(returned * rate[back:period], axis=0)[-1]
            loss = loss - carried
        layers[period + 1 if expiring else 0] += loss
        pool[period] = np.add.accumulate(layers, axis=0)[-1]
    return Relief(used, pool, refund)


def first_alive(edges: NDArray[np.float64], period: int, expiry: float) -> int:
    """Return the first layer that may still be used: layer j + 1 is the loss of period j, layer 0 the opening pool."""
    return int(np.searchsorted(edges, edges[period + 1] - expiry - ROUNDING))


def first_open(edges: NDArray[np.float64], period: int, carry_back: float) -> int:
    """Return the first period that a loss of `period` may be carried back to."""
    return int(np.searchsorted(edges[1:], edges[period + 1] - carry_back - ROUNDING))
