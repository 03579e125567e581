"""Schedules by age: what share of a cost is written down by when, and every period's additions on their own.

All time-based methods are a schedule; a period takes the share between its two ends, so months add up to
years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.quantity import Array

Years = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Assets:
    """What one class writes down, in money of the day.

    placed: additions placed in service by period, `(n_periods, n_trials | 1)`; opening: balance in service
    before.
    edges: boundaries of the periods, year_edges: of the reporting years, which are whole periods [year from
    the start].
    units: what UNITS_OF_PRODUCTION counts, reserves: units left at the start, both like `placed`.
    """

    placed: Array
    opening: float
    edges: Years
    year_edges: Years
    units: Array
    reserves: Array


@dataclass(frozen=True, slots=True)
class Schedule:
    """Cumulative share written down at each age, linear between.

    ages [year], ascending from 0. tax_years: ages count reporting years, the first one ending with the year
    of placement (as a half-year convention has it); otherwise they run from the start of the period of
    placement.
    """

    ages: Years
    written: Years
    tax_years: bool = False

    def shares(self, assets: Assets, first: int) -> Years:
        """Return the share of a cost placed in period `first` that falls into each period, `(n_periods,)`."""
        start = assets.edges[first]
        times = start + self.ages
        if self.tax_years:
            ends = assets.year_edges[assets.year_edges > start]
            beyond = ends[-1] + np.arange(1, self.ages.size)
            times = np.concatenate([[start], ends, beyond])[: self.ages.size]
        return np.diff(np.interp(assets.edges, times, self.written))


def level(life: float) -> Schedule:
    """Return equal parts over `life` years."""
    return Schedule(np.array([0.0, life]), np.array([0.0, 1.0]))


def by_year(
    charges: Years, salvage: float = 0.0, *, end: float = np.inf, tax_years: bool = False
) -> Schedule:
    """Return the schedule of yearly `charges` (shares of cost), stopped where only the salvage share is left.

    end: age at which the last charge is complete, when the last year is not a whole one [year].
    """
    written = np.minimum(np.concatenate([[0.0], np.cumsum(charges)]), 1.0 - salvage)
    ages = np.minimum(np.arange(written.size, dtype=np.float64), end)
    return Schedule(ages, written, tax_years)


def halved(charges: Years) -> Years:
    """Return yearly charges moved by half a year: each year takes half of its own and half of the last."""
    return np.asarray((np.append(charges, 0.0) + np.append(0.0, charges)) / 2)


def charge(assets: Assets, schedule: Schedule, opening: Schedule) -> Array:
    """Return the charge by period: each addition by `schedule`, the opening balance by `opening`."""
    total = np.zeros(assets.placed.shape)
    if assets.opening:
        total += (assets.opening * opening.shares(assets, 0)).reshape(-1, 1)
    for first, cost in enumerate(assets.placed):
        if cost.any():
            shares = np.trim_zeros(schedule.shares(assets, first), "b")[first:].reshape(-1, 1)
            total[first : first + shares.shape[0]] += shares * cost
    return total
