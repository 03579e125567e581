"""Zeros of discounted sums `Σ a_j exp(-t_j u)`, many at once, in `u = ln(1 + r)`.

One column is one series. Every step works on each column by itself, so a column's digits never depend on its
neighbours. All functions look at `u >= 0`, where no term grows; `u < 0` is the same series with time
reversed.
"""

from __future__ import annotations

import numpy as np

from app.engine.exponential import exp
from app.engine.logarithm import log
from app.engine.native.calls import Series
from app.engine.quantity import Array
from app.engine.returns.gaps import Gaps, Mask, Row
from app.engine.returns.survey import Sums, survey

STEP_DONE = 1e-7  # Newton has squared its error once more when a step this small has been taken
FREE_STEPS = 6  # steps after which one that is not half as long as the last is replaced by a bisection
MAX_STEPS = 250
FARTHEST_START = 4.0  # first guess, times the mean times of inflow and outflow together
FEW = 12  # columns up to which Python floats are quicker than NumPy calls
CROWD = 0.5  # share of unfinished columns below which they are gathered and the rest is left behind


def value_and_slope(flows: Array, gaps: Gaps, u: Row) -> tuple[Row, Row]:
    """Return `Σ a_j exp(-t_j u)` and its derivative by u, each `(n_trials,)`, by Horner's rule."""
    found = Series(flows, gaps.widths, gaps.which).value_and_slope(u)
    if found is not None:
        return found
    if len(u) <= FEW:
        return _few_values_and_slopes(flows, gaps, u)
    value = flows[-1].copy()
    slope = np.zeros_like(value)
    scaled = np.empty_like(value)
    factors = [exp(-width * u) for width in gaps.widths]
    for row, which in zip(flows[-2::-1], reversed(gaps.which), strict=True):
        slope -= value if gaps.widths[which] == 1.0 else np.multiply(value, gaps.widths[which], out=scaled)
        slope *= factors[which]
        value *= factors[which]
        value += row
    return value, slope


def _few_values_and_slopes(flows: Array, gaps: Gaps, u: Row) -> tuple[Row, Row]:
    """Do the same operations in the same order on Python floats, which for few columns are quicker."""
    factors = exp(-np.reshape(gaps.widths, (-1, 1)) * u)
    results = np.empty((2, len(u)))
    for lane, column in enumerate(flows.T.tolist()):
        decay = factors[:, lane].tolist()
        value, slope = column[-1], 0.0
        for flow, which in zip(column[-2::-1], reversed(gaps.which), strict=True):
            slope = (slope - value * gaps.widths[which]) * decay[which]
            value = value * decay[which] + flow
        results[:, lane] = value, slope
    return results[0], results[1]


def first_guess(sums: Sums) -> tuple[Row, Row]:
    """Return where to start, and the exponent c that makes `exp(c u) Σ a_j exp(-t_j u)` nearly straight
    there, from the sums of a survey.

    The start is the zero of two payments that have the sums and mean times of the inflows and the outflows;
    not far out, where the sum is flat, when those times lie close together.
    """
    total, absolute, timed, absolute_timed = sums
    inflow, outflow = absolute + total, absolute - total
    with np.errstate(divide="ignore", invalid="ignore"):
        time_in = (absolute_timed + timed) / inflow
        time_out = (absolute_timed - timed) / outflow
        start = log(inflow / outflow) / (time_in - time_out)
        start = np.minimum(start, FARTHEST_START / (time_in + time_out))
    centre = (time_in + time_out) / 2
    return start, np.where(np.isfinite(centre), centre, 0.0)


def solve(
    flows: Array,
    gaps: Gaps,
    low: Row,
    high: Row,
    rising: Mask,
    wanted: Mask | None = None,
    sums: Sums | None = None,
) -> Row:
    """Return the zero in `[low, high]` of each column, `(n_trials,)`, by Newton steps kept inside the
    bracket.

    low >= 0; high may be infinite. rising: the value is negative left of the zero, positive right of it.
    wanted: columns that have one; the others hold nothing of meaning. None is all. sums: of a survey of the
    same series, None where there was none.
    """
    if not flows.shape[1]:
        return low
    start, centre = first_guess(survey(flows, gaps).sums if sums is None else sums)
    u = np.where(np.isinf(high) & (start >= low), start, _middle(low, high))
    pending = np.ones(len(u), dtype=np.bool_) if wanted is None else wanted.copy()
    series, given = Series(flows, gaps.widths, gaps.which), (centre, rising, low, high, pending)
    if series.solve(given, u, (MAX_STEPS, FREE_STEPS, STEP_DONE)):
        return u
    low, high, rising = np.array(low), np.array(high), np.ascontiguousarray(rising)
    result, last = np.empty_like(u), np.full_like(u, np.inf)
    lanes = np.arange(len(u))
    for step in range(MAX_STEPS):
        _step(flows, gaps, (centre, rising), (u, low, high, last, pending), late=step > FREE_STEPS)
        left = np.flatnonzero(pending)
        if len(left) < CROWD * len(lanes):
            result[lanes] = u
            if not len(left):
                break
            flows, lanes, pending = flows.take(left, axis=1), lanes[left], pending[left]
            u, low, high, last = u[left], low[left], high[left], last[left]
            centre, rising = centre[left], rising[left]
    result[lanes] = u
    return result


def _step(
    flows: Array,
    gaps: Gaps,
    given: tuple[Row, Mask],
    state: tuple[Row, Row, Row, Row, Mask],
    *,
    late: bool,
) -> None:
    """Do one step, in place. given: centre, rising. state: u, low, high, last, pending. late: steps must
    halve, and a bracket narrow enough ends the search."""
    (centre, rising), (u, low, high, last, pending) = given, state
    value, slope = value_and_slope(flows, gaps, u)
    slope += centre * value
    _close_in(low, high, u, (value > 0) != rising)
    new, inside = _newton(u, value, slope, low, high)
    if late:
        inside &= np.abs(new - u) <= last / 2
    out = np.flatnonzero(~inside)
    if len(out):
        new[out] = _middle(low[out], high[out])
    last[:] = np.abs(new - u)
    done = inside & (last <= STEP_DONE)
    if late:
        done |= high - low <= 1e-15 * (1 + low)
    np.copyto(u, new, where=pending)
    pending &= ~done


def _close_in(low: Row, high: Row, u: Row, right: Mask) -> None:
    """Move one end of each bracket to u, in place. right: the zero lies right of u, or at u."""
    np.copyto(low, u, where=right)
    np.copyto(high, u, where=~right)


def _newton(u: Row, value: Row, slope: Row, low: Row, high: Row) -> tuple[Row, Mask]:
    """Return Newton's next points and which of them lie in their brackets, ends included."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        new = u - value / slope
    return new, (new >= low) & (new <= high)


def _middle(low: Row, high: Row) -> Row:
    """Return the middle of a bracket; of one without upper end, a point that doubles its distance."""
    return np.where(np.isinf(high), 2 * low + 0.1, (low + np.where(np.isinf(high), low, high)) / 2)
