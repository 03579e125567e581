"""Numbers as a planner gives them: one value, a row by period, or either times a named driver.

Inside the engine every array is two-dimensional, time first and trials last: a constant is `(1, 1)`, a
profile `(n_periods, 1)`, one draw per trial `(1, n_trials)`, a draw per period and trial
`(n_periods, n_trials)`. Broadcasting then computes whatever is the same in every trial once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


def running(rows: Array) -> Array:
    """Return the cumulative sum over periods, `(n_periods, n_trials | 1)`; the same bits for any block."""
    if rows.shape[1] < WIDE:
        return np.add.accumulate(rows, axis=0)
    sums = np.array(rows, dtype=np.float64)
    for period in range(1, len(sums)):
        sums[period] += sums[period - 1]
    return sums


def total(rows: Array) -> Array:
    """Return the sum over periods as `(1, n_trials | 1)`.

    Added period by period, because NumPy sums a single column pairwise, with other last bits than a block's.
    """
    if rows.shape[1] < WIDE:
        return np.add.accumulate(rows, axis=0)[-1:]
    whole = np.array(rows[:1], dtype=np.float64)
    for row in rows[1:]:
        whole += row
    return whole
