"""Figures of one output as the result states them: percentiles, probabilities, the bad end, histogram."""

from __future__ import annotations

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from app.engine.quantity import Array
from app.engine.simulation.figures import Figures, Request, quantiles
from app.engine.simulation.result import (
    Estimate,
    Exceedance,
    Histogram,
    Percentile,
    Probability,
    TailRisk,
)

BINS = 50
OUTERMOST = 0.001
EXCEEDANCE_LEVELS = np.linspace(0.0, 1.0, 101)
EXCEEDED: list[float] = (1 - EXCEEDANCE_LEVELS).tolist()


def number(value: float) -> float | None:
    """Return a finite number as a Python float, anything else as None."""
    return float(value) if isfinite(value) else None


def percentiles(found: Figures, request: Request) -> tuple[Percentile, ...]:
    """Return the percentiles asked for, with their errors."""
    first = Figures.FIRST_PERCENTILE
    return tuple(
        Percentile(level, float(found.values[first + i]), number(found.errors[first + i]))
        for i, level in enumerate(request.percentiles)
    )


def probabilities(found: Figures, request: Request) -> tuple[Probability, tuple[Probability, ...]]:
    """Return the probability of a value below zero, and those below each threshold."""
    first = Figures.FIRST_PERCENTILE + len(request.percentiles)
    where = [Figures.LOSS, *range(first, first + len(request.thresholds))]
    loss, *below = (
        Probability(threshold, float(found.values[i]), number(found.errors[i]))
        for threshold, i in zip((0.0, *request.thresholds), where, strict=True)
    )
    return loss, tuple(below)


def estimate(found: Figures, index: int) -> Estimate:
    """Return one figure with its error."""
    return Estimate(number(found.values[index]), number(found.errors[index]))


def tail_risk(found: Figures, request: Request) -> TailRisk:
    """Return the figures of the bad end."""
    return TailRisk(
        request.side,
        request.tail,
        estimate(found, Figures.VALUE_AT_RISK),
        estimate(found, Figures.CONDITIONAL),
    )


def histogram(ordered: Array, weight: float = 1.0) -> Histogram:
    """Return counts in equal bins that leave out the outermost thousandth on either side."""
    low, high = quantiles(ordered, [OUTERMOST, 1 - OUTERMOST])
    if high <= low:
        low, high = ordered[0], ordered[-1]
    if high <= low:
        return Histogram((float(low), float(high)), (round(len(ordered) * weight),), 0, 0)
    edges = low + np.arange(BINS + 1) * ((high - low) / BINS)
    edges[-1] = high
    below = np.searchsorted(ordered, edges, side="left")
    below[-1] = np.searchsorted(ordered, edges[-1], side="right")
    scaled: NDArray[np.int64] = np.rint(below * weight).astype(np.int64)
    total = round(len(ordered) * weight)
    counts = tuple((scaled[1:] - scaled[:-1]).tolist())
    return Histogram(tuple(edges.tolist()), counts, int(scaled[0]), total - int(scaled[-1]))


def exceedance(ordered: Array) -> tuple[Exceedance, ...]:
    """Return the probability of exceeding each percentile, from certain to impossible."""
    at = quantiles(ordered, EXCEEDANCE_LEVELS)
    return tuple(map(Exceedance, at.tolist(), EXCEEDED))
