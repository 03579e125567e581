"""Sobol sequences: direction numbers and their random linear scrambling.

The direction numbers are those of Joe & Kuo (2008, SIAM J. Sci. Comput. 30), in the table that SciPy
installs; reading the file costs 10 ms, importing `scipy.stats.qmc` for it 370 ms. Scrambling multiplies each
dimension by a random lower-triangular bit matrix and adds a random shift (Matoušek 1998, J. Complexity 14):
the variance of Owen's scrambling at no cost per point, because the matrix goes into the direction numbers.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import scipy
from numpy.typing import NDArray

from app.engine.native.calls import scrambled as native_scrambled

BITS = 32
MAX_DIMENSIONS = 21_201
TABLE = Path(scipy.__file__).parent / "stats" / "_sobol_direction_numbers.npz"


@lru_cache(maxsize=8)
def directions(dimensions: int) -> NDArray[np.uint32]:
    """Return direction numbers `(dimensions, BITS)`; column j belongs to bit j of the point's index."""
    with np.load(TABLE) as table:
        polynomials, initial = table["poly"][:dimensions], table["vinit"][:dimensions]
    numbers = np.ones((dimensions, BITS), dtype=np.int64)
    degrees = np.array([int(polynomial).bit_length() - 1 for polynomial in polynomials])
    for degree in np.unique(degrees[1:]):
        rows = np.flatnonzero(degrees == degree)
        rows = rows[rows > 0]  # the first dimension is van der Corput's sequence: ones
        numbers[rows] = _recurrence(polynomials[rows], initial[rows, :degree], int(degree))
    shifts = np.arange(BITS - 1, -1, -1, dtype=np.int64)
    return (numbers << shifts).astype(np.uint32)


def _recurrence(polynomials: NDArray[np.int64], initial: NDArray[np.int64], degree: int) -> NDArray[np.int64]:
    """Continue `m_i = 2a₁m_{i−1} ⊕ … ⊕ 2^s·m_{i−s} ⊕ m_{i−s}` for dimensions whose polynomials share a
    degree."""
    numbers = np.zeros((len(polynomials), BITS), dtype=np.int64)
    numbers[:, :degree] = initial
    for column in range(degree, BITS):
        value = numbers[:, column - degree].copy()
        for back in range(1, degree + 1):
            present = (polynomials >> (degree - back)) & 1
            value ^= present * (numbers[:, column - back] << back)
        numbers[:, column] = value
    return numbers


def scrambled_directions(
    rng: np.random.Generator, dimensions: int, replicates: int, bits: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return scrambled direction numbers `(replicates, dimensions, bits)` and shifts `(replicates,
    dimensions)`."""
    plain = directions(dimensions)[:, :bits]
    shift = rng.integers(0, 1 << BITS, (replicates, dimensions), dtype=np.uint32)
    rows = rng.integers(0, 1 << BITS, (BITS, replicates, dimensions), dtype=np.uint32)
    return _scrambled(plain, rows), shift


def _scrambled(plain: NDArray[np.uint32], rows: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return direction numbers times matrices, which are given by their rows from the highest bit on; above
    the diagonal they count as 0, on it as 1."""
    found = native_scrambled(plain, rows)
    if found is not None:
        return found
    scrambled = np.zeros((rows.shape[1], *plain.shape), dtype=np.uint32)
    for place, own in enumerate(rows):
        bit = BITS - 1 - place
        above = np.uint32((1 << BITS) - (1 << bit))
        row = (own & above) | np.uint32(1 << bit)
        parity = np.bitwise_count(plain & row[:, :, None]) & np.uint8(1)
        scrambled |= parity.astype(np.uint32) << np.uint32(bit)
    return scrambled
