"""The times of many series of flows, and names for what is known of each series."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

Row = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Time between neighbouring flows: distinct widths [year] and which of them stands at each gap."""

    widths: tuple[float, ...]
    which: tuple[int, ...]

    @classmethod
    def of(cls, exponents: ArrayLike) -> Gaps:
        """Return the gaps of ascending exponents `(n_periods,)` [year]; differences by rounding vanish."""
        return _gaps(np.ravel(exponents).astype(np.float64).tobytes())

    def reversed(self) -> Gaps:
        return Gaps(self.widths, self.which[::-1])

    def times(self) -> Row:
        """Return the time of each flow after the first [year], `(n_periods,)`."""
        return np.concatenate(([0.0], np.cumsum([self.widths[i] for i in self.which])))


@lru_cache(maxsize=64)
def _gaps(exponents: bytes) -> Gaps:
    """Return the gaps of these numbers; the cases of a project, and the blocks of a run, share theirs."""
    widths, which = np.unique(np.round(np.diff(np.frombuffer(exponents)), 12), return_inverse=True)
    return Gaps(tuple(map(float, widths)), tuple(map(int, which)))
