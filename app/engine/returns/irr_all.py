"""Every internal rate of return of a series: all real r > -1 with `Σ CF_j (1 + r)^-e_j = 0`.

The discounted sum is scanned over `u = ln(1 + r)`, densely near zero and out to beyond 1 + r = 1e-6 and 1e6.
Each change of sign is a bracket; where the sum turns round towards zero inside a cell, its extremum is found
too, which separates two roots that lie close together and finds one that only touches zero. Beyond the scan
the sign of the first (last) flow decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from app.engine.quantity import Array
from app.engine.returns.gaps import Gaps, Indices, Mask, Row
from app.engine.returns.reasons import REASONS, Reason
from app.engine.returns.roots import solve, value_and_slope

CELLS = 256
REACH = 14.0  # |ln(1 + r)| covered by cells
FINENESS = 0.02
TOUCH = 1e-13  # of the sum of absolute discounted flows: below this a value is zero
BLOCK = 256

GRID = np.concatenate((FINENESS * np.sinh(np.linspace(0.0, np.arcsinh(REACH / FINENESS), CELLS)), [np.inf]))


@dataclass(frozen=True, slots=True)
class Irrs:
    """All IRRs [1/year] in ascending order, with the one to report and why it is, or is not, plain.

    touching: those of `rates` where NPV touches zero without changing sign.
    """

    rates: tuple[float, ...]
    touching: tuple[float, ...]
    reason: Reason

    @property
    def primary(self) -> float:
        """The smallest not below zero; without such, the negative one nearest to zero; NaN without any."""
        return primary(self.rates)

    @property
    def flag(self) -> str:
        return REASONS[self.reason].text


def primary(rates: tuple[float, ...]) -> float:
    """Return the IRR to report among all of them.

    >>> primary((-0.5, 0.25, 4.0))
    0.25
    """
    return min((rate for rate in rates if rate >= 0), default=max(rates, default=float("nan")))


def irr_all(cash_flow: ArrayLike, exponents: ArrayLike | None = None) -> Irrs:
    """Return every IRR of one series.

    cash_flow: `(n_periods,)` [money]. exponents: ascending times of the flows [year], `(n_periods,)`; one a
    period if None. Only their differences matter, so the discounting convention does not.

    >>> [round(rate, 12) for rate in irr_all([-1600, 10000, -10000]).rates]
    [0.25, 4.0]
    """
    flows = np.asarray(cash_flow, dtype=np.float64).reshape(-1, 1)
    gaps = Gaps.of(np.arange(len(flows)) if exponents is None else exponents)
    reason = _trivial(flows)
    if reason is not None:
        return Irrs((), (), reason)
    roots, touching = scan(flows, gaps)[0]
    return Irrs(
        tuple(np.expm1(roots).tolist()), tuple(np.expm1(touching).tolist()), classify(roots, touching)
    )


def classify(roots: Row, touching: Row) -> Reason:
    """Return what the set of roots `u = ln(1 + r)` means for the one that is reported."""
    if not len(roots):
        return Reason.NO_IRR
    if len(roots) == 1:
        return Reason.IRR_TOUCHES_ZERO if len(touching) else Reason.DEFINED
    one_not_negative = np.count_nonzero(roots >= 0) == 1 and not (touching >= 0).any()
    return Reason.OTHER_IRR_NEGATIVE if one_not_negative else Reason.SEVERAL_IRRS


def _trivial(flows: Array) -> Reason | None:
    if not np.isfinite(flows).all():
        return Reason.NOT_FINITE
    if not flows.any():
        return Reason.NO_CASH_FLOW
    return Reason.ONE_SIGN if (flows >= 0).all() or (flows <= 0).all() else None


def scan(flows: Array, gaps: Gaps, *, above: bool = True) -> list[tuple[Row, Row]]:
    """Return for each series its roots in `u = ln(1 + r)`, ascending, and those of them that only touch zero.

    flows: `(n_periods, n_series)`, each series with flows of both signs. above: look at `u >= 0` as well.
    """
    found = []
    nothing = (np.empty(0), np.empty(0))
    for first in range(0, flows.shape[1], BLOCK):
        block = flows[:, first : first + BLOCK]
        later = _half_line(block, gaps) if above else [nothing] * block.shape[1]
        earlier = _half_line(block[::-1], gaps.reversed())
        for (right, right_touch), (left, left_touch) in zip(later, earlier, strict=True):
            touching = np.concatenate((-left_touch[left_touch > 0][::-1], right_touch))
            found.append((np.concatenate((-left[left > 0][::-1], right)), touching))
    return found


def _half_line(flows: Array, gaps: Gaps) -> list[tuple[Row, Row]]:
    """Return the roots at `u >= 0` of each series, and the touching ones among them."""
    value = _on_grid(flows, gaps)
    at_zero = np.abs(value[0]) <= 1e-15 * np.abs(flows).sum(axis=0)
    value[0, at_zero] = 0.0
    sign = np.sign(value)
    cells, lanes = np.nonzero(sign[:-1] * sign[1:] < 0)
    touch, split = _extrema(flows, gaps, *_nearing(value, sign))
    brackets = _join(_Brackets(GRID[cells], GRID[cells + 1], lanes, sign[cells, lanes] < 0), split)
    roots = solve(flows[:, brackets.lane], gaps, brackets.low, brackets.high, brackets.rising)
    nodes, node_lanes = np.nonzero(sign[:-1] == 0)
    flat = _is_flat(flows[:, node_lanes], gaps, GRID[nodes])
    touch_roots = np.concatenate((touch.low, GRID[nodes[flat]]))
    touch_lanes = np.concatenate((touch.lane, node_lanes[flat]))
    every = np.concatenate((roots, touch.low, GRID[nodes]))
    lane_of = np.concatenate((brackets.lane, touch.lane, node_lanes))
    return list(zip(_by_lane(every, lane_of, flows), _by_lane(touch_roots, touch_lanes, flows), strict=True))


def _by_lane(values: Row, lanes: Indices, flows: Array) -> list[Row]:
    """Return the values of each series, ascending."""
    order = np.lexsort((values, lanes))
    ends = np.cumsum(np.bincount(lanes, minlength=flows.shape[1]))
    return np.split(values[order], ends[:-1])


def _on_grid(flows: Array, gaps: Gaps) -> Array:
    """Return the value of each series at each grid point, `(n_points, n_series)`."""
    value = np.zeros((len(GRID), flows.shape[1]))
    term = np.empty((len(GRID) - 1, flows.shape[1]))
    for row, decay in zip(flows, _discounting(gaps), strict=True):
        value[:-1] += np.multiply(decay, row, out=term)
    value[-1] = flows[np.argmax(flows != 0, axis=0), np.arange(flows.shape[1])]
    return value


@lru_cache(maxsize=16)
def _discounting(gaps: Gaps) -> Array:
    """Return what each finite grid point makes of money at each time, `(n_periods, n_points, 1)`."""
    return np.exp(-gaps.times()[:, np.newaxis] * GRID[:-1])[..., np.newaxis]


def _nearing(value: Array, sign: Array) -> tuple[Indices, Indices, Row]:
    """Return the cells, each in one series and of one sign, in which the sum may turn round towards zero."""
    size = np.abs(value)
    least = np.zeros(size.shape, dtype=np.bool_)
    least[0] = True
    least[1:] = size[1:] <= size[:-1]
    least[:-1] &= size[:-1] <= size[1:]
    inside = (sign[:-2] * sign[1:-1] > 0) & (least[:-2] | least[1:-1])
    cells, lanes = np.nonzero(inside)
    return cells, lanes, sign[cells, lanes]


def _is_flat(flows: Array, gaps: Gaps, u: Row) -> Mask:
    slope = value_and_slope(flows, gaps, u)[1]
    least = 1e-12 * gaps.times()[-1] * value_and_slope(np.abs(flows), gaps, u)[0]
    flat: Mask = np.abs(slope) <= least
    return flat


@dataclass(frozen=True, slots=True)
class _Brackets:
    """Cells with a root inside, each in one series (`lane`)."""

    low: Row
    high: Row
    lane: Indices
    rising: Mask


def _join(one: _Brackets, other: _Brackets) -> _Brackets:
    return _Brackets(
        np.concatenate((one.low, other.low)),
        np.concatenate((one.high, other.high)),
        np.concatenate((one.lane, other.lane)),
        np.concatenate((one.rising, other.rising)),
    )


def _extrema(
    flows: Array, gaps: Gaps, cells: Indices, lanes: Indices, sign: Row
) -> tuple[_Brackets, _Brackets]:
    """Return where the sum touches zero in its cell, and the brackets on both sides of where it crosses."""
    own = flows[:, lanes]
    falls = sign * value_and_slope(own, gaps, GRID[cells])[1] < 0
    turns = falls & (sign * value_and_slope(own, gaps, GRID[cells + 1])[1] > 0)
    own, low, high = own[:, turns], GRID[cells[turns]], GRID[cells[turns] + 1]
    lanes, sign = lanes[turns], sign[turns]
    turn = solve(own * gaps.times()[:, np.newaxis], gaps, low, high, sign < 0)
    value = value_and_slope(own, gaps, turn)[0]
    touches = np.abs(value) <= TOUCH * value_and_slope(np.abs(own), gaps, turn)[0]
    crosses = ~touches & (value * sign < 0)
    left = _Brackets(low[crosses], turn[crosses], lanes[crosses], sign[crosses] < 0)
    right = _Brackets(turn[crosses], high[crosses], lanes[crosses], sign[crosses] > 0)
    return _Brackets(turn[touches], turn[touches], lanes[touches], sign[touches] < 0), _join(left, right)
