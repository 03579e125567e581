"""Payback: the time until the cumulative cash flow has come back to zero, and how deep it was."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from app.engine.native.calls import payback as native_payback
from app.engine.quantity import Array, as_rows, ever, running
from app.engine.returns.gaps import Indices, Row
from app.engine.returns.reasons import Reason, Reasons

# In the order of payback.c.
CODES = np.array(
    [Reason.DEFINED, Reason.NEVER_PAID_BACK, Reason.NOTHING_TO_PAY_BACK, Reason.NOT_FINITE], dtype=np.uint8
)


def payback(
    cash_flow: ArrayLike, ends: ArrayLike | None = None, origin: float | ArrayLike = 0.0
) -> tuple[Row, Reasons]:
    """Return the years from `origin` until the cumulative cash flow first is not negative, and reason codes.

    Linear inside the period in which that happens. Construction spending counts, whatever the origin. Give
    discounted flows for the discounted payback.

    cash_flow: `(n_periods, n_trials)` or `(n_periods,)` [money]. ends: end of each period [year] on any
    clock, `(n_periods,)`; 0, 1, 2 … if None. origin: on the same clock, a number or `(n_trials,)`. A payback
    before the origin is zero. Both results are `(n_trials,)`.

    >>> float(payback([-100, 40, 40, 40, 40])[0][0])
    2.5
    """
    flows = as_rows(cash_flow)
    clock = np.arange(float(len(flows))) if ends is None else np.ravel(np.asarray(ends, dtype=np.float64))
    begin = np.asarray(origin, dtype=np.float64)
    return native_payback(flows, clock, begin, CODES) or _by_numpy(flows, clock, begin)


def _by_numpy(flows: Array, clock: Row, origin: Row) -> tuple[Row, Reasons]:
    cumulative = running(flows)
    negative = cumulative < 0
    since = ever(negative)
    back = since & ~negative
    paid = back.any(axis=0)
    at = np.where(paid, np.argmax(back, axis=0), 1)
    years = np.where(paid, _crossing(cumulative, clock, at) - origin, np.nan)
    reasons = np.where(paid, Reason.DEFINED, Reason.NEVER_PAID_BACK)
    reasons = np.where(since[-1], reasons, Reason.NOTHING_TO_PAY_BACK)
    reasons = np.where(np.isfinite(cumulative[-1]), reasons, Reason.NOT_FINITE)
    return np.where(reasons == 0, np.maximum(years, 0.0), np.nan), reasons.astype(np.uint8)


def _crossing(cumulative: Array, clock: Row, at: Indices) -> Row:
    """Return when the cumulative cash flow passes zero in period `at` of each trial, `(n_trials,)`."""
    if len(cumulative) == 1:
        return np.full(cumulative.shape[1], np.nan)
    lanes = np.arange(cumulative.shape[1])
    before, after = cumulative[at - 1, lanes], cumulative[at, lanes]
    share = np.divide(-before, after - before, out=np.zeros_like(before), where=after != before)
    return np.asarray(clock[at - 1] + share * (clock[at] - clock[at - 1]))


def peak_funding(cash_flow: ArrayLike) -> Row:
    """Return the most that has to be put in, `-min(cumulative)` and not below zero, `(n_trials,)` [money].

    >>> float(peak_funding([-100, -50, 40, 200])[0])
    150.0
    """
    lowest = running(as_rows(cash_flow)).min(axis=0)
    return np.asarray(np.maximum(-lowest, 0.0))
