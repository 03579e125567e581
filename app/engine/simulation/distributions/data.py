"""Distributions given as values: fixed, discrete, empirical, cumulative."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isclose, sqrt

import numpy as np
import scipy

from app.engine.quantity import Array
from app.engine.simulation.parameters import Rejection


@dataclass(frozen=True, slots=True)
class Fixed:
    """One value, certain. Costs nothing: it is never drawn."""

    value: float

    def rejected(self) -> Iterator[Rejection]:
        yield from ()

    def inverse(self, u: Array) -> Array:
        return np.full_like(u, self.value)

    def expectation(self) -> float:
        return self.value

    def deviation(self) -> float:
        return 0.0

    def density(self, x: Array) -> None:
        return None


@dataclass(frozen=True)
class Discrete:
    """Some values, each with its probability."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    def rejected(self) -> Iterator[Rejection]:
        if len(self.weights) != len(self.values):
            yield "weights", self.weights, f"one for each of the {len(self.values)} values"
        elif min(self.weights) < 0:
            yield "weights", min(self.weights), "not negative"
        elif not isclose(sum(self.weights), 1.0, abs_tol=1e-9):
            yield "weights", sum(self.weights), "summing to 1"

    @cached_property
    def steps(self) -> tuple[Array, Array]:
        """Values in ascending order and the cumulative probability up to and including each but the last."""
        order = np.argsort(self.values, kind="stable")
        cumulative = np.cumsum(np.array(self.weights, dtype=np.float64)[order])
        return np.array(self.values, dtype=np.float64)[order], np.minimum(cumulative[:-1], 1.0)

    def inverse(self, u: Array) -> Array:
        values, cumulative = self.steps
        return np.asarray(values[np.searchsorted(cumulative, u, side="left")])

    def from_normal(self, z: Array) -> Array:
        values, cumulative = self.steps
        return np.asarray(values[np.searchsorted(scipy.special.ndtri(cumulative), z, side="left")])

    def expectation(self) -> float:
        return float(np.dot(self.values, self.weights))

    def deviation(self) -> float:
        away = np.array(self.values) - self.expectation()
        return sqrt(float(np.dot(away * away, self.weights)))

    def density(self, x: Array) -> None:
        return None


@dataclass(frozen=True)
class Cumulative:
    """Linear between points of a cumulative curve: `weights` are the probabilities of staying at or below
    `values`."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    def rejected(self) -> Iterator[Rejection]:
        if len(self.values) < 2:
            yield "values", self.values, "at least two"
        elif len(self.weights) != len(self.values):
            yield "weights", self.weights, f"one for each of the {len(self.values)} values"
        elif np.any(np.diff(self.values) <= 0):
            yield "values", self.values, "ascending"
        elif np.any(np.diff(self.weights) < 0):
            yield "weights", self.weights, "cumulative: never falling"
        elif self.weights[0] != 0 or self.weights[-1] != 1:
            yield "weights", self.weights, "from 0 to 1"

    def inverse(self, u: Array) -> Array:
        return np.interp(u, self.weights, self.values)

    def from_normal(self, z: Array) -> Array:
        return self.inverse(scipy.special.ndtr(z))

    @cached_property
    def _pieces(self) -> tuple[Array, Array, Array]:
        """Probability, lower and upper end of each straight piece."""
        values = np.array(self.values, dtype=np.float64)
        return np.diff(self.weights), values[:-1], values[1:]

    def expectation(self) -> float:
        share, low, high = self._pieces
        return float(np.sum(share * (low + high) / 2))

    def deviation(self) -> float:
        share, low, high = self._pieces
        mean = self.expectation()
        a, b = low - mean, high - mean
        return sqrt(float(np.sum(share * (a * a + a * b + b * b) / 3)))

    def density(self, x: Array) -> Array:
        share, low, high = self._pieces
        piece = np.clip(np.searchsorted(low, x, side="right") - 1, 0, len(low) - 1)
        inside = (x >= low[0]) & (x <= high[-1])
        return np.where(inside, (share / (high - low))[piece], 0.0)


@dataclass(frozen=True)
class Empirical:
    """Observed values, linear between neighbours in order of size; every gap is equally likely."""

    values: tuple[float, ...]

    def rejected(self) -> Iterator[Rejection]:
        if len(self.values) < 2:
            yield "values", self.values, "at least two observations"

    @cached_property
    def _ordered(self) -> tuple[Array, Array]:
        ordered = np.sort(np.array(self.values, dtype=np.float64))
        return np.linspace(0.0, 1.0, len(ordered)), ordered

    def inverse(self, u: Array) -> Array:
        return np.interp(u, *self._ordered)

    def from_normal(self, z: Array) -> Array:
        return self.inverse(scipy.special.ndtr(z))

    def expectation(self) -> float:
        _, ordered = self._ordered
        return float(np.mean((ordered[:-1] + ordered[1:]) / 2))

    def deviation(self) -> float:
        _, ordered = self._ordered
        away = ordered - self.expectation()
        a, b = away[:-1], away[1:]
        return sqrt(float(np.mean((a * a + a * b + b * b) / 3)))

    def density(self, x: Array) -> Array:
        """Return a histogram's density: single observations are no curve to look at."""
        _, ordered = self._ordered
        edges = np.histogram_bin_edges(ordered, bins="auto")
        heights, _ = np.histogram(ordered, bins=edges, density=True)
        piece = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(heights) - 1)
        return np.where((x >= edges[0]) & (x <= edges[-1]), heights[piece], 0.0)
