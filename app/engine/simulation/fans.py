"""Percentiles of cash-flow lines by period: exact while the rows are few, from histograms beyond."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from app.engine.quantity import Array
from app.engine.simulation.figures import quantiles
from app.engine.simulation.result import Fan
from app.engine.simulation.streaming import FAN_BINS, Ranges, StreamedRows, extremes


@dataclass(frozen=True, slots=True)
class FanBlock:
    """Lines of one block, `(n_lines, n_periods, n_trials)` in single precision, and their sums by line and
    period."""

    rows: NDArray[np.float32]
    sums: Array

    @property
    def count(self) -> int:
        return int(self.rows.shape[2])

    @property
    def by_line_and_period(self) -> NDArray[np.float32]:
        return self.rows.reshape(-1, self.count)


@dataclass(frozen=True, slots=True)
class FanCounts:
    """What a long run keeps of a block: counts by bin of each line and period, extremes, sums.

    counts: `(n_rows, bins)`, no more than a block has trials. low, high: `(n_rows,)`.
    """

    count: int
    counts: NDArray[np.uint16]
    low: Array
    high: Array
    sums: Array


def ranges_around(first: FanBlock) -> Ranges:
    """Return where the fans of a run are counted whose first block this is."""
    return Ranges.around(first.by_line_and_period.astype(np.float64), FAN_BINS)


def counted(block: FanBlock, ranges: Ranges) -> FanCounts:
    """Return a block's rows as counts, so that nobody has to hand over the rows."""
    rows = block.by_line_and_period
    counts = ranges.count(rows).astype(np.uint16)
    return FanCounts(block.count, counts, *extremes(rows), block.sums)


class Fans:
    """Collects the fans of several lines.

    whole: rows are kept; else the run counts into 4,096 bins per line and period.
    """

    def __init__(self, lines: tuple[str, ...], periods: int, *, whole: bool) -> None:
        self.lines, self.periods = lines, periods
        self._rows: list[NDArray[np.float32]] = []
        self._streamed: StreamedRows | None = None
        self._whole = whole
        self._sums: list[Array] = []
        self._trials = 0

    def add(self, block: FanBlock | FanCounts) -> None:
        """Add the next block, in order; the first one with its rows."""
        self._sums.append(block.sums)
        self._trials += block.count
        if self._whole and isinstance(block, FanBlock):
            self._rows.append(block.rows)
            return
        if isinstance(block, FanBlock):
            self._streamed = self._streamed or StreamedRows(ranges_around(block))
            block = counted(block, self._streamed.ranges)
        if self._streamed is None:
            raise ValueError("the first block of a run has to come whole")
        self._streamed.merge(block.counts, block.low, block.high)

    def finish(self, levels: tuple[float, ...]) -> dict[str, Fan]:
        """Return the fan of each line."""
        if not self._trials:
            return {}
        values = self._stored(levels) if self._streamed is None else self._counted(self._streamed, levels)
        fans = {}
        for index, line in enumerate(self.lines):
            sums = zip(*(own[index].tolist() for own in self._sums), strict=True)
            means = tuple([fsum(own) / self._trials for own in sums])
            rows = tuple(map(tuple, values[index].tolist()))
            fans[line] = Fan(line, levels, rows, means)
        return fans

    def _stored(self, levels: tuple[float, ...]) -> Array:
        rows = np.concatenate(self._rows, axis=2)
        rows.sort(axis=2)
        return np.ascontiguousarray(quantiles(rows, levels).transpose(0, 2, 1))

    def _counted(self, streamed: StreamedRows, levels: tuple[float, ...]) -> Array:
        values = np.empty((len(self.lines), len(levels), self.periods))
        for index, period in np.ndindex(len(self.lines), self.periods):
            values[index, :, period] = streamed.quantiles(index * self.periods + period, np.array(levels))
        return values
