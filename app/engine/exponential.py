"""The exponential function of simulated paths and of rates of return, with the same bits on every processor.

NumPy's own `exp` is one of three by processor, which differ in the last bit. This one is made of operations
that IEEE 754 defines to the last bit, in an order that the compiled kernel keeps: x = k·ln 2 + r, then
e^r by its series to r¹³/13!, then times 2^k in two factors, so that denormal results are rounded once.
Within 0.9 units in the last place.
"""

from __future__ import annotations

from math import factorial

import numpy as np

from app.engine.native.calls import exponentials
from app.engine.quantity import Array

PIECE = 1 << 14  # numbers at a time, so that what is between the operations stays in a core's cache
LEAST, MOST = -746.0, 710.0  # beyond them the result is zero or infinite anyhow
ROUNDER = 1.5 * 2.0**52  # adding it leaves a whole number in the lowest bits
PER_LN2 = float.fromhex("0x1.71547652b82fep+0")
LN2_HIGH = float.fromhex("0x1.62e42feep-1")  # its product with any k here is exact
LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
SERIES = tuple(1.0 / factorial(n) for n in range(13, 1, -1))


def exp(x: Array) -> Array:
    """Return e to the power of each number, an array of the same shape.

    >>> exp(np.array([0.0, 1.0])).round(12).tolist()
    [1.0, 2.718281828459]
    """
    found = exponentials(x)
    if found is not None:
        return found
    flat = np.ravel(x)
    out = np.empty(len(flat))
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for start in range(0, len(flat), PIECE):
            out[start : start + PIECE] = _piece(flat[start : start + PIECE])
    return out.reshape(np.shape(x))


def _piece(x: Array) -> Array:
    kept = np.minimum(np.maximum(x, LEAST), MOST)
    whole = kept * PER_LN2
    whole += ROUNDER
    whole -= ROUNDER
    high = kept - whole * LN2_HIGH
    low = whole * LN2_LOW
    r = high - low
    total = r * SERIES[0]
    total += SERIES[1]
    for term in SERIES[2:]:
        total *= r
        total += term
    value = r * r
    value *= total
    value -= low
    value += high
    value += 1.0
    half = whole * 0.5
    half += ROUNDER
    rest = whole - (half - ROUNDER)
    rest += ROUNDER
    value *= _power_of_two(half)
    value *= _power_of_two(rest)
    return value


def _power_of_two(rounded: Array) -> Array:
    """Return 2 to the power of the whole number in the lowest bits."""
    bits = rounded.view(np.uint64) << np.uint64(52)
    bits += np.uint64(1023 << 52)
    return bits.view(np.float64)
