"""Processes with normal shocks: geometric Brownian motion, Schwartz's one-factor model, first-order
autoregression.

Steps are exact for any period length; nothing is discretised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.engine.exponential import exp
from app.engine.native.paths import moved
from app.engine.quantity import Array
from app.engine.simulation.parameters import Rejection


def _not_positive(**values: float | None) -> Iterator[Rejection]:
    for name, value in values.items():
        if value is not None and value <= 0:
            yield name, value, "greater than zero"


@dataclass(frozen=True, slots=True)
class Motion:
    """`x_t = persistence_t·x_{t−1} + (spread_t·shock_t + drift_t)`, each `(n_periods,)`.

    away: x before the first period. logarithmic: levels are `level·e^x`, else `x + level`.
    """

    spread: Array
    drift: Array
    persistence: Array
    away: float
    logarithmic: bool
    level: float

    def levels(self, shocks: Array) -> Array:
        """Return levels `(n_periods, n_trials)`."""
        terms = np.array([self.spread, self.drift, self.persistence])
        found = moved(shocks, terms, away=self.away, logarithmic=self.logarithmic, level=self.level)
        return self._by_numpy(shocks) if found is None else found

    def _by_numpy(self, shocks: Array) -> Array:
        path = shocks * self.spread[:, None]
        path += self.drift[:, None]
        path[0] += self.persistence[0] * self.away
        for period in range(1, len(path)):
            path[period] += self.persistence[period] * path[period - 1]
        if not self.logarithmic:
            path += self.level
            return path
        path = exp(path)
        path *= self.level
        return path


@dataclass(frozen=True, slots=True)
class GeometricBrownian:
    """dS = μS dt + σS dz: S_T = S₀·exp((μ−σ²/2)T + σ√T·Z), E = S₀·e^{μT}. Rates per year, continuously
    compounded."""

    drift: float
    volatility: float
    start: float | None = None

    def rejected(self, years: Array) -> Iterator[Rejection]:
        yield from _not_positive(volatility=self.volatility, start=self.start)

    def levels(self, start: float, years: Array, shocks: Array, switches: Array | None) -> Array:
        drift = (self.drift - self.volatility**2 / 2) * years
        spread = self.volatility * np.sqrt(years)
        return Motion(spread, drift, np.ones(len(years)), 0.0, True, start).levels(shocks)

    def expected(self, start: float, years: Array) -> Array:
        return np.asarray(start * np.exp(self.drift * np.cumsum(years)))


@dataclass(frozen=True, slots=True)
class Schwartz:
    """dx = κ(α − x)dt + σdz with x = ln S: prices return to a long-run level (Schwartz 1997, model 1).

    α is the long-run mean of ln S itself, `long_run` is e^α; Schwartz's own α differs by σ²/2κ. The half-life
    of a deviation is ln 2/κ years. E[S_T] = exp(mean + variance/2) with mean e^{−κT}·x₀ + (1−e^{−κT})α and
    variance σ²(1−e^{−2κT})/2κ.
    """

    reversion: float
    long_run: float
    volatility: float
    start: float | None = None

    def rejected(self, years: Array) -> Iterator[Rejection]:
        yield from _not_positive(
            reversion=self.reversion, long_run=self.long_run, volatility=self.volatility, start=self.start
        )

    def levels(self, start: float, years: Array, shocks: Array, switches: Array | None) -> Array:
        persistence = np.exp(-self.reversion * years)
        spread = self.volatility * np.sqrt(-np.expm1(-2 * self.reversion * years) / (2 * self.reversion))
        away, still = float(np.log(start / self.long_run)), np.zeros(len(years))
        return Motion(spread, still, persistence, away, True, self.long_run).levels(shocks)

    def expected(self, start: float, years: Array) -> Array:
        elapsed = np.cumsum(years)
        mean = np.exp(-self.reversion * elapsed) * np.log(start / self.long_run)
        variance = -np.expm1(-2 * self.reversion * elapsed) * self.volatility**2 / (2 * self.reversion)
        return np.asarray(self.long_run * np.exp(mean + variance / 2))


@dataclass(frozen=True, slots=True)
class Autoregressive:
    """x_{t+1} = m + φ(x_t − m) + σ·Z from year to year, in the driver's own unit; shorter periods follow
    exactly."""

    persistence: float
    mean: float
    sd: float
    start: float | None = None

    def rejected(self, years: Array) -> Iterator[Rejection]:
        if not 0 < self.persistence < 1:
            yield "persistence", self.persistence, "between 0 and 1"
        yield from _not_positive(mean=self.mean, sd=self.sd, start=self.start)

    def levels(self, start: float, years: Array, shocks: Array, switches: Array | None) -> Array:
        persistence = self.persistence**years
        stationary = self.sd / np.sqrt(1 - self.persistence**2)
        spread, still = stationary * np.sqrt(1 - persistence**2), np.zeros(len(years))
        return Motion(spread, still, persistence, start - self.mean, False, self.mean).levels(shocks)

    def expected(self, start: float, years: Array) -> Array:
        return np.asarray(self.mean + self.persistence ** np.cumsum(years) * (start - self.mean))
