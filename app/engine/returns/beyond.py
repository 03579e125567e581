"""How many zeros `Σ a_j exp(-t_j u)` has at `u > 0`, proven by running sums and by bounds.

Running sums that change sign n times allow n zeros, or fewer by an even number. Where they allow more than
one, inflows P(u) and outflows N(u), timed from the first flow, decide. Both fall as u grows, and so do both
parts of the slope. Between two points u1 < u2 the sum is negative throughout if P(u1) < N(u2), positive if
N(u1) < P(u2); where neither holds, but the same of the slope, it has one zero there or none, as its signs at
both points tell. What is left is halved a few times.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from app.engine.exponential import exp
from app.engine.quantity import Array, running
from app.engine.returns.gaps import Gaps, Indices, Mask, Row
from app.engine.returns.signs import Counts, sign_changes

NODES = 0.04 * np.sinh(np.linspace(0.0, np.arcsinh(6.0 / 0.04), 64))
HALVINGS = 8
CLEAR = 1e-12  # of inflows and outflows together: below this the sign of their difference proves nothing


@dataclass(frozen=True, slots=True)
class Beyond:
    """Zeros at `u > 0` of each column, -1 if their number is not known; between which the nearest lies."""

    count: Counts
    low: Row
    high: Row


def roots_beyond(flows: Array, gaps: Gaps) -> Beyond:
    """Return what running sums and bounds prove of the zeros of each column of finite flows.

    flows: `(n_periods, n_trials)` [money], each column with a sum that is not zero. The nearest zero lies
    between 0 and infinity where running sums alone prove one.
    """
    count, _ = sign_changes(running(flows))
    low, high = np.zeros(len(count)), np.full(len(count), np.inf)
    lanes = np.flatnonzero(count > 1)
    if len(lanes):
        count[lanes], low[lanes], high[lanes] = _counted(flows.take(lanes, axis=1), gaps)
    return Beyond(count, low, high)


def _counted(flows: Array, gaps: Gaps) -> tuple[Counts, Row, Row]:
    """Return how many zeros each column has, -1 if unknown, and the ends of the first piece with one."""
    count = np.zeros(flows.shape[1], dtype=np.intp)
    low, high = np.zeros(len(count)), np.full(len(count), np.inf)
    undecided, lanes = np.nonzero(~_definite(*_at_nodes(flows, gaps)))
    far = undecided == len(NODES) - 1  # no end to halve towards
    count[lanes[far]] = -1
    lanes, undecided = lanes[~far], undecided[~far]
    left, right = NODES[undecided], NODES[undecided + 1]
    for halving in range(HALVINGS + 1):
        if not len(lanes):
            break
        own = flows.take(lanes, axis=1)
        begin, end = _sums(own, gaps, left), _sums(own, gaps, right)
        open_, crosses = _judged(begin, end)
        _note(count, (low, high), lanes[crosses], left[crosses], right[crosses])
        if halving == HALVINGS:
            count[lanes[open_]] = -1
        middle = (left[open_] + right[open_]) / 2
        lanes = np.tile(lanes[open_], 2)
        left = np.concatenate((left[open_], middle))
        right = np.concatenate((middle, right[open_]))
    return count, low, high


def _note(count: Counts, ends: tuple[Row, Row], lanes: Indices, left: Row, right: Row) -> None:
    """Count a zero for each of the pieces, in place, and keep the ends of a column's first."""
    low, high = ends
    known = count[lanes] >= 0
    np.add.at(count, lanes[known], 1)
    for lane, begin, end in zip(lanes, left, right, strict=True):
        if end < high[lane]:
            low[lane], high[lane] = begin, end


def _judged(begin: Array, end: Array) -> tuple[Mask, Mask]:
    """Return which pieces stay open, and which have one zero; begin, end: what `_sums` gives."""
    (inflow, outflow, *slopes), (later_in, later_out, *later) = begin, end
    definite = (inflow < later_out) | (outflow < later_in)
    steady = (slopes[0] < later[1]) | (slopes[1] < later[0])
    value, other = inflow - outflow, later_in - later_out
    clear = (np.abs(value) > CLEAR * (inflow + outflow)) & (np.abs(other) > CLEAR * (later_in + later_out))
    settled = steady & clear
    return ~definite & ~settled, ~definite & settled & ((value > 0) != (other > 0))


def _sums(flows: Array, gaps: Gaps, u: Row) -> Array:
    """Return inflow and outflow at one point of each column, and both times their time, `(4, n_trials)`."""
    first = np.argmax(flows != 0, axis=0)
    times = gaps.times()
    sums = np.zeros((4, len(u)))
    for row, time in zip(flows, times, strict=True):
        later = np.maximum(time - times[first], 0.0)  # nothing flows before
        term = exp(-later * u) * row
        inwards, outwards = np.maximum(term, 0.0), np.minimum(term, 0.0)
        sums[0] += inwards
        sums[1] -= outwards
        sums[2] += inwards * later
        sums[3] -= outwards * later
    return sums


def _definite(inflow: Array, outflow: Array) -> Mask:
    """Return in which pieces between neighbouring nodes the sum has one sign, `(n_nodes, n_trials)`."""
    within: Mask = (inflow[:-1] < outflow[1:]) | (outflow[:-1] < inflow[1:])
    return within


def _at_nodes(flows: Array, gaps: Gaps) -> tuple[Array, Array]:
    """Return inflows and outflows at each node and at infinity, discounted to the first flow,
    `(n_nodes + 1, n_trials)`."""
    first = np.argmax(flows != 0, axis=0)
    inflow, outflow = np.zeros((2, len(NODES) + 1, flows.shape[1]))
    decays, grows = discounting(gaps)
    for row, decay in zip(flows, decays, strict=True):
        inflow[:-1] += decay[:, np.newaxis] * np.maximum(row, 0.0)
        outflow[:-1] -= decay[:, np.newaxis] * np.minimum(row, 0.0)
    with np.errstate(invalid="ignore"):  # far out growth is infinite, and proves nothing
        inflow[:-1] *= grows[first].T
        outflow[:-1] *= grows[first].T
    at_end = flows[first, np.arange(flows.shape[1])]
    inflow[-1], outflow[-1] = np.maximum(at_end, 0.0), -np.minimum(at_end, 0.0)
    return inflow, outflow


@lru_cache(maxsize=16)
def discounting(gaps: Gaps) -> tuple[Array, Array]:
    """Return what each node makes of money at each time, and the inverse, `(n_periods, n_nodes)` each."""
    times = gaps.times()[:, np.newaxis]
    return exp(-times * NODES), exp(times * NODES)
