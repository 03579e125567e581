"""Integer histograms for what does not fit in memory: counts add up the same in any order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.native.calls import tally
from app.engine.quantity import Array

FAN_BINS = 4096
OUTPUT_BINS = 16_384
CONDENSED = 1 << 18  # values that stand for a histogram where ascending values are asked for


@dataclass(frozen=True, slots=True)
class Ranges:
    """Where the bins of several rows lie. low, scale (bins per unit): `(n_rows,)`."""

    low: Array
    scale: Array
    bins: int

    @classmethod
    def around(cls, rows: Array, bins: int) -> Ranges:
        """Return ranges three times as wide as the values of a first block `(n_rows, n_trials)`, NaN left
        out."""
        with np.errstate(invalid="ignore"):
            low = np.where(np.isnan(rows), np.inf, rows).min(axis=1)
            high = np.where(np.isnan(rows), -np.inf, rows).max(axis=1)
        low, high = np.where(np.isfinite(low), low, 0.0), np.where(np.isfinite(high), high, 0.0)
        width = high - low
        width = np.where(width > 0, width, np.maximum(np.abs(low), 1.0) * 1e-6)
        return cls(low - width, bins / (3 * width), bins)

    def count(self, rows: Array | NDArray[np.float32]) -> NDArray[np.int64]:
        """Return counts `(n_rows, bins)` of values `(n_rows, n_trials)`; what lies outside goes to the outer
        bins."""
        found = np.zeros((len(rows), self.bins), dtype=np.int64)
        if tally(rows, self.low, self.scale, found):
            return found
        position = (rows - self.low[:, None]) * self.scale[:, None]
        np.clip(position, 0, self.bins - 1, out=position)
        place = np.where(np.isnan(position), self.bins, position).astype(np.intp)
        place += np.arange(len(rows))[:, None] * (self.bins + 1)
        counts = np.bincount(place.ravel(), minlength=len(rows) * (self.bins + 1))
        return counts.reshape(len(rows), self.bins + 1)[:, :-1]

    def quantiles(self, row: int, counts: NDArray[np.int64], levels: Array, low: float, high: float) -> Array:
        """Return quantiles of one row's counts `(bins,)`, linear inside a bin; low, high: its true
        extremes."""
        edges = self.low[row] + np.arange(self.bins + 1) / self.scale[row]
        filled = np.flatnonzero(counts)
        cumulative = np.concatenate([[0], np.cumsum(counts[filled])])
        target = levels * cumulative[-1]
        place = np.clip(np.searchsorted(cumulative, target, side="right") - 1, 0, len(filled) - 1)
        inside = (target - cumulative[place]) / counts[filled[place]]
        left = np.maximum(np.where(filled == 0, low, edges[filled]), low)[place]
        right = np.minimum(np.where(filled == self.bins - 1, high, edges[filled + 1]), high)[place]
        return np.asarray(left + inside * (right - left))


def extremes(rows: Array | NDArray[np.float32]) -> tuple[Array, Array]:
    """Return the smallest and the largest value of each row, NaN left out."""
    return np.fmin.reduce(rows, axis=1), np.fmax.reduce(rows, axis=1)


class StreamedRows:
    """Histograms, extremes and sums of several rows, fed block by block in order."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        rows = len(ranges.low)
        self.counts = np.zeros((rows, ranges.bins), dtype=np.int64)
        self.low, self.high = np.full(rows, np.inf), np.full(rows, -np.inf)

    def add(self, rows: Array | NDArray[np.float32]) -> None:
        """Add values `(n_rows, n_trials)`, in single or double precision; NaN is left out."""
        self.merge(self.ranges.count(rows), *extremes(rows))

    def merge(self, counts: NDArray[np.integer], low: Array, high: Array) -> None:
        """Add what somebody else has counted in the same ranges."""
        self.counts += counts
        self.low, self.high = np.fmin(self.low, low), np.fmax(self.high, high)

    def quantiles(self, row: int, levels: Array) -> Array:
        return self.ranges.quantiles(row, self.counts[row], levels, self.low[row], self.high[row])

    def condensed(self, row: int) -> tuple[Array, float]:
        """Return ascending values that stand for a row, and how many trials each stands for."""
        count = int(self.counts[row].sum())
        if not count:
            return np.empty(0), 1.0
        length = min(count, CONDENSED)
        values = self.quantiles(row, (np.arange(length) + 0.5) / length)
        values[0], values[-1] = self.low[row], self.high[row]
        return values, count / length
