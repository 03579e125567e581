"""Periods rolled up to reporting years: flows add, balances take the last, averages are weighted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.lines import RollUp, describe
from app.engine.quantity import Array
from app.engine.timeline import Timeline


@dataclass(frozen=True, slots=True)
class YearlyTable:
    """Lines by reporting year, each `(n_years, n_trials | 1)`, in the order of the statement."""

    labels: tuple[str, ...]
    lines: Mapping[str, Array]

    def __getitem__(self, key: str) -> Array:
        return self.lines[key]


def roll_up(timeline: Timeline, lines: Mapping[str, Array]) -> YearlyTable:
    """Return the lines by reporting year; every period belongs to exactly one year, so that flows tie."""
    yearly = {key: _rolled(key, lines, timeline) for key in lines}
    return YearlyTable(timeline.year_labels, yearly)


def _rolled(key: str, lines: Mapping[str, Array], timeline: Timeline) -> Array:
    line, values, starts = describe(key), lines[key], timeline.year_starts
    if line.roll_up is RollUp.LAST:
        return values[[*(starts[1:] - 1), -1]]
    if line.roll_up is RollUp.LARGEST:
        return np.maximum.reduceat(values, starts, axis=0)
    if line.roll_up is RollUp.WEIGHTED:
        return _weighted(values, lines.get(line.weights[0]), timeline)
    if line.roll_up is RollUp.QUOTIENT:
        above, below = (np.add.reduceat(lines[name], starts, axis=0) for name in line.weights)
        return ratio(above, below)
    return np.add.reduceat(values, starts, axis=0)


def _weighted(values: Array, weights: Array | None, timeline: Timeline) -> Array:
    """Return the weighted mean of each year; where nothing weighs, the mean by time."""
    starts = timeline.year_starts
    spans = timeline.years.reshape(-1, 1)
    by_time = np.add.reduceat(values * spans, starts, axis=0) / np.add.reduceat(spans, starts, axis=0)
    if weights is None:
        return by_time
    weight = np.add.reduceat(weights, starts, axis=0)
    product = np.add.reduceat(values * weights, starts, axis=0)
    mean = np.divide(product, weight, out=np.zeros(product.shape), where=weight != 0)
    return np.where(weight != 0, mean, by_time)


def ratio(above: Array, below: Array) -> Array:
    """Return `above / below`, NaN where there is nothing below."""
    shape = np.broadcast_shapes(above.shape, below.shape)
    quotient: Array = np.divide(above, below, out=np.full(shape, np.nan), where=below != 0)
    return quotient
