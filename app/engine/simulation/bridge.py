"""Shocks of a path from components in order of their importance, so that a few dimensions carry most of
it."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt

import numpy as np

from app.engine.native.paths import bridged
from app.engine.quantity import Array

Step = tuple[int, int, int, float, float, float]


@lru_cache(maxsize=32)
def _steps(periods: int) -> tuple[Step, ...]:
    """Return, breadth first, (left, middle, right, weight of left, weight of right, spread); -1 is the start,
    at 0."""
    steps: list[Step] = []
    gaps = [(-1, periods - 1)]
    while gaps:
        following = []
        for left, right in gaps:
            if right - left < 2:
                continue
            middle = (left + right) // 2
            width = right - left
            spread = sqrt((middle - left) * (right - middle) / width)
            steps.append((left, middle, right, (right - middle) / width, (middle - left) / width, spread))
            following += [(left, middle), (middle, right)]
        gaps = following
    return tuple(steps)


@lru_cache(maxsize=32)
def _table(periods: int) -> Array:
    """Return the steps as the kernel reads them: whole numbers as they are, in the bits of the others."""
    table = np.empty((periods - 1, 6))
    for row, step in zip(table, _steps(periods), strict=True):
        row.view(np.int64)[:3], row[3:] = step[:3], step[3:]
    return table


def shocks(leading: Array, finer: Array, out: Array) -> Array:
    """Write independent standard normal shocks `(n_periods, n_trials)` from as many independent components.

    leading: `(n_trials,)`, the most important. finer: the others, `(n_periods - 1, n_trials)`. A Brownian
    bridge: the first component is the sum of all shocks over √n_periods, the second halves the path, the
    following ones its halves, and so on (Caflisch, Morokoff & Owen 1997, J. Comput. Finance 1).
    """
    periods = len(finer) + 1
    if bridged(leading, finer, (_table(periods), sqrt(periods)), out):
        return out
    np.multiply(leading, sqrt(periods), out=out[-1])
    for component, (left, middle, right, of_left, of_right, spread) in zip(
        finer, _steps(periods), strict=True
    ):
        np.multiply(component, spread, out=out[middle])
        out[middle] += of_right * out[right]
        if left >= 0:
            out[middle] += of_left * out[left]
    out[1:] -= out[:-1].copy()
    return out
