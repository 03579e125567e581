"""Inverse CDFs as tables in the normal variate, because evaluating them for every draw would cost more than
the mine.

A copula hands over standard normal variates, so a table from z to value needs no Φ in between. A table is
linear in cells of 0.0016 standard deviations: its error stays below 1e-6 of the range for every family that
has one. Beyond ±6.5 standard deviations, once in 10 billion draws, the outermost value stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast

import numpy as np
import scipy

from app.engine.native.calls import looked_up
from app.engine.quantity import Array
from app.engine.simulation.distributions.bounded import Beta
from app.engine.simulation.distributions.family import Distribution, FromNormal, Restated
from app.engine.simulation.distributions.unbounded import Gamma, normal_density

REACH = 6.5
CELLS = 8192
COARSE_CELLS = 512  # where a costly inverse CDF is evaluated; cubic pieces lead to the finer cells
COSTLY = (Beta, Gamma)
PER_UNIT = CELLS / (2 * REACH)
LAST = float(np.nextafter(CELLS, 0))
TERMS = PER_UNIT, CELLS / 2, LAST


@dataclass(frozen=True, slots=True)
class Table:
    """A function of z on [-REACH, REACH], linear between knots. start and step: `(CELLS,)`."""

    start: Array
    step: Array

    @classmethod
    def through(cls, knots: Array) -> Table:
        """Return the table through `(CELLS + 1,)` values at equally spaced z."""
        return cls(np.ascontiguousarray(knots[:-1]), np.diff(knots))

    def __call__(self, z: Array) -> Array:
        """Return the function at `z`, same shape."""
        found = looked_up(np.reshape(z, (1, -1)), (0,), ((self.start, self.step),), TERMS)
        return self._by_numpy(z) if found is None else found.reshape(z.shape)

    def _by_numpy(self, z: Array) -> Array:
        position = z * PER_UNIT
        position += CELLS / 2
        np.maximum(position, 0.0, out=position)
        np.minimum(position, LAST, out=position)
        whole = np.floor(position)
        cell = whole.astype(np.intp)
        position -= whole
        position *= self.step.take(cell)
        position += self.start.take(cell)
        return position


@lru_cache(maxsize=256)
def tabulated(distribution: Distribution) -> Table:
    """Return the table of a distribution."""
    if not isinstance(distribution, COSTLY):
        return Table.through(distribution.inverse(scipy.special.ndtr(np.linspace(-REACH, REACH, CELLS + 1))))
    z = np.linspace(-REACH, REACH, COARSE_CELLS + 1)
    x = distribution.inverse(scipy.special.ndtr(z))
    return Table.through(_refined(z, x, _slopes(distribution, z, x)))


def values(distribution: Distribution, z: Array) -> Array:
    """Return a distribution's values at standard normal variates `z`, exact where that is cheap."""
    core = _core(distribution)
    return cast("FromNormal", core).from_normal(z) if _is_exact(type(core)) else tabulated(core)(z)


def values_of_each(distributions: Sequence[Distribution], z: Array) -> list[Array]:
    """Return what `values` does for rows `(n_distributions, n)`, each of its own distribution; all tables are
    read in one call."""
    cores = [_core(distribution) for distribution in distributions]
    chosen = [row for row, core in enumerate(cores) if not _is_exact(type(core))]
    tables = [tabulated(cores[row]) for row in chosen]
    found = looked_up(z, chosen, [(table.start, table.step) for table in tables], TERMS)
    if found is None:
        return [values(core, row) for core, row in zip(cores, z, strict=True)]
    read = dict(zip(chosen, found, strict=True))
    return [
        read[row] if row in read else cast("FromNormal", core).from_normal(z[row])
        for row, core in enumerate(cores)
    ]


def _core(distribution: Distribution) -> Distribution:
    return distribution.core if isinstance(distribution, Restated) else distribution


@cache
def _is_exact(family: type) -> bool:
    """Return whether no table is needed: asked once for a family, as a protocol is slow."""
    return issubclass(family, FromNormal)


def _slopes(distribution: Beta | Gamma, z: Array, x: Array) -> Array:
    """Return dx/dz = φ(z)/f(x), from differences where the density vanishes or has a pole."""
    differences = np.gradient(x, z)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slopes = normal_density(z) / distribution.density(x)
    bad = ~np.isfinite(slopes) | (np.abs(slopes - differences) > 0.05 * np.abs(differences))
    return np.where(bad, differences, slopes)


def _refined(z: Array, x: Array, slopes: Array) -> Array:
    """Return the values at `CELLS + 1` knots from cubic Hermite pieces between the exact ones."""
    times = CELLS // COARSE_CELLS
    t = np.linspace(0.0, 1.0, times, endpoint=False)[None, :]
    width = z[1] - z[0]
    low, high = x[:-1, None], x[1:, None]
    rise, fall = slopes[:-1, None] * width, slopes[1:, None] * width
    smooth = t * t * (3 - 2 * t)
    pieces = low + (high - low) * smooth + rise * t * (1 - t) ** 2 - fall * t * t * (1 - t)
    return np.maximum.accumulate(np.append(pieces.ravel(), x[-1]))
