"""The times of many series of flows, and names for what is known of each series."""

from __future__ import annotations

from dataclasses import dataclass

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
        widths, which = np.unique(np.round(np.diff(np.ravel(exponents)), 12), return_inverse=True)
        return cls(tuple(map(float, widths)), tuple(map(int, which)))

    def reversed(self) -> Gaps:
        return Gaps(self.widths, self.which[::-1])

    def times(self) -> Row:
        """Return the time of each flow after the first [year], `(n_periods,)`."""
        return np.concatenate(([0.0], np.cumsum([self.widths[i] for i in self.which])))
