"""What the compiled kernel offers for paths of prices and costs.

Each function names the NumPy code that it equals, and answers None (or False) where there is no kernel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.engine.native import at, library, real, whole

Floats = NDArray[np.float64]
TILE = 128  # trials at a time


def _side_by_side(rows: Floats) -> bool:
    return rows.dtype == np.float64 and rows.strides[-1] == 8 and rows.strides[0] % 8 == 0


def bridged(leading: Floats, finer: Floats, steps: tuple[Floats, float], out: Floats) -> bool:
    """`bridge.shocks`; steps: its table, and how the sum of all shocks grows."""
    kernel = library()
    if kernel is None or not (_side_by_side(leading) and _side_by_side(finer)):
        return False
    table, last = steps
    periods, trials = out.shape
    fits = leading.shape == (trials,) and finer.shape == (periods - 1, trials)
    if not fits or table.shape != (periods - 1, 6) or not out.flags.c_contiguous:
        raise ValueError("components do not fit the shocks")
    apart, tile = finer.strides[0] // 8, min(TILE, max(trials, 1))
    walk = np.empty((periods, tile))
    sizes = whole(apart), whole(periods), whole(trials)
    kernel.bridged(at(leading), at(finer), *sizes, at(table), real(last), at(walk), whole(tile), at(out))
    return True


def moved(shocks: Floats, terms: Floats, *, away: float, logarithmic: bool, level: float) -> Floats | None:
    """`diffusion.Motion.levels`; terms: spread, drift and persistence, `(3, n_periods)`."""
    kernel = library()
    if kernel is None or not _side_by_side(shocks):
        return None
    if terms.shape != (3, len(shocks)) or not terms.flags.c_contiguous:
        raise ValueError("terms do not fit the shocks")
    out, tile = np.empty(shocks.shape), min(TILE, max(shocks.shape[1], 1))
    state = np.empty(tile)
    sizes = whole(shocks.strides[0] // 8), *map(whole, shocks.shape)
    kind = real(away), whole(int(logarithmic)), real(level)
    kernel.moved(at(shocks), *sizes, at(terms), *kind, at(state), whole(tile), at(out))
    return out
