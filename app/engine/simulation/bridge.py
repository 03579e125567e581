"""Shocks of a path from components in order of their importance, so that a few dimensions carry most of
it."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt

import numpy as np

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


def shocks(components: Array) -> Array:
    """Return independent standard normal shocks `(n_periods, n_trials)` from as many independent components.

    A Brownian bridge: the first component is the sum of all shocks over √n_periods, the second halves the
    path, the following ones its halves, and so on (Caflisch, Morokoff & Owen 1997, J. Comput. Finance 1).
    """
    periods = len(components)
    walk = np.empty_like(components)
    np.multiply(components[0], sqrt(periods), out=walk[-1])
    for component, (left, middle, right, of_left, of_right, spread) in zip(
        components[1:], _steps(periods), strict=True
    ):
        np.multiply(component, spread, out=walk[middle])
        walk[middle] += of_right * walk[right]
        if left >= 0:
            walk[middle] += of_left * walk[left]
    walk[1:] -= walk[:-1].copy()
    return walk
