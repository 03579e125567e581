"""The natural logarithm behind first guesses of rates of return, with the same bits on every processor.

NumPy's own `log` is one of several by processor. This one is made of operations that IEEE 754 defines to the
last bit, in an order that the compiled kernel keeps: x = 2^k·(1 + f) with 1 + f between √½ and √2, and
ln(1 + f) = f − f²/2 + s·(f²/2 + R), where s = f/(2 + f) and R = 2s²/3 + 2s⁴/5 + … from the series of artanh.
Within one unit in the last place.
"""

from __future__ import annotations

import numpy as np

from app.engine.exponential import LN2_HIGH, LN2_LOW
from app.engine.native.calls import logarithms
from app.engine.quantity import Array

ROOT_HALF = 0x3FE6A09E << 32  # the bits of a number just below √½
SERIES = tuple(2.0 / n for n in range(23, 1, -2))


def log(x: Array) -> Array:
    """Return the natural logarithm of positive normal numbers, an array of the same shape.

    Of zero, negative and subnormal numbers it returns numbers without meaning.

    >>> log(np.array([1.0, 10.0])).round(12).tolist()
    [0.0, 2.302585092994]
    """
    found = logarithms(x)
    if found is not None:
        return found
    numbers = np.ascontiguousarray(x, dtype=np.float64)
    bits = numbers.view(np.int64)
    power = (bits - ROOT_HALF) >> 52
    f = (bits - (power << 52)).view(np.float64) - 1.0
    whole = power.astype(np.float64)
    s = f / (f + 2.0)
    z = s * s
    half = f * 0.5 * f
    total = np.full_like(z, SERIES[0])
    for term in SERIES[1:]:
        total *= z
        total += term
    total *= z
    low = whole * LN2_LOW + s * (half + total)
    return np.asarray(whole * LN2_HIGH - ((half - low) - f)).reshape(np.shape(x))
