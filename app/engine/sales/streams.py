"""Metal delivered under streaming agreements."""

from __future__ import annotations

import numpy as np

from app.engine.primitive import primitive
from app.engine.quantity import Array, running


@primitive
def transfer_receipts(delivered: Array, spot: Array, steps: tuple[tuple[float, float], ...]) -> Array:
    """Return the money received for streamed metal, at a fraction of spot that changes with cumulative
    volume.

    delivered [t] and spot [money/t] by period, `(n_periods, n_trials | 1)`; steps: (cumulative volume [t],
    fraction of spot). The fraction of the first step whose volume is not yet reached applies; a period in
    which a volume is reached
    is split there: `Σ_k fraction_k · (clip(V_t, v_{k-1}, v_k) - clip(V_{t-1}, v_{k-1}, v_k)) · spot_t`.
    Beyond the last volume its fraction goes on.

    >>> ounces = np.full((3, 1), 60.0)
    >>> transfer_receipts(ounces, np.ones((1, 1)), ((90.0, 0.2), (np.inf, 0.6))).ravel()
    array([12., 24., 36.])
    """
    cumulative = running(delivered)
    before = np.concatenate([np.zeros_like(cumulative[:1]), cumulative[:-1]])
    paid = np.zeros_like(cumulative)
    lower = 0.0
    for index, (volume, fraction) in enumerate(steps):
        upper = np.inf if index == len(steps) - 1 else volume
        paid += fraction * (np.clip(cumulative, lower, upper) - np.clip(before, lower, upper))
        lower = upper
    return np.asarray(paid * spot)
