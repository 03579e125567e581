"""Distributions with at least one open end: normal, truncated normal, lognormal, gamma, Weibull."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import exp, expm1, gamma, log, log1p, pi, sqrt

import numpy as np
import scipy

from app.engine import exponential
from app.engine.quantity import Array
from app.engine.simulation.distributions.family import Restated
from app.engine.simulation.parameters import Rejection

Z90 = 1.2815515655446004  # of a normal variate, as `ndtri(0.9)` gives it


def normal_density(z: Array) -> Array:
    """Return the standard normal density."""
    # Beyond 40 it is zero; squares of what lies much further would overflow.
    return np.exp(-0.5 * np.square(np.minimum(np.abs(z), 40.0))) / sqrt(2 * pi)


def _not_positive(**values: float) -> Iterator[Rejection]:
    for name, value in values.items():
        if value <= 0:
            yield name, value, "greater than zero"


@dataclass(frozen=True, slots=True)
class Normal:
    """The normal distribution; it has negative values, which few physical inputs can bear."""

    mean: float
    sd: float

    def rejected(self) -> Iterator[Rejection]:
        yield from _not_positive(sd=self.sd)

    def inverse(self, u: Array) -> Array:
        return self.from_normal(scipy.special.ndtri(u))

    def from_normal(self, z: Array) -> Array:
        return self.mean + self.sd * z

    def expectation(self) -> float:
        return self.mean

    def deviation(self) -> float:
        return self.sd

    def density(self, x: Array) -> Array:
        return normal_density((x - self.mean) / self.sd) / self.sd


@dataclass(frozen=True)
class TruncatedNormal:
    """A normal distribution with its tails cut off and the rest scaled up; not clipped: no mass sits on the
    bounds.

    mean and sd are those before truncation. With α, β the bounds in standard units and Z = Φ(β)−Φ(α) the mean
    is μ + σ(φ(α)−φ(β))/Z and the variance σ²(1 + (αφ(α)−βφ(β))/Z − ((φ(α)−φ(β))/Z)²).
    """

    mean: float
    sd: float
    min: float
    max: float

    def rejected(self) -> Iterator[Rejection]:
        if self.sd <= 0:
            yield "sd", self.sd, "greater than zero"
        elif self.max <= self.min:
            yield "max", self.max, f"greater than the minimum, {self.min:g}"
        elif self.mass < 1e-12:
            yield "min", self.min, "bounds between which some of the normal distribution lies"

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The bounds in standard units."""
        return (self.min - self.mean) / self.sd, (self.max - self.mean) / self.sd

    @cached_property
    def mass(self) -> float:
        """Share of the untruncated distribution between the bounds, from the tail in which it is accurate."""
        low, high = self.ends
        if low > 0:
            low, high = -high, -low
        return float(scipy.special.ndtr(high) - scipy.special.ndtr(low))

    def inverse(self, u: Array) -> Array:
        low, high = self.ends
        if low > 0:
            z = -scipy.special.ndtri(scipy.special.ndtr(-high) + (1 - u) * self.mass)
        else:
            z = scipy.special.ndtri(scipy.special.ndtr(low) + u * self.mass)
        return np.clip(self.mean + self.sd * z, self.min, self.max)

    def _moments(self) -> tuple[float, float]:
        """Mean and variance of the standardised distribution."""
        ends = np.array(self.ends)
        densities = normal_density(ends)
        first = float(densities[0] - densities[1]) / self.mass
        weighted = ends * densities
        second = float(weighted[0] - weighted[1]) / self.mass
        return first, 1 + second - first * first

    def expectation(self) -> float:
        return self.mean + self.sd * self._moments()[0]

    def deviation(self) -> float:
        return self.sd * sqrt(max(self._moments()[1], 0.0))

    def density(self, x: Array) -> Array:
        inside = (x >= self.min) & (x <= self.max)
        return np.where(inside, normal_density((x - self.mean) / self.sd) / (self.sd * self.mass), 0.0)


@dataclass(frozen=True, slots=True)
class LogOfNormal:
    """`exp` of a normal variate, by the moments of the logarithm."""

    log_mean: float
    log_sd: float

    def rejected(self) -> Iterator[Rejection]:
        yield from _not_positive(log_sd=self.log_sd)

    def inverse(self, u: Array) -> Array:
        return self.from_normal(scipy.special.ndtri(u))

    def from_normal(self, z: Array) -> Array:
        return exponential.exp(self.log_mean + self.log_sd * z)

    def expectation(self) -> float:
        return exp(self.log_mean + self.log_sd**2 / 2)

    def deviation(self) -> float:
        return self.expectation() * sqrt(expm1(self.log_sd**2))

    def density(self, x: Array) -> Array:
        inside = np.maximum(x, np.finfo(float).tiny)
        z = (np.log(inside) - self.log_mean) / self.log_sd
        return np.where(x > 0, normal_density(z) / (self.log_sd * inside), 0.0)


@dataclass(frozen=True)
class LogNormal(Restated):
    """A lognormal by its own mean and standard deviation: σ² = ln(1+sd²/mean²), μ = ln mean − σ²/2."""

    mean: float
    sd: float

    def rejected(self) -> Iterator[Rejection]:
        yield from _not_positive(mean=self.mean, sd=self.sd)

    @cached_property
    def core(self) -> LogOfNormal:
        variance = log1p((self.sd / self.mean) ** 2)
        return LogOfNormal(log(self.mean) - variance / 2, sqrt(variance))


@dataclass(frozen=True)
class LogNormalP10P90(Restated):
    """A lognormal by its 10th and 90th percentiles: σ = ln(P90/P10)/2z₉₀, median = √(P10·P90)."""

    p10: float
    p90: float

    def rejected(self) -> Iterator[Rejection]:
        yield from _not_positive(p10=self.p10)
        if self.p90 <= self.p10:
            yield "p90", self.p90, f"greater than p10, {self.p10:g}"

    @cached_property
    def core(self) -> LogOfNormal:
        return LogOfNormal(log(self.p10 * self.p90) / 2, log(self.p90 / self.p10) / (2 * Z90))


@dataclass(frozen=True, slots=True)
class Gamma:
    """A gamma distribution, moved by `location`."""

    shape: float
    scale: float
    location: float

    def rejected(self) -> Iterator[Rejection]:
        yield from _not_positive(shape=self.shape, scale=self.scale)

    def inverse(self, u: Array) -> Array:
        return np.asarray(
            self.location + self.scale * scipy.special.gammaincinv(self.shape, u), dtype=np.float64
        )

    def expectation(self) -> float:
        return self.location + self.shape * self.scale

    def deviation(self) -> float:
        return sqrt(self.shape) * self.scale

    def density(self, x: Array) -> Array:
        t = np.maximum((x - self.location) / self.scale, 0.0)
        log_density = scipy.special.xlogy(self.shape - 1, t) - t - scipy.special.gammaln(self.shape)
        return np.where(x >= self.location, np.exp(log_density) / self.scale, 0.0)


@dataclass(frozen=True, slots=True)
class Weibull:
    """A Weibull distribution, moved by `location`; the customary one for the life of components."""

    shape: float
    scale: float
    location: float

    def rejected(self) -> Iterator[Rejection]:
        yield from _not_positive(shape=self.shape, scale=self.scale)

    def inverse(self, u: Array) -> Array:
        return self.location + self.scale * (-np.log1p(-u)) ** (1 / self.shape)

    def expectation(self) -> float:
        return self.location + self.scale * gamma(1 + 1 / self.shape)

    def deviation(self) -> float:
        first, second = gamma(1 + 1 / self.shape), gamma(1 + 2 / self.shape)
        return self.scale * sqrt(max(second - first * first, 0.0))

    def density(self, x: Array) -> Array:
        t = np.maximum((x - self.location) / self.scale, 0.0)
        log_density = scipy.special.xlogy(self.shape - 1, t) - t**self.shape
        return np.where(x >= self.location, self.shape / self.scale * np.exp(log_density), 0.0)
