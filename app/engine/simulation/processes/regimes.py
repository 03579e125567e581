"""Prices that switch between calm and stressed years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy

from app.engine.exponential import exp
from app.engine.quantity import Array, running
from app.engine.simulation.parameters import Rejection


@dataclass(frozen=True, slots=True)
class RegimeSwitching:
    """Geometric Brownian motion whose drift and volatility depend on a hidden two-state Markov chain.

    stay_calm, stay_stressed: probability of being in the same regime a year later. The chain starts in its
    long-run proportions. Growth of the expectation: `E[S_t] = S₀·π·∏(D_s·P_s)·1`, D the growth within a
    period by regime.
    """

    drift_calm: float
    volatility_calm: float
    stay_calm: float
    drift_stressed: float
    volatility_stressed: float
    stay_stressed: float
    start: float | None = None

    def rejected(self, years: Array) -> Iterator[Rejection]:
        for name in ("volatility_calm", "volatility_stressed", "start"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                yield name, value, "greater than zero"
        for name in ("stay_calm", "stay_stressed"):
            if not 0 < getattr(self, name) < 1:
                yield name, getattr(self, name), "between 0 and 1"
        if self.stay_calm + self.stay_stressed <= 1:
            yield (
                "stay_stressed",
                self.stay_stressed,
                "together with stay_calm more than 1, or regimes would not last",
            )

    @property
    def stressed_share(self) -> float:
        """Long-run share of time under stress."""
        return (1 - self.stay_calm) / (2 - self.stay_calm - self.stay_stressed)

    def _stressed_next(self, years: Array) -> tuple[Array, Array]:
        """Probability of stress after a period [n_periods], from calm and from stress: powers of the yearly
        chain."""
        memory = (self.stay_calm + self.stay_stressed - 1) ** years
        share = self.stressed_share
        return share * (1 - memory), share + (1 - share) * memory

    def levels(self, start: float, years: Array, shocks: Array, switches: Array | None) -> Array:
        if switches is None:
            raise ValueError("regime switching needs a second variate per period")
        drift = np.array([self.drift_calm, self.drift_stressed])
        volatility = np.array([self.volatility_calm, self.volatility_stressed])
        thresholds = np.array([scipy.special.ndtri(p) for p in self._stressed_next(years)])
        path = np.empty_like(shocks)
        stressed = (switches[0] < scipy.special.ndtri(self.stressed_share)).astype(np.intp)
        for period, length in enumerate(years):
            if period:
                stressed = (switches[period] < thresholds[:, period - 1].take(stressed)).astype(np.intp)
            growth = ((drift - volatility**2 / 2) * length).take(stressed)
            path[period] = growth + (volatility * np.sqrt(length)).take(stressed) * shocks[period]
        path = running(path)
        path = exp(path)
        path *= start
        return path

    def expected(self, start: float, years: Array) -> Array:
        from_calm, from_stress = self._stressed_next(years)
        calm, stress = 1 - self.stressed_share, self.stressed_share
        means = []
        for length, into, remain in zip(years, from_calm, from_stress, strict=True):
            calm *= np.exp(self.drift_calm * length)
            stress *= np.exp(self.drift_stressed * length)
            means.append(calm + stress)
            calm, stress = calm * (1 - into) + stress * (1 - remain), calm * into + stress * remain
        return start * np.array(means)
