"""Prices that repeat the relative changes of history in a new order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from app.engine.quantity import Array
from app.engine.simulation.parameters import Rejection


@dataclass(frozen=True)
class Bootstrap:
    """Each period's relative change is one of those between neighbouring prices of `history`, each as likely.

    history: prices in the order of time, spaced like the periods, `per_year` of them a year.
    """

    history: tuple[float, ...]
    per_year: float
    start: float | None = None

    def rejected(self, years: Array) -> Iterator[Rejection]:
        if len(self.history) < 3:
            yield "history", self.history, "at least three prices"
        elif min(self.history) <= 0:
            yield "history", min(self.history), "prices greater than zero"
        if self.start is not None and self.start <= 0:
            yield "start", self.start, "greater than zero"
        if not np.allclose(years * self.per_year, 1.0):
            yield "per_year", self.per_year, "one price per period: 1 a year, 4 for quarters, 12 for months"

    @cached_property
    def changes(self) -> Array:
        """Relative changes in ascending order, so that a larger variate is a larger change."""
        return np.sort(np.array(self.history[1:]) / np.array(self.history[:-1]))

    def levels(self, start: float, years: Array, shocks: Array, switches: Array | None) -> Array:
        count = len(self.changes)
        thresholds = scipy.special.ndtri(np.arange(1, count) / count)
        path = self.changes[np.searchsorted(thresholds, shocks)]
        path[0] *= start
        for period in range(1, len(path)):
            path[period] *= path[period - 1]
        return path

    def expected(self, start: float, years: Array) -> Array:
        return start * np.cumprod(np.full(len(years), self.changes.mean()))
