"""Figures of one output as the result states them: percentiles, probabilities, the bad end, histogram."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from math import isfinite
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.engine.quantity import Array
from app.engine.simulation.ascending import Ascending
from app.engine.simulation.figures import Figures, Request, quantiles_of_each
from app.engine.simulation.result import (
    ConvergencePoint,
    Estimate,
    Exceedance,
    Histogram,
    OutputStatistics,
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


def convergence(
    trials: Sequence[int], each: Sequence[list[float]], request: Request
) -> tuple[ConvergencePoint, ...]:
    """Return the points of a convergence curve, from the figures after so many trials."""
    first = Figures.FIRST_PERCENTILE
    percentiles = slice(first, first + len(request.percentiles))
    return tuple(
        ConvergencePoint(count, own[Figures.MEAN], tuple(own[percentiles]))
        for count, own in zip(trials, each, strict=True)
    )


def shapes(rows: Ascending, weight: float = 1.0) -> list[tuple[Histogram, tuple[Exceedance, ...]]]:
    """Return of each output a histogram, and the probability of exceeding each percentile, from certain to
    impossible.

    The histogram counts in equal bins that leave out the outermost thousandth on either side.
    """
    at = quantiles_of_each(rows, SHAPE_LEVELS)
    histograms = _histograms(rows, at[:, -2], at[:, -1], weight)
    # What `Exceedance._make` does, without a call of Python's for each of a hundred points.
    curves = [
        tuple(map(tuple.__new__, repeat(Exceedance), zip(own, EXCEEDED, strict=False))) for own in at.tolist()
    ]
    return list(zip(histograms, curves, strict=True))


def _histograms(rows: Ascending, low: Array, high: Array, weight: float) -> list[Histogram]:
    """Return histograms of rows between two numbers of each, or their extremes where these are equal."""
    equal = high <= low
    low = np.where(equal, rows.values[rows.begins], low)
    high = np.where(equal, rows.values[rows.begins + rows.counts - 1], high)
    with np.errstate(over="ignore", invalid="ignore"):
        edges = low[:, None] + np.arange(BINS + 1) * ((high - low) / BINS)[:, None]
    edges[:, -1] = high
    below = np.empty(edges.shape)
    for row, own, found in zip(rows, edges, below, strict=True):
        found[:-1] = row.searchsorted(own[:-1], side="left")
        found[-1] = row.searchsorted(own[-1], side="right")
    scaled: NDArray[np.int64] = np.rint(below * weight).astype(np.int64)
    counts = (scaled[:, 1:] - scaled[:, :-1]).tolist()
    given = zip(edges.tolist(), counts, scaled[:, [0, -1]].tolist(), rows.counts.tolist(), strict=True)
    return [_histogram(own, counts, outside, round(count * weight)) for own, counts, outside, count in given]


def _histogram(edges: list[float], counts: list[int], outside: list[int], total: int) -> Histogram:
    """outside: how many values lie below the first edge, and up to the last."""
    if edges[0] >= edges[-1]:
        return Histogram((edges[0], edges[-1]), (total,), 0, 0)
    below, inside = outside
    return Histogram(tuple(edges), tuple(counts), below, total - inside)


class Known(NamedTuple):
    """What is known of an output before its values are looked at: how many trials define it, how many do not
    by reason, and its base value."""

    key: str
    trials: int
    undefined: dict[str, int]
    base: float | None


def described(
    known: Known,
    row: Array,
    request: Request,
    found: Figures,
    shape: tuple[Histogram, tuple[Exceedance, ...]],
    points: tuple[ConvergencePoint, ...],
) -> OutputStatistics:
    """Return the statistics of an output whose ascending values are `row`."""
    loss, below = probabilities(found, request)
    histogram, exceedance = shape
    return OutputStatistics(
        *known,
        mean=estimate(found, Figures.MEAN),
        sd=estimate(found, Figures.SD),
        skewness=estimate(found, Figures.SKEWNESS),
        minimum=float(row[0]),
        maximum=float(row[-1]),
        percentiles=percentiles(found, request),
        loss=loss,
        below=below,
        tail=tail_risk(found, request),
        histogram=histogram,
        exceedance=exceedance,
        convergence=points,
    )
