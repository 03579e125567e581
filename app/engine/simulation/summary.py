"""Figures of a plain list of results, as somebody hands them over: no trials, no errors, no units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

TAIL = 0.05
#: Squares of larger values overflow.
LARGEST = 1e150


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of the list itself, not of a population behind it: variance and sd divide by the count.

    Percentiles are linear between neighbours. value_at_risk_95: the fifth percentile, in the results' own
    sign. expected_shortfall_95: the mean of the results at or below it.
    """

    count: int
    mean: float
    median: float
    min: float
    max: float
    std_dev: float
    variance: float
    percentile_5: float
    percentile_10: float
    percentile_25: float
    percentile_75: float
    percentile_90: float
    percentile_95: float
    value_at_risk_95: float
    expected_shortfall_95: float


def summarise(results: Sequence[float]) -> Summary:
    """Return the figures of at least one finite number of at most `LARGEST` in size.

    Raises `ValueError` for anything else.
    """
    ordered = np.sort(np.asarray(results, dtype=np.float64))
    if not len(ordered) or not np.all(np.abs(ordered) <= LARGEST):
        raise ValueError(f"results: at least one number is needed, each of at most {LARGEST:g} in size")
    levels = (TAIL, 0.10, 0.25, 0.50, 0.75, 0.90, 1 - TAIL)
    p5, p10, p25, p50, p75, p90, p95 = (float(value) for value in np.quantile(ordered, levels))
    variance = float(np.var(ordered))
    return Summary(
        count=len(ordered),
        mean=float(np.mean(ordered)),
        median=p50,
        min=float(ordered[0]),
        max=float(ordered[-1]),
        std_dev=variance**0.5,
        variance=variance,
        percentile_5=p5,
        percentile_10=p10,
        percentile_25=p25,
        percentile_75=p75,
        percentile_90=p90,
        percentile_95=p95,
        value_at_risk_95=p5,
        expected_shortfall_95=float(np.mean(ordered[: max(int(np.searchsorted(ordered, p5, "right")), 1)])),
    )
