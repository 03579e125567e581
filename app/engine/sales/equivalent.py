"""Several metals expressed as one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.engine.quantity import Array


def metal_equivalent(
    masses: Mapping[str, Array],
    prices: Mapping[str, Array],
    reference: str,
    factors: Mapping[str, float] | None = None,
) -> Array:
    """Return `Σ metal_k · price_k · factor_k / price of the reference metal` [t of the reference metal].

    masses [t] and prices [money/t] by metal, `(n_periods | 1, n_trials | 1)`; factors: recovery × payable
    relative to the reference metal, where the masses do not hold them already (contained metal does not,
    payable metal does).

    >>> row = lambda value: np.full((1, 1), value)
    >>> metal_equivalent({"Cu": row(10.0), "Au": row(0.001)}, {"Cu": row(8e3), "Au": row(64e6)}, "Cu")
    array([[18.]])
    """
    value = np.zeros((1, 1))
    for metal, mass in masses.items():
        value = value + mass * prices[metal] * (factors or {}).get(metal, 1.0)
    return value / prices[reference]
