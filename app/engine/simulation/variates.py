"""Correlated standard normal variates of one sub-block: a scalar per once-drawn driver, a row of shocks per
path.

Dimensions of the point set, most important first: the leading component of each path, the scalars, then the
finer components of the paths. The leading component is the sum of a path's shocks, so a correlation between a
scalar and a path links the scalar to where the path ends up; a correlation between two paths links their
shocks in each period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import scipy

from app.engine.inputs import Correlation
from app.engine.kinds import Copula
from app.engine.quantity import Array
from app.engine.simulation import bridge
from app.engine.simulation.consistency import as_normal
from app.engine.simulation.dependence import Repair, decorrelated, factor, mix, reordered
from app.engine.simulation.distributions.table import CELLS, REACH, Table
from app.engine.simulation.samplers import SCORES, SUB_BLOCK, generator

T_REACH = 24.0  # asinh of a t variate with one degree of freedom at 6.5 normal standard deviations


@dataclass(frozen=True, slots=True)
class Variates:
    """scalars `(n_scalars, n)`, shocks `(n_paths, n_periods, n)`, switches `(n_switching, n_periods, n)`."""

    scalars: Array
    shocks: Array
    switches: Array


@dataclass(frozen=True)
class VariateLayout:
    """Which dimension of the point set serves what.

    paths, scalars: driver names. switching: the paths that need a second variate per period.
    """

    seed: int
    periods: int
    paths: tuple[str, ...]
    scalars: tuple[str, ...]
    switching: tuple[str, ...]
    correlation: Correlation

    @cached_property
    def leading(self) -> int:
        return len(self.paths) + len(self.scalars)

    @cached_property
    def _linked(self) -> frozenset[str]:
        return frozenset(name for pair in self.correlation.pairs for name in pair)

    @cached_property
    def _student_scalars(self) -> list[int]:
        return self._student(self.scalars)

    @cached_property
    def _student_paths(self) -> list[int]:
        return self._student(self.paths)

    def _student(self, names: Sequence[str]) -> list[int]:
        """Return which of `names` share a χ²: those linked under a t copula, when there are at least two."""
        if self.correlation.copula is not Copula.STUDENT_T:
            return []
        linked = [index for index, name in enumerate(names) if name in self._linked]
        return linked if len(linked) > 1 else []

    @cached_property
    def dimensions(self) -> int:
        finer = (self.periods - 1) * len(self.paths)
        mixing = bool(self._student_scalars) + self.periods * bool(self._student_paths)
        return self.leading + finer + mixing + self.periods * len(self.switching)

    @cached_property
    def _factor(self) -> tuple[Array, Repair]:
        pairs = {pair: self._normal(pair, target) for pair, target in self.correlation.pairs.items()}
        return factor(self.paths + self.scalars, pairs)

    def _normal(self, pair: tuple[str, str], target: float) -> float:
        return as_normal(self.correlation, target, (pair[0] in self.paths) == (pair[1] in self.paths))

    @property
    def repair(self) -> Repair:
        return self._factor[1]

    def columns(self, name: str) -> list[int]:
        """Return which dimensions of the point set move a driver, when nothing is correlated."""
        if name in self.scalars:
            return [len(self.paths) + self.scalars.index(name)]
        path, count = self.paths.index(name), len(self.paths)
        columns = [path, *range(self.leading + path, self.leading + (self.periods - 1) * count, count)]
        if name in self.switching:
            first = self.dimensions - self.periods * (len(self.switching) - self.switching.index(name))
            columns += range(first, first + self.periods)
        return columns

    def variates(self, points: Array, first: int) -> Variates:
        """Return correlated variates from points `(dimensions, n_trials)` whose first trial is `first`.

        The points are overwritten.
        """
        count = points.shape[1]
        rows = _Rows(points)
        lead = rows.take(self.leading)
        finer = rows.take((self.periods - 1) * len(self.paths))
        finer = finer.reshape(self.periods - 1, len(self.paths), count)
        lower, _ = self._factor
        if self.correlation.copula is Copula.IMAN_CONOVER and self._linked:
            lead = self._rank_ordered(lead, first)
        else:
            mix(lower, lead)
        k = len(self.paths)
        mix(lower[:k, :k], finer.swapaxes(0, 1))
        shocks = np.empty((k, self.periods, count))
        for path in range(k):
            bridge.shocks(lead[path], finer[:, path], shocks[path])
        scalars = lead[k:]
        if self._student_scalars:
            self._tie(scalars, self._student_scalars, rows.take(1)[0])
        if self._student_paths:
            self._tie(shocks, self._student_paths, rows.take(self.periods))
        switches = rows.take(self.periods * len(self.switching)).reshape(
            len(self.switching), self.periods, count
        )
        return Variates(scalars, shocks, switches)

    def _tie(self, rows: Array, which: list[int], mixing: Array) -> None:
        """Turn the chosen rows from a Gaussian into a t copula in place, as normal variates again."""
        degrees = self.correlation.degrees
        scale = _mixing_table(degrees)(mixing)
        for index in which:
            rows[index] = _score_table(degrees)(np.arcsinh(rows[index] * scale) * (REACH / T_REACH))

    def _rank_ordered(self, lead: Array, first: int) -> Array:
        """Reorder each linked scalar to the ranks of correlated scores; its own values, and so its strata,
        stay.

        Scores are the paths' leading components and fresh normal variates with their sample correlation
        removed, mixed by the correlation's factor (Iman & Conover 1982).
        """
        lower, _ = self._factor
        k = len(self.paths)
        fresh = generator(self.seed, first // SUB_BLOCK, SCORES).standard_normal(lead[k:].shape)
        scores = np.concatenate([lead[:k], fresh])
        if lead.shape[1] > len(lead) + 1:
            scores = decorrelated(scores)
        mix(lower, scores)
        mixed = lead.copy()
        mix(lower[:k, :k], mixed[:k])
        for index, name in enumerate(self.scalars, start=k):
            if name in self._linked:
                mixed[index] = reordered(lead[index], scores[index])
        return mixed


class _Rows:
    """Hands out consecutive rows of a block of points."""

    def __init__(self, rows: Array) -> None:
        self._rows = rows
        self._next = 0

    def take(self, count: int) -> Array:
        self._next += count
        return self._rows[self._next - count : self._next]


@lru_cache(maxsize=8)
def _mixing_table(degrees: float) -> Table:
    """Return normal variate → √(ν/χ²), the factor that makes normal variates t distributed."""
    u = scipy.special.ndtr(np.linspace(-REACH, REACH, CELLS + 1))
    chi_square = 2 * scipy.special.gammaincinv(degrees / 2, u)
    return Table.through(np.sqrt(degrees / np.maximum(chi_square, np.finfo(float).tiny)))


@lru_cache(maxsize=8)
def _score_table(degrees: float) -> Table:
    """Return asinh of a t variate, scaled to the table's reach → the normal variate of the same
    probability."""
    t = np.sinh(np.linspace(-T_REACH, T_REACH, CELLS + 1))
    lower = scipy.special.ndtri(scipy.special.stdtr(degrees, -np.abs(t)))
    return Table.through(np.sign(t) * -np.maximum(lower, -1.5 * REACH))
