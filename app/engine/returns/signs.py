"""How often the columns of an array change sign, which bounds the number of IRRs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.engine.quantity import Array
from app.engine.returns.gaps import Row

Counts = NDArray[np.intp]


def sign_changes(rows: Array) -> tuple[Counts, Row]:
    """Return how often each column of `(n_periods, n_trials)` changes sign, zeros skipped, and its first
    sign.

    >>> changes, first = sign_changes(np.array([[0.0], [-5.0], [0.0], [8.0], [-1.0]]))
    >>> int(changes[0]), float(first[0])
    (2, -1.0)
    """
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
