"""Where random numbers come from: plain streams, Latin hypercubes, scrambled Sobol points.

Every source hands out standard normal variates for a range of trials. A trial's numbers depend on the seed,
the sampler, the number of trials and the trial's own index, never on who asks for which range: plain streams
belong to fixed sub-blocks of `SUB_BLOCK` trials, the other two are functions of the trial's index.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
import scipy
from numpy.typing import NDArray

from app.engine.kinds import Sampler
from app.engine.native.calls import scores as native_scores, sobol as native_sobol
from app.engine.quantity import Array
from app.engine.simulation.sobol import BITS, scrambled_directions
from app.engine.simulation.tails import tail_scores

SUB_BLOCK = 8192
CELLS = 1 << 14
CENTRE = 0.48  # a straight line between knots is good to 5e-7 as long as |u - 1/2| stays below
HYPERCUBE, SOBOL, SCORES = 1, 2, 3  # second part of a stream's key; the sub-block is the first

Indices = NDArray[np.uint32]


def generator(seed: int, *key: int) -> np.random.Generator:
    """Return the stream that belongs to a seed and a key, the same on every machine."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=key)))


class Points(Protocol):
    """A source of points; `dimensions` standard normal variates a trial."""

    def block(self, first: int, count: int) -> Array:
        """Return the variates of `count` trials from `first`, a sub-block boundary, `(dimensions, count)`."""
        ...


@dataclass(frozen=True)
class PlainPoints:
    """Independent points."""

    seed: int
    dimensions: int

    def block(self, first: int, count: int) -> Array:
        return generator(self.seed, first // SUB_BLOCK).standard_normal((self.dimensions, count))


@dataclass(frozen=True)
class LatinHypercubePoints:
    """One point in each of `trials` equally likely strata of every dimension (McKay, Beckman & Conover 1979).

    The order of the strata is a keyed permutation of [0, trials), computed for the trials asked for:
    multiply, add and xor-shift rounds on the next power of two, repeated for the few indices that leave the
    range.
    """

    seed: int
    dimensions: int
    trials: int

    @cached_property
    def _keys(self) -> NDArray[np.uint32]:
        """Multiplier (odd) and addend for each dimension and round, `(dimensions, 4, 2)`."""
        keys = generator(self.seed, 0, HYPERCUBE).integers(
            0, 1 << 32, (self.dimensions, 4, 2), dtype=np.uint32
        )
        keys[..., 0] |= np.uint32(1)
        return keys

    def strata(self, dimension: int, indices: Indices) -> Indices:
        """Return where the permutation of one dimension sends trial indices."""
        bits = max((self.trials - 1).bit_length(), 1)
        mask, shift = np.uint32((1 << bits) - 1), np.uint32(max(bits // 2, 1))
        places = indices.copy()
        outside = np.arange(len(places))
        while len(outside):
            x = places[outside]
            for multiplier, addend in self._keys[dimension]:
                x = (x * multiplier + addend) & mask
                x ^= x >> shift
            places[outside] = x
            outside = outside[x >= self.trials]
        return places

    def block(self, first: int, count: int) -> Array:
        u = generator(self.seed, first // SUB_BLOCK).random((self.dimensions, count))
        indices = np.arange(first, first + count, dtype=np.uint32)
        for dimension in range(self.dimensions):
            u[dimension] += self.strata(dimension, indices)
        u *= 1 / self.trials
        return normal_scores(u)


@dataclass(frozen=True)
class SobolPoints:
    """Scrambled Sobol points, the trials dealt out in turn to `replicates` independent scramblings.

    Trial i is point `i // replicates` of scrambling `i % replicates`, so each scrambling is a fair sample of
    its own and the spread between them is an honest error.
    """

    seed: int
    dimensions: int
    trials: int
    replicates: int

    def block(self, first: int, count: int) -> Array:
        if self._dealt_evenly and first % SUB_BLOCK == 0 and first + count <= self.trials:
            return normal_scores(self._whole_rounds(first, count))
        u = np.empty((self.dimensions, count))
        for offset in range(min(self.replicates, count)):
            replicate = (first + offset) % self.replicates
            start = (first + offset) // self.replicates
            taken = len(range(offset, count, self.replicates))
            u[:, offset :: self.replicates] = self._range(replicate, start, taken)
        u += 0.5
        u *= 2.0**-BITS
        return normal_scores(u)

    @property
    def _dealt_evenly(self) -> bool:
        """Return whether each sub-block begins with the first scrambling and takes a power of two of each."""
        return self.replicates & (self.replicates - 1) == 0 and self.replicates <= SUB_BLOCK

    def _whole_rounds(self, first: int, count: int) -> Array:
        """Return a sub-block's probabilities: what all sub-blocks share, changed by what each has of its
        own."""
        shared = _first_rounds(self)
        low = (shared.shape[1] - 1).bit_length()
        directions, shift = _directions(self)
        own = shift.copy()
        for bit in range(low, directions.shape[2]):
            if first // self.replicates >> bit & 1:
                own ^= directions[:, :, bit]
        rounds = -(-count // self.replicates)
        found = native_sobol(shared, own.T, count)
        if found is not None:
            return found
        points = shared[:, :rounds] ^ own.T[:, None, :]
        u = np.empty((self.dimensions, count))
        np.add(points.reshape(self.dimensions, rounds * self.replicates)[:, :count], 0.5, out=u)
        u *= 2.0**-BITS
        return u

    def _range(self, replicate: int, start: int, count: int) -> NDArray[np.uint32]:
        """Return points `start …` of one scrambling as integers: the low bits by doubling, the high ones once
        a run."""
        directions, shift = _directions(self)
        columns = directions[replicate]
        low = min(columns.shape[1], max(count - 1, 1).bit_length())
        length = 1 << low
        table = np.zeros((self.dimensions, length), dtype=np.uint32)
        for bit in range(low):
            half = 1 << bit
            table[:, half : 2 * half] = table[:, :half] ^ columns[:, bit, None]
        points = np.empty((self.dimensions, count), dtype=np.uint32)
        done = 0
        while done < count:
            run, inside = divmod(start + done, length)
            taken = min(length - inside, count - done)
            base = shift[replicate].copy()
            for bit in range(low, columns.shape[1]):
                if run >> (bit - low) & 1:
                    base ^= columns[:, bit]
            points[:, done : done + taken] = table[:, inside : inside + taken] ^ base[:, None]
            done += taken
        return points


@lru_cache(maxsize=4)
def _directions(points: SobolPoints) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return direction numbers and shifts; whoever tries another input runs again with the same seed."""
    bits = max((points.trials - 1) // points.replicates, 1).bit_length()
    rng = generator(points.seed, 0, SOBOL)
    return scrambled_directions(rng, points.dimensions, points.replicates, bits)


@lru_cache(maxsize=4)
def _first_rounds(points: SobolPoints) -> NDArray[np.uint32]:
    """Return the first points of all scramblings in turn, without their shifts, `(dimensions, rounds,
    replicates)`."""
    directions, _ = _directions(points)
    rounds = -(-min(points.trials, SUB_BLOCK) // points.replicates)
    bits = min((rounds - 1).bit_length(), directions.shape[2])
    table = np.zeros((points.dimensions, 1 << bits, points.replicates), dtype=np.uint32)
    for bit in range(bits):
        half = 1 << bit
        table[:, half : 2 * half] = table[:, :half] ^ directions[:, :, bit].T[:, None, :]
    return table


def points(sampler: Sampler, seed: int, dimensions: int, trials: int, replicates: int) -> Points:
    """Return the source of points that a specification asks for."""
    if sampler is Sampler.PLAIN:
        return PlainPoints(seed, dimensions)
    if sampler is Sampler.LATIN_HYPERCUBE:
        return LatinHypercubePoints(seed, dimensions, trials)
    return SobolPoints(seed, dimensions, trials, replicates)


@lru_cache(maxsize=1)
def _score_knots() -> tuple[Array, Array]:
    knots = scipy.special.ndtri(np.linspace(0.0, 1.0, CELLS + 1))
    knots[0], knots[-1] = knots[1], knots[-2]  # never read: the tails are computed
    return knots[:-1].copy(), np.diff(knots)


def normal_scores(u: Array) -> Array:
    """Return the standard normal variates at probabilities `u` in (0, 1), in place, row by row.

    Linear between 16,384 knots in the middle and exact in the outer 4 %.
    """
    start, step = _score_knots()
    if native_scores(u, start, step, CENTRE):
        return u
    for dimension in range(len(u)):
        row = u[dimension]
        tails = np.flatnonzero(np.abs(row - 0.5) > CENTRE)
        exact = tail_scores(row[tails])
        np.multiply(row, CELLS, out=row)
        whole = np.floor(row)
        cell = whole.astype(np.intp)
        np.subtract(row, whole, out=row)
        np.multiply(row, step.take(cell), out=row)
        np.add(row, start.take(cell), out=row)
        row[tails] = exact
    return u
