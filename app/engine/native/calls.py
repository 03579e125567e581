"""What the compiled kernel offers besides playing programs.

Each function names the NumPy code that it equals, and answers None (or False) where there is no kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.engine.native import at, library, real, whole

Floats = NDArray[np.float64]


def _side_by_side(rows: Floats) -> Floats:
    """Return rows whose numbers lie side by side; how far apart the rows are does not matter."""
    fits = rows.dtype == np.float64 and rows.strides[1] == 8 and rows.strides[0] % 8 == 0
    return rows if fits else np.ascontiguousarray(rows, dtype=np.float64)


class Series:
    """Cash flows `(n_periods, n_trials)` and the gaps between them, as the kernel reads them."""

    def __init__(self, flows: Floats, widths: tuple[float, ...], which: tuple[int, ...]) -> None:
        self.flows = _side_by_side(flows)
        self.widths = np.array(widths, dtype=np.float64)
        self.which = np.array(which, dtype=np.int64)
        periods = len(self.flows)
        if len(self.which) != periods - 1 or (
            periods > 1 and not 0 <= min(which) <= max(which) < len(widths)
        ):
            raise ValueError("gaps do not fit the flows")

    @property
    def trials(self) -> int:
        return int(self.flows.shape[1])

    def _own(self) -> tuple[Any, Any, Any]:
        return at(self.flows), whole(self.flows.strides[0] // 8), whole(len(self.flows))

    def _timed(self, factors: Floats) -> tuple[Any, ...]:
        return at(factors), whole(self.trials), at(self.widths), at(self.which)

    def _factors(self, u: Floats) -> Floats:
        return np.exp(-self.widths[:, np.newaxis] * u)

    def value_and_slope(self, u: Floats) -> tuple[Floats, Floats] | None:
        """`roots.value_and_slope`"""
        kernel = library()
        if kernel is None:
            return None
        factors, value, slope = self._factors(u), np.empty(self.trials), np.empty(self.trials)
        kernel.value_and_slope(*self._own(), *self._timed(factors), at(value), at(slope))
        return value, slope

    def guess_sums(self) -> Floats | None:
        """The sums of `roots.first_guess`, `(4, n_trials)`."""
        kernel = library()
        if kernel is None:
            return None
        sums = np.empty((4, self.trials))
        kernel.guess_sums(*self._own(), whole(self.trials), at(self.widths), at(self.which), at(sums))
        return sums

    def newton(
        self,
        given: tuple[Floats, NDArray[np.bool_]],
        state: tuple[NDArray[Any], ...],
        *,
        late: bool,
        done: float,
    ) -> bool:
        """One step of `roots.solve`. given: centre, rising. state: u, low, high, last, pending, changed in
        place."""
        kernel = library()
        if kernel is None:
            return False
        factors = self._factors(state[0])
        if any(each.shape != (self.trials,) or not each.flags.c_contiguous for each in (*given, *state)):
            raise ValueError("a row does not fit the flows")
        rows = (*map(at, given), *map(at, state))
        kernel.newton_step(*self._own(), *self._timed(factors), *rows, whole(int(late)), real(done))
        return True


def signs(rows: Floats) -> tuple[NDArray[np.intp], Floats] | None:
    """`returns.signs.sign_changes` of finite rows."""
    kernel = library()
    if kernel is None:
        return None
    flows = _side_by_side(rows)
    changes, first = np.empty(flows.shape[1], dtype=np.int64), np.empty(flows.shape[1])
    kernel.signs(
        at(flows),
        whole(flows.strides[0] // 8),
        whole(len(flows)),
        whole(flows.shape[1]),
        at(changes),
        at(first),
    )
    return changes, first


def sobol(shared: NDArray[np.uint32], own: NDArray[np.uint32], count: int) -> Floats | None:
    """`SobolPoints._whole_rounds` of shared `(dimensions, rounds, replicates)`, own `(dimensions,
    replicates)`."""
    kernel = library()
    if kernel is None:
        return None
    dimensions, rounds, replicates = shared.shape
    if count > rounds * replicates or own.shape != (dimensions, replicates):
        raise ValueError("more points than rounds")
    shared, own = np.ascontiguousarray(shared), np.ascontiguousarray(own)
    u = np.empty((dimensions, count))
    sizes = (dimensions, rounds, replicates, count)
    kernel.sobol(at(shared), at(own), *map(whole, sizes), at(u))
    return u


def scores(u: Floats, start: Floats, step: Floats, centre: float) -> tuple[NDArray[np.int64], Floats] | None:
    """`samplers.normal_scores` in place but for the tails, whose places and probabilities it returns."""
    kernel = library()
    if kernel is None or not u.flags.c_contiguous:
        return None
    places, tails = np.empty(u.size + 1, dtype=np.int64), np.empty(u.size + 1)
    table = (at(start), at(step), whole(len(start)), real(centre))
    found = kernel.scores(at(u), whole(u.size), *table, at(places), at(tails))
    return places[:found], tails[:found]


def looked_up(z: Floats, start: Floats, step: Floats, terms: tuple[float, float, float]) -> Floats | None:
    """`Table.__call__`; terms: cells per unit, half of all cells, last position."""
    kernel = library()
    if kernel is None or not 0 <= terms[2] < len(start):
        return None
    z = np.ascontiguousarray(z, dtype=np.float64)
    out = np.empty(z.shape)
    kernel.looked_up(at(z), whole(z.size), at(start), at(step), *map(real, terms), at(out))
    return out


def tally(rows: NDArray[Any], low: Floats, scale: Floats, counts: NDArray[np.int64]) -> bool:
    """`streaming.Ranges.count` of rows in single or double precision, added to counts `(n_rows, bins)`."""
    kernel = library()
    size = rows.dtype.itemsize
    if kernel is None or rows.dtype.kind != "f" or size not in (4, 8) or rows.strides[1] != size:
        return False
    fits = low.shape == scale.shape == (len(rows),) and low.dtype == scale.dtype == np.float64
    if not (fits and len(counts) == len(rows) and counts.dtype == np.int64 and counts.flags.c_contiguous):
        raise ValueError("counts and ranges do not fit the rows")
    count = kernel.tally_float if size == 4 else kernel.tally_double
    sizes = (rows.strides[0] // size, *rows.shape)
    count(at(rows), *map(whole, sizes), at(low), at(scale), whole(counts.shape[1]), at(counts))
    return True
