"""The inverse of correlations between drivers, to the same digits on every machine: LAPACK's depend on its
version."""

from __future__ import annotations

import numpy as np

from app.engine.native import statistics as native
from app.engine.quantity import Array

#: Of a driver's variance: what the others must leave of it. With less they repeat each other, and share.
LEAST = 1e-9


def inverse(matrix: Array) -> Array:
    """Return the inverse of a symmetric matrix with ones on its diagonal, `(n, n)`.

    The pseudo-inverse where rows repeat each other, so that what repeats shares. Swept pivot by pivot, as in
    stepwise regression (Beaton 1964).
    """
    found = native.inverse(matrix, LEAST)
    if found is None:
        found = _swept(matrix)
    return np.asarray(np.linalg.pinv(matrix, hermitian=True)) if np.isnan(found).any() else found


def _swept(matrix: Array) -> Array:
    """Return the inverse, full of NaN where a pivot is too small."""
    out = matrix.copy()
    for k in range(len(out)):
        pivot = out[k, k]
        if not pivot >= LEAST:
            return np.full_like(out, np.nan)
        row, column = out[k] / pivot, out[:, k].copy()
        out -= column[:, np.newaxis] * row
        out[:, k] = -column / pivot
        out[k] = row
        out[k, k] = 1.0 / pivot
    return out
