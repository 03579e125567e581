"""Rows of months and quarters as a tax year sees them: so far, and what each period adds to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, starmap

import numpy as np
from numpy.typing import NDArray

from app.engine.primitive import primitive
from app.engine.quantity import Array


@dataclass(frozen=True, slots=True)
class Years:
    """The years that a row is assessed by.

    edges: their boundaries [year after the start], `(n_years + 1,)`. starts: the first period of each.
    n_periods: of all of them.
    """

    edges: NDArray[np.float64]
    starts: NDArray[np.int64]
    n_periods: int

    @property
    def single(self) -> bool:
        """Whether every period is a year of its own."""
        return len(self.starts) == self.n_periods

    def spans(self) -> Iterator[slice]:
        """Yield the periods of each year."""
        return starmap(slice, pairwise([*self.starts.tolist(), self.n_periods]))


def to_date(row: Array, years: Years) -> Array:
    """Return what a row comes to since its year began, `(n_periods, n_trials | 1)`.

    >>> quarters = Years(np.array([0.0, 0.5, 1.0]), np.array([0, 2]), 4)
    >>> to_date(np.array([[5.0], [-2.0], [4.0], [1.0]]), quarters).ravel()
    array([5., 3., 4., 5.])
    """
    return row if years.single else _summed(row, years)


def of_period(row: Array, years: Years) -> Array:
    """Return what each period adds to a row to date: the inverse of `to_date`."""
    return row if years.single else _added(row, years)


@primitive
def _summed(row: Array, years: Years) -> Array:
    found = np.empty(row.shape)
    for periods in years.spans():
        np.cumsum(row[periods], axis=0, out=found[periods])
    return found


@primitive
def _added(row: Array, years: Years) -> Array:
    found = row.copy()
    for periods in years.spans():
        found[periods.start + 1 : periods.stop] -= row[periods.start : periods.stop - 1]
    return found
