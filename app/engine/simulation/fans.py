"""Percentiles of cash-flow lines by period: exact while the rows are few, from histograms beyond."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from app.engine.quantity import Array
from app.engine.simulation.figures import quantiles
from app.engine.simulation.result import Fan
from app.engine.simulation.streaming import FAN_BINS, Ranges, StreamedRows


@dataclass(frozen=True, slots=True)
class FanBlock:
    """Lines of one block, `(n_lines, n_periods, n_trials)` in single precision, and their sums by line and
    period."""

    rows: NDArray[np.float32]
    sums: Array


class Fans:
    """Collects the fans of several lines.

    stored: trials whose rows are kept; with more than that the run counts into 4,096 bins per line and
    period.
    """

    def __init__(self, lines: tuple[str, ...], periods: int, trials: int, stored: int) -> None:
        self.lines, self.periods = lines, periods
        self._rows: list[NDArray[np.float32]] = []
        self._streamed: StreamedRows | None = None
        self._keep = trials <= stored
        self._sums: list[Array] = []
        self._trials = 0

    def add(self, block: FanBlock) -> None:
        """Add the next block, in order."""
        self._sums.append(block.sums)
        self._trials += block.rows.shape[2]
        if self._keep:
            self._rows.append(block.rows)
            return
        rows = block.rows.reshape(len(self.lines) * self.periods, -1)
        if self._streamed is None:
            self._streamed = StreamedRows(Ranges.around(rows.astype(np.float64), FAN_BINS))
        self._streamed.add(rows)

    def finish(self, levels: tuple[float, ...]) -> dict[str, Fan]:
        """Return the fan of each line."""
        if not self._trials:
            return {}
        values = self._stored(levels) if self._streamed is None else self._counted(self._streamed, levels)
        fans = {}
        for index, line in enumerate(self.lines):
            means = [fsum(sums[index, t] for sums in self._sums) / self._trials for t in range(self.periods)]
            rows = tuple(map(tuple, values[index].tolist()))
            fans[line] = Fan(line, levels, rows, tuple(means))
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
