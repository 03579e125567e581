"""Figures of one output from its values in ascending order: one sort, and no sum that depends on how trials
came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from app.engine.kinds import Tail
from app.engine.quantity import Array
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
WINDOW = 3.0
EXCEEDANCE_LEVELS = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True, slots=True)
class Request:
    """What to report of one output.

    weight: trials behind each value, above 1 when values condense a histogram. lost: degrees of freedom that
    the mean takes from the variance; none where stratified points pin the mean down.
    """

    percentiles: tuple[float, ...]
    thresholds: tuple[float, ...]
    tail: float
    side: Tail = Tail.LOW
    weight: float = 1.0
    lost: int = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything with a standard error, as one vector, so that replicates can be compared.

    Order: mean, sd, skewness, value at risk, conditional, probability of loss, percentiles, probabilities
    below.
    """

    values: Array
    errors: Array

    MEAN = 0
    SD = 1
    SKEWNESS = 2
    VALUE_AT_RISK = 3
    CONDITIONAL = 4
    LOSS = 5
    FIRST_PERCENTILE = 6


def quantiles(ordered: Array, levels: Sequence[float] | Array) -> Array:
    """Return quantiles of ascending values by linear interpolation between order statistics,
    `(len(levels),)`."""
    position = np.asarray(levels, dtype=np.float64) * (len(ordered) - 1)
    low = np.minimum(position.astype(np.intp), max(len(ordered) - 2, 0))
    high = np.minimum(low + 1, len(ordered) - 1)
    return np.asarray(ordered[low] + (position - low) * (ordered[high] - ordered[low]))


def mean(ordered: Array) -> float:
    """Return the mean, summed from the median so that equal values have exactly that value as their mean."""
    centre = ordered[len(ordered) // 2]
    return float(centre + np.mean(ordered - centre))


def quantile_errors(ordered: Array, levels: Sequence[float], weight: float = 1.0) -> Array:
    """Return standard errors of quantiles from the distance between order statistics around them.

    The number of values below a quantile is binomial with sd √(n·p(1-p)) (Woodruff 1952), so no density is
    estimated; a window of three such sds, or what the tail leaves of it, steadies the figure.
    """
    level = np.asarray(levels, dtype=np.float64)
    away = np.sqrt(level * (1 - level) / (len(ordered) * weight))
    window = np.minimum(WINDOW * away, np.minimum(level, 1 - level))
    distance = quantiles(ordered, level + window) - quantiles(ordered, level - window)
    return distance / 2 * away / window


def figures(ordered: Array, request: Request) -> Figures:
    """Return the figures of ascending values (at least one) and their errors under independent trials."""
    with np.errstate(over="ignore", invalid="ignore"):
        return _figures(ordered, request)


def _figures(ordered: Array, request: Request) -> Figures:
    count = len(ordered) * request.weight
    centre = mean(ordered)
    away = ordered - centre
    variance = float(np.mean(away * away)) * count / max(count - request.lost, 1)
    sd = sqrt(variance)
    third, fourth = (float(np.mean(away**power)) for power in (3, 4))
    skewness = third / sd**3 if sd else 0.0
    kurtosis = fourth / variance**2 if variance else 1.0
    at_risk, conditional, tail_error = _tail(ordered, request)
    short = np.searchsorted(ordered, (0.0, *request.thresholds)) / len(ordered)
    short_errors = np.sqrt(short * (1 - short) / count)
    risk_level = request.tail if request.side is Tail.LOW else 1 - request.tail
    levels = (risk_level, *request.percentiles)
    errors = quantile_errors(ordered, levels, request.weight)
    values = quantiles(ordered, request.percentiles)
    spread = [sd / sqrt(count), sd * sqrt(max(kurtosis - 1, 0) / (4 * count)), sqrt(6 / count) if sd else 0.0]
    return Figures(
        np.concatenate([[centre, sd, skewness, at_risk, conditional, short[0]], values, short[1:]]),
        np.concatenate([spread, [errors[0], tail_error, short_errors[0]], errors[1:], short_errors[1:]]),
    )


def _tail(ordered: Array, request: Request) -> tuple[float, float, float]:
    """Return value at risk, the mean beyond it and that mean's standard error.

    The error is √((s² + (1−p)(CVaR−VaR)²)/(n·p)), s the spread inside the tail (Manistre & Hancock 2005).
    """
    signed = ordered if request.side is Tail.LOW else -ordered[::-1]
    inside = max(round(request.tail * len(signed)), 1)
    worst = signed[:inside]
    at_risk = float(quantiles(signed, [request.tail])[0])
    conditional = mean(worst)
    within = float(np.mean((worst - conditional) ** 2))
    error = sqrt((within + (1 - request.tail) * (conditional - at_risk) ** 2) / (inside * request.weight))
    sign = 1 if request.side is Tail.LOW else -1
    return sign * at_risk, sign * conditional, error


def with_replicates(whole: Figures, replicates: Sequence[Figures]) -> Figures:
    """Return the figures with the errors that independent scramblings show: their spread over √(their
    number)."""
    if len(replicates) < 2:
        return Figures(whole.values, np.full_like(whole.values, np.nan))
    rows = np.array([replicate.values for replicate in replicates])
    away = rows - rows[0]
    spread = np.sqrt(np.maximum(np.mean(away**2, axis=0) - np.mean(away, axis=0) ** 2, 0.0))
    return Figures(whole.values, spread / sqrt(len(rows) - 1))


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
    edges = np.linspace(low, high, BINS + 1)
    below = np.searchsorted(ordered, edges, side="left")
    below[-1] = np.searchsorted(ordered, edges[-1], side="right")
    scaled: NDArray[np.int64] = np.rint(below * weight).astype(np.int64)
    total = round(len(ordered) * weight)
    counts = tuple(int(count) for count in np.diff(scaled))
    return Histogram(tuple(map(float, edges)), counts, int(scaled[0]), total - int(scaled[-1]))


def exceedance(ordered: Array) -> tuple[Exceedance, ...]:
    """Return the probability of exceeding each percentile, from certain to impossible."""
    at = quantiles(ordered, EXCEEDANCE_LEVELS)
    return tuple(Exceedance(float(x), float(p)) for x, p in zip(at, 1 - EXCEEDANCE_LEVELS, strict=True))
