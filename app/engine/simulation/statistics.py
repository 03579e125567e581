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
SHAPE_LEVELS = np.append(EXCEEDANCE_LEVELS, [OUTERMOST, 1 - OUTERMOST])


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


def shape(ordered: Array, weight: float = 1.0) -> tuple[Histogram, tuple[Exceedance, ...]]:
    """Return a histogram, and the probability of exceeding each percentile, from certain to impossible.

    The histogram counts in equal bins that leave out the outermost thousandth on either side.
    """
    *at, low, high = quantiles(ordered, SHAPE_LEVELS).tolist()
    return _histogram(ordered, low, high, weight), tuple(map(Exceedance, at, EXCEEDED))


def _histogram(ordered: Array, low: float, high: float, weight: float) -> Histogram:
    if high <= low:
        low, high = float(ordered[0]), float(ordered[-1])
    if high <= low:
        return Histogram((low, high), (round(len(ordered) * weight),), 0, 0)
    edges = low + np.arange(BINS + 1) * ((high - low) / BINS)
    edges[-1] = high
    below = np.searchsorted(ordered, edges, side="left")
    below[-1] = np.searchsorted(ordered, edges[-1], side="right")
    scaled: NDArray[np.int64] = np.rint(below * weight).astype(np.int64)
    total = round(len(ordered) * weight)
    counts = tuple((scaled[1:] - scaled[:-1]).tolist())
    return Histogram(tuple(edges.tolist()), counts, int(scaled[0]), total - int(scaled[-1]))
