"""What bounds the number of IRRs: changes of sign down the columns, and bounds on the discounted sum."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.engine.native.calls import signs as native_signs
from app.engine.quantity import Array, running
from app.engine.returns.gaps import Gaps, Row

Counts = NDArray[np.intp]
NODES = np.append(0.04 * np.sinh(np.linspace(0.0, np.arcsinh(6.0 / 0.04), 64)), np.inf)


def sign_changes(rows: Array) -> tuple[Counts, Row]:
    """Return how often each column of `(n_periods, n_trials)` changes sign, zeros skipped, and its first
    sign.

    >>> changes, first = sign_changes(np.array([[0.0], [-5.0], [0.0], [8.0], [-1.0]]))
    >>> int(changes[0]), float(first[0])
    (2, -1.0)
    """
    found = native_signs(rows)
    if found is not None:
        return found
    rows = rows[rows.any(axis=1)]
    if not len(rows):
        return np.zeros(rows.shape[1], dtype=np.intp), np.zeros(rows.shape[1])
    if not rows.all():
        return _skipping_zeros(rows)
    positive = rows > 0
    changes = (positive[1:] != positive[:-1]).sum(axis=0, dtype=np.int16)  # narrow sums are quicker
    return changes.astype(np.intp), np.where(positive[0], 1.0, -1.0)


def _skipping_zeros(rows: Array) -> tuple[Counts, Row]:
    first = np.zeros(rows.shape[1])
    last = np.zeros(rows.shape[1])
    changes = np.zeros(rows.shape[1], dtype=np.intp)
    for row in rows:
        sign = np.sign(row)
        changes += sign * last < 0
        last = np.where(sign == 0, last, sign)
        first = np.where(first == 0, sign, first)
    return changes, first


def roots_beyond(flows: Array, gaps: Gaps) -> tuple[Counts, Row]:
    """Return how many zeros `Σ a_j exp(-t_j u)` has at `u > 0` in each column, -1 if this cannot tell.

    Where there are two, also a point between them, else infinity. Running sums that change sign n times allow
    n zeros, or fewer by an even number. Inflows P(u) and outflows N(u), timed from the first flow, both fall
    as u grows: between neighbouring nodes u1 < u2 the sum is negative if P(u1) < N(u2), positive if N(u1) <
    P(u2), and if that holds everywhere there is no zero. A node of the other sign proves two where two are
    allowed.
    """
    allowed, _ = sign_changes(running(flows))
    between = np.full(len(allowed), np.inf)
    lanes = np.flatnonzero(allowed > 1)
    if not len(lanes):
        return allowed, between
    inflow, outflow = _at_nodes(flows.take(lanes, axis=1), gaps)
    never = (inflow[:-1] < outflow[1:]).all(axis=0) | (outflow[:-1] < inflow[1:]).all(axis=0)
    value, size = inflow - outflow, inflow + outflow
    opposite = (value * value[0] < 0) & (np.abs(value) > 1e-12 * size)
    two = (allowed[lanes] == 2) & opposite.any(axis=0)
    between[lanes[two]] = NODES[np.argmax(opposite[:, two], axis=0)]
    allowed[lanes[~two]] = -1
    allowed[lanes[never]] = 0
    return allowed, between


def _at_nodes(flows: Array, gaps: Gaps) -> tuple[Array, Array]:
    """Return inflows and outflows at each node, discounted to the first flow, `(n_nodes, n_trials)`."""
    first = np.argmax(flows != 0, axis=0)
    inflow, outflow = np.zeros((2, len(NODES), flows.shape[1]))
    decays, grows = _discounting(gaps)
    for row, decay in zip(flows, decays, strict=True):
        inflow[:-1] += decay * np.maximum(row, 0.0)
        outflow[:-1] -= decay * np.minimum(row, 0.0)
    inflow[:-1] *= grows[:, first]
    outflow[:-1] *= grows[:, first]
    at_end = flows[first, np.arange(flows.shape[1])]
    inflow[-1], outflow[-1] = np.maximum(at_end, 0.0), -np.minimum(at_end, 0.0)
    return inflow, outflow


@lru_cache(maxsize=16)
def _discounting(gaps: Gaps) -> tuple[Array, Array]:
    """Return what each finite node makes of money at each time, `(n_periods, n_nodes, 1)`, and its inverse
    `(n_nodes, n_periods)`."""
    times, nodes = gaps.times(), NODES[:-1]
    return np.exp(-times[:, np.newaxis] * nodes)[..., np.newaxis], np.exp(nodes[:, np.newaxis] * times)
