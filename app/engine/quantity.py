"""Numbers as a planner gives them: one value, a row by period, or either times a named driver.

Inside the engine every array is two-dimensional, time first and trials last: a constant is `(1, 1)`, a
profile `(n_periods, 1)`, one draw per trial `(1, n_trials)`, a draw per period and trial
`(n_periods, n_trials)`. Broadcasting then computes whatever is the same in every trial once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.engine.primitive import primitive

Array = NDArray[np.float64]
Drivers = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Driven:
    """`value × driver`: a number or a row by period, scaled by a named driver of the scenario."""

    driver: str
    value: float | ArrayLike = 1.0


Quantity = float | ArrayLike | Driven


def as_rows(value: float | ArrayLike) -> Array:
    """Return `value` as `(n_periods | 1, n_trials | 1)`; a one-dimensional array is a row by period."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 2:
        return array
    return array.reshape(-1, 1)


def resolve(quantity: Quantity, drivers: Drivers) -> Array:
    """Return the quantity in two dimensions, scaled by its driver where it names one.

    Raises `KeyError` for an unknown driver; `inputs.check()` reports that by field before any run.
    """
    if isinstance(quantity, Driven):
        driver = drivers[quantity.driver]
        return driver if is_literal(quantity.value, 1.0) else as_rows(quantity.value) * driver
    return as_rows(quantity)


def in_turn(quantities: Mapping[str, Quantity], given: Drivers | None = None) -> dict[str, Array]:
    """Return named quantities resolved, each of which may be scaled by those before it.

    given: what is resolved already, such as a simulation's draws, and stands before the quantity of its name.
    """
    resolved: dict[str, Array] = dict(given or {})
    for name, quantity in quantities.items():
        if name not in resolved:
            resolved[name] = resolve(quantity, resolved)
    return resolved


def is_literal(quantity: Quantity, number: float) -> bool:
    """Return whether a quantity is just this one number; lets a block of trials skip what cannot matter."""
    return isinstance(quantity, int | float) and quantity == number


def added(rows: Iterable[Array], nothing: Array) -> Array:
    """Return the sum of rows, `nothing` where there are none."""
    result: Array | None = None
    for row in rows:
        result = row if result is None else result + row
    return nothing if result is None else result


# From this many trials on, adding whole rows beats NumPy's accumulate, which strides through a wide array.
WIDE = 64


@primitive
def running(rows: Array) -> Array:
    """Return the cumulative sum over periods, `(n_periods, n_trials | 1)`; the same bits for any block."""
    if rows.shape[1] < WIDE:
        return np.add.accumulate(rows, axis=0)
    sums = np.empty(rows.shape)
    sums[:1] = rows[:1]
    for before, row, after in zip(sums, rows[1:], sums[1:], strict=False):
        np.add(before, row, out=after)
    return sums


def ever(rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return whether a condition has held by the end of each period, row by row."""
    if rows.shape[1] < WIDE:
        return np.logical_or.accumulate(rows, axis=0)
    reached = np.array(rows)
    for before, now in pairwise(reached):
        np.logical_or(before, now, out=now)
    return reached


@primitive
def total(rows: Array) -> Array:
    """Return the sum over periods as `(1, n_trials | 1)`.

    Added period by period, because NumPy sums a single column pairwise, with other last bits than a block's.
    Rows that lie one after the other in memory it adds period by period by itself.
    """
    if rows.shape[1] < WIDE:
        return np.add.accumulate(rows, axis=0)[-1:]
    if rows.strides[0] >= rows.shape[1] * rows.strides[1] > 0:
        return np.add.reduce(rows, axis=0, keepdims=True)
    whole = np.array(rows[:1], dtype=np.float64)
    for row in rows[1:]:
        whole += row
    return whole


@primitive
def changes(rows: Array, before: float = 0.0) -> Array:
    """Return the increase of each period over the one before it; `before` precedes the first.

    >>> changes(np.array([[2.0], [5.0], [4.0]])).ravel()
    array([ 2.,  3., -1.])
    """
    steps = np.array(rows, dtype=np.float64)
    steps[:1] -= before
    steps[1:] -= rows[:-1]
    return steps


@primitive
def previous(rows: Array) -> Array:
    """Return the rows one period later, nothing in the first."""
    earlier = np.zeros(rows.shape)
    earlier[1:] = rows[:-1]
    return earlier
