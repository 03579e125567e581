"""Distributions between two bounds: uniform, triangular, PERT, beta."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
import scipy

from app.engine.quantity import Array
from app.engine.simulation.distributions.family import Restated
from app.engine.simulation.parameters import Rejection

SQRT_TENTH = sqrt(0.1)


def _outside(low: float, mode: float, high: float) -> Iterator[Rejection]:
    if high <= low:
        yield "max", high, f"greater than the minimum, {low:g}"
    elif not low <= mode <= high:
        yield "mode", mode, f"between minimum and maximum, {low:g} to {high:g}"


@dataclass(frozen=True, slots=True)
class Uniform:
    """Every value between `min` and `max` is as likely as any other."""

    min: float
    max: float

    def rejected(self) -> Iterator[Rejection]:
        if self.max <= self.min:
            yield "max", self.max, f"greater than the minimum, {self.min:g}"

    def inverse(self, u: Array) -> Array:
        return self.min + (self.max - self.min) * u

    def expectation(self) -> float:
        return (self.min + self.max) / 2

    def deviation(self) -> float:
        return (self.max - self.min) / sqrt(12)

    def density(self, x: Array) -> Array:
        inside = (x >= self.min) & (x <= self.max)
        return np.where(inside, 1 / (self.max - self.min), 0.0)


@dataclass(frozen=True, slots=True)
class Triangular:
    """A density that rises linearly to `mode` and falls linearly to `max`.

    mean = (a+m+b)/3, variance = (a²+m²+b²−am−ab−bm)/18.
    """

    min: float
    mode: float
    max: float

    def rejected(self) -> Iterator[Rejection]:
        yield from _outside(self.min, self.mode, self.max)

    def inverse(self, u: Array) -> Array:
        low, mode, high = self.min, self.mode, self.max
        rising = low + np.sqrt(u * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - u) * (high - low) * (high - mode))
        return np.where(u * (high - low) < mode - low, rising, falling)

    def expectation(self) -> float:
        return (self.min + self.mode + self.max) / 3

    def deviation(self) -> float:
        left, right = self.mode - self.min, self.max - self.mode
        return sqrt((left * left + left * right + right * right) / 18)

    def density(self, x: Array) -> Array:
        low, mode, high = self.min, self.mode, self.max
        scale = 2 / (high - low)
        rising = (x - low) / ((mode - low) or 1.0)
        falling = (high - x) / ((high - mode) or 1.0)
        height = np.where((x < mode) | (mode == high), rising, falling)
        return np.where((x >= low) & (x <= high), scale * height, 0.0)


@dataclass(frozen=True)
class TriangularP10P90(Restated):
    """A triangular distribution by its mode and its 10th and 90th percentiles, as experts really give
    them."""

    p10: float
    mode: float
    p90: float

    def rejected(self) -> Iterator[Rejection]:
        if self.p90 <= self.p10:
            yield "p90", self.p90, f"greater than p10, {self.p10:g}"
        elif not self.p10 <= self.mode <= self.p90:
            yield "mode", self.mode, f"between p10 and p90, {self.p10:g} to {self.p90:g}"

    @cached_property
    def core(self) -> Triangular:
        """The same distribution by its bounds.

        With s the share of the base left of the mode, F(p10) = 0.1 reads `mode - p10 = left·(1 − √(0.1/s))`
        and the other side likewise; s lies in [0.1, 0.9] and the difference of the two changes sign once.
        """
        left, right = self.mode - self.p10, self.p90 - self.mode
        low, high = 0.1, 0.9
        for _ in range(100):
            s = (low + high) / 2
            from_left = (1 - s) * left * (1 - SQRT_TENTH / sqrt(1 - s))
            from_right = s * right * (1 - SQRT_TENTH / sqrt(s))
            low, high = (s, high) if from_left > from_right else (low, s)
        base = (left + right) / (1 - SQRT_TENTH * (sqrt(low) + sqrt(1 - low)))
        return Triangular(self.mode - low * base, self.mode, self.mode + (1 - low) * base)


@dataclass(frozen=True, slots=True)
class Beta:
    """A beta distribution stretched from `min` to `max`."""

    alpha: float
    beta: float
    min: float
    max: float

    def rejected(self) -> Iterator[Rejection]:
        for name in ("alpha", "beta"):
            if getattr(self, name) <= 0:
                yield name, getattr(self, name), "greater than zero"
        if self.max <= self.min:
            yield "max", self.max, f"greater than the minimum, {self.min:g}"

    def inverse(self, u: Array) -> Array:
        share: Array = scipy.special.betaincinv(self.alpha, self.beta, u)
        return self.min + (self.max - self.min) * share

    def expectation(self) -> float:
        return self.min + (self.max - self.min) * self.alpha / (self.alpha + self.beta)

    def deviation(self) -> float:
        total = self.alpha + self.beta
        return (self.max - self.min) * sqrt(self.alpha * self.beta / (total + 1)) / total

    def density(self, x: Array) -> Array:
        width = self.max - self.min
        share = np.clip((x - self.min) / width, 0.0, 1.0)
        log_density = (
            scipy.special.xlogy(self.alpha - 1, share)
            + scipy.special.xlog1py(self.beta - 1, -share)
            - scipy.special.betaln(self.alpha, self.beta)
        )
        return np.where((x >= self.min) & (x <= self.max), np.exp(log_density) / width, 0.0)


@dataclass(frozen=True)
class Pert(Restated):
    """A smooth distribution by minimum, most likely value and maximum.

    α = 1+λ(m−a)/(b−a), β = 1+λ(b−m)/(b−a); mean = (a+λm+b)/(λ+2), variance = (μ−a)(b−μ)/(λ+3).
    """

    min: float
    mode: float
    max: float
    shape: float

    def rejected(self) -> Iterator[Rejection]:
        yield from _outside(self.min, self.mode, self.max)
        if self.shape <= 0:
            yield "shape", self.shape, "greater than zero; 4 is customary"

    @cached_property
    def core(self) -> Beta:
        rise = self.shape * (self.mode - self.min) / (self.max - self.min)
        return Beta(1 + rise, 1 + self.shape - rise, self.min, self.max)

    def expectation(self) -> float:
        return (self.min + self.shape * self.mode + self.max) / (self.shape + 2)

    def deviation(self) -> float:
        mean = self.expectation()
        return sqrt((mean - self.min) * (self.max - mean) / (self.shape + 3))
