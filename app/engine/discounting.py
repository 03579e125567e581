"""When each period's cash falls, and what it is worth at the valuation date."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.engine.kinds import DiscountConvention
from app.engine.primitive import primitive
from app.engine.quantity import Array
from app.engine.timeline import Timeline, years_between

# Place of a flow inside its period, as a fraction of the period's length.
PLACE = {
    DiscountConvention.START: 0.0,
    DiscountConvention.MID: 0.5,
    DiscountConvention.END: 1.0,
    DiscountConvention.DATED: 1.0,
    DiscountConvention.PRODUCTION_START: 1.0,
}


def boundary_times(timeline: Timeline, convention: DiscountConvention) -> NDArray[np.float64]:
    """Return the periods' boundaries [year after the timeline's start], shape (n_periods + 1,).

    DATED counts actual days / 365, the others whole months / 12.
    """
    return timeline.days_since_start / 365.0 if convention is DiscountConvention.DATED else timeline.edges


def valuation_time(timeline: Timeline, convention: DiscountConvention) -> float:
    """Return the valuation date [year after the timeline's start]; negative when it lies before."""
    day = timeline.valuation or timeline.start
    if convention is DiscountConvention.DATED:
        return (day - timeline.start).days / 365.0
    return years_between(timeline.start, day)


def flow_times(timeline: Timeline, convention: DiscountConvention, offset: float | None = None) -> Array:
    """Return when each period's flow falls [year after the timeline's start], shape (n_periods, 1).

    offset: periods added. A period that holds the valuation date is a stub: its flow is what is still to
    come, placed at the start, middle or end of what remains of it.
    """
    boundaries = boundary_times(timeline, convention)
    valuation = valuation_time(timeline, convention)
    starts, ends = boundaries[:-1], boundaries[1:]
    starts = np.where((starts < valuation) & (valuation < ends), valuation, starts)
    return (starts + (PLACE[convention] + (offset or 0.0)) * (ends - starts)).reshape(-1, 1)


@primitive
def origin(timeline: Timeline, convention: DiscountConvention, first_production: NDArray[np.int64]) -> Array:
    """Return the time at which a flow is not discounted [year after the timeline's start],
    `(1, n_trials | 1)`.

    The valuation date, or under PRODUCTION_START the start of period `first_production` (one index per
    trial).
    """
    if convention is DiscountConvention.PRODUCTION_START:
        return boundary_times(timeline, convention)[first_production].reshape(1, -1)
    return np.full((1, 1), valuation_time(timeline, convention))


@primitive
def growth(rate: Array, times: Array, boundaries: NDArray[np.float64]) -> Array:
    """Return money at `times` per money at time zero: `(1 + rate)^times`.

    A rate by period compounds each period at its own rate, `∏ (1 + rate_t)^years_t`, the first and last
    beyond the ends. rate [1/year] `(n_periods | 1, n_trials | 1)`; times, boundaries [year after the
    timeline's start].
    """
    if rate.shape[0] == 1:
        return np.asarray((1.0 + rate) ** times)
    logs = np.log1p(rate)
    knots = np.cumsum(logs * np.diff(boundaries).reshape(-1, 1), axis=0)
    knots = np.concatenate([np.zeros_like(knots[:1]), knots[:-1]])
    trials = max(rate.shape[1], times.shape[1])
    index = np.clip(np.searchsorted(boundaries, times, side="right") - 1, 0, rate.shape[0] - 1)
    index = np.broadcast_to(index, (times.shape[0], trials))
    at_start = np.take_along_axis(np.broadcast_to(knots, (rate.shape[0], trials)), index, axis=0)
    slope = np.take_along_axis(np.broadcast_to(logs, (rate.shape[0], trials)), index, axis=0)
    return np.asarray(np.exp(at_start + slope * (times - boundaries[index])))


@primitive
def discount_factors(rate: Array, times: Array, zero: Array, boundaries: NDArray[np.float64]) -> Array:
    """Return the value at time `zero` of one unit of money at each of `times`, `(n_periods, n_trials | 1)`.

    Periods shorter than a year discount at `(1 + rate)^(1/12)` a month, never `rate / 12`.

    >>> rate, times, edges = np.full((1, 1), 0.08), np.array([[0.5], [1.5]]), np.array([0.0, 1.0, 2.0])
    >>> discount_factors(rate, times, np.zeros((1, 1)), edges).round(6).ravel()
    array([0.96225 , 0.890973])
    """
    if rate.shape[0] == 1:
        return np.asarray((1.0 + rate) ** (zero - times))
    return growth(rate, zero, boundaries) / growth(rate, times, boundaries)


def exchange_by_inflation(spot: float, home: float, foreign: float, times: Array) -> Array:
    """Return the exchange rate by purchasing power parity, for a nominal model without a forecast.

    `S_t = S_0 · ((1 + i_home) / (1 + i_foreign))^t`. spot: home currency per unit of the foreign one today;
    home, foreign: inflation [1/year]; times [year].

    >>> exchange_by_inflation(1.35, 0.025, 0.02, np.array([[0.0], [10.0]])).round(4).ravel()
    array([1.35  , 1.4177])
    """
    return spot * ((1 + home) / (1 + foreign)) ** times


def nominal_rate(real: float, inflation: float) -> float:
    """Return the nominal rate that matches a real one: `(1 + r)(1 + i) - 1` (Fisher), exact.

    >>> round(nominal_rate(0.08, 0.025), 6)
    0.107
    """
    return (1 + real) * (1 + inflation) - 1
