"""Schedules by age: what share of a cost is written down by when, and every period's additions on their own.

All time-based methods are a schedule; a period takes the share between its two ends, so months add up to
years.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.engine.primitive import primitive
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
class Band:
    """The shares of a cost placed in period `first` that fall into it and the following periods.

    shares: one per period `(k, 1)`, or all of them `(1, 1)` when they are equal.
    """

    first: int
    after: int
    shares: Array


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

    def bands(self, assets: Assets) -> tuple[Band, ...]:
        """Return the shares of a cost placed in each period, from the first to the last."""
        arrays = (self.ages, self.written, assets.edges, assets.year_edges)
        return _bands(self.tax_years, *(each.tobytes() for each in arrays))


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


@lru_cache(maxsize=256)
def _bands(tax_years: bool, *content: bytes) -> tuple[Band, ...]:
    """Return the bands of a schedule on a timeline: the same for every evaluation of a scenario."""
    ages, written, edges, year_edges = (np.frombuffer(each) for each in content)
    schedule, nothing = Schedule(ages, written, tax_years), np.zeros((1, 1))
    assets = Assets(nothing, 0.0, edges, year_edges, nothing, nothing)
    bands = []
    for first in range(len(edges) - 1):
        shares = np.trim_zeros(schedule.shares(assets, first), "b")[first:].reshape(-1, 1)
        after = first + len(shares)
        bands.append(Band(first, after, shares[:1] if (shares == shares[:1]).all() else shares))
    return tuple(bands)


def charge(assets: Assets, schedule: Schedule, opening: Schedule) -> Array:
    """Return the charge by period: each addition by `schedule`, the opening balance by `opening`."""
    before = assets.opening * opening.shares(assets, 0) if assets.opening else np.zeros(len(assets.edges) - 1)
    return charged(assets.placed, schedule.bands(assets), before)


@primitive
def charged(placed: Array, bands: tuple[Band, ...], before: Years) -> Array:
    """Return the charges of all periods of placement; before: those of the opening balance."""
    total = np.zeros(placed.shape)
    total += before.reshape(-1, 1)
    for cost, band in zip(placed, bands, strict=True):
        if cost[0] or cost.any():
            part = total[band.first : band.after]
            np.add(part, band.shares * cost, out=part)
    return total
