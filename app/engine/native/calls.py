"""What the compiled kernel offers besides playing programs.

Each function names the NumPy code that it equals, and answers None (or False) where there is no kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.engine.native import address, at, library, real, whole

Floats = NDArray[np.float64]
SEATS = 64  # of roots.h: lanes searched at a time


def side_by_side(rows: Floats) -> Floats:
    """Return rows whose numbers lie side by side; how far apart the rows are does not matter."""
    fits = rows.dtype == np.float64 and rows.strides[1] == 8 and rows.strides[0] % 8 == 0
    return rows if fits else np.ascontiguousarray(rows, dtype=np.float64)


class Series:
    """Cash flows `(n_periods, n_trials)` and the gaps between them, as the kernel reads them."""

    def __init__(self, flows: Floats, widths: tuple[float, ...], which: tuple[int, ...]) -> None:
        self.flows = side_by_side(flows)
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

    def value_and_slope(self, u: Floats) -> tuple[Floats, Floats] | None:
        """`roots.value_and_slope`"""
        kernel = library()
        factors = exponentials(-self.widths[:, np.newaxis] * u)
        if kernel is None or factors is None:
            return None
        value, slope = np.empty(self.trials), np.empty(self.trials)
        kernel.value_and_slope(*self._own(), *self._timed(factors), at(value), at(slope))
        return value, slope

    def survey(self) -> tuple[Floats, NDArray[np.intp], Floats] | None:
        """What `roots.survey` finds: the sums `(5, n_trials)`, changes of sign and first sign, of finite
        flows."""
        kernel = library()
        if kernel is None:
            return None
        sums, first = np.empty((5, self.trials)), np.empty(self.trials)
        changes = np.empty(self.trials, dtype=np.int64)
        timed = whole(self.trials), at(self.widths), at(self.which)
        kernel.survey(*self._own(), *timed, at(sums), at(changes), at(first))
        return sums, changes, first

    def solve(self, given: tuple[NDArray[Any], ...], u: Floats, steps: tuple[int, int, float]) -> bool:
        """`roots.solve` from a first guess u on, which becomes the zero. given: centre, rising, low, high,
        wanted. steps: most of them, those that are free, the size that ends the search."""
        kernel = library()
        if kernel is None:
            return False
        kinds: tuple[type[np.generic], ...] = (np.float64, np.bool_, np.float64, np.float64, np.bool_)
        rows: list[NDArray[Any]] = [
            np.ascontiguousarray(each, k) for each, k in zip(given, kinds, strict=True)
        ]
        if any(each.shape != (self.trials,) for each in (*rows, u)) or not u.flags.c_contiguous:
            raise ValueError("a row does not fit the flows")
        most, free, done = steps
        memory = np.empty((len(self.flows), SEATS))
        timed = whole(self.trials), at(self.widths), at(self.which)
        limits = whole(most), whole(free), real(done)
        kernel.solve(*self._own(), *timed, *map(at, rows), *limits, at(u), at(memory))
        return True


def exponentials(x: Floats) -> Floats | None:
    """`exponential.exp`"""
    kernel = library()
    return None if kernel is None else _of_each(kernel.exponentials, x)


def logarithms(x: Floats) -> Floats | None:
    """`logarithm.log`"""
    kernel = library()
    return None if kernel is None else _of_each(kernel.logarithms, x)


def _of_each(function: Any, x: Floats) -> Floats:
    out = np.empty(np.shape(x))
    x = np.ascontiguousarray(x, dtype=np.float64)
    function(at(x), whole(x.size), at(out))
    return out


def payback(
    rows: Floats, clock: Floats, origin: Floats, codes: NDArray[np.uint8]
) -> tuple[Floats, NDArray[np.uint8]] | None:
    """`returns.payback.payback`; origin: one for all, or one for each trial. codes: of its four reasons."""
    kernel = library()
    if kernel is None:
        return None
    flows = side_by_side(rows)
    periods, trials = flows.shape
    clock, origin = np.ascontiguousarray(clock, np.float64), np.ascontiguousarray(origin, np.float64).ravel()
    if len(clock) != periods or not periods or len(origin) not in (1, trials) or codes.shape != (4,):
        raise ValueError("times or reasons do not fit the flows")
    years, reasons = np.empty(trials), np.empty(trials, dtype=np.uint8)
    sizes = whole(flows.strides[0] // 8), whole(periods), whole(trials)
    times = at(clock), at(origin), whole(int(len(origin) > 1))
    kernel.payback(at(flows), *sizes, *times, at(codes), at(years), at(reasons))
    return years, reasons


def scrambled(plain: NDArray[np.uint32], rows: NDArray[np.uint32]) -> NDArray[np.uint32] | None:
    """`sobol._scrambled` of numbers `(dimensions, bits)` and rows `(32, replicates, dimensions)`."""
    kernel = library()
    if kernel is None:
        return None
    (dimensions, bits), (places, replicates, width) = plain.shape, rows.shape
    if places != 32 or width != dimensions:
        raise ValueError("matrices do not fit the direction numbers")
    numbers, rows = np.ascontiguousarray(plain.T), np.ascontiguousarray(rows)
    out = np.empty((replicates, bits, dimensions), dtype=np.uint32)
    kernel.scrambled(at(numbers), at(rows), *map(whole, (replicates, dimensions, bits)), at(out))
    return out.transpose(0, 2, 1)


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


def scores(u: Floats, start: Floats, step: Floats, centre: float) -> bool:
    """`samplers.normal_scores`, in place."""
    kernel = library()
    if kernel is None or not u.flags.c_contiguous:
        return False
    kernel.scores(at(u), whole(u.size), at(start), at(step), whole(len(start)), real(centre))
    return True


def looked_up(
    z: Floats,
    chosen: Sequence[int],
    tables: Sequence[tuple[Floats, Floats]],
    terms: tuple[float, float, float],
) -> Floats | None:
    """`Table.__call__` of some rows of z `(n_rows, n)`, each with a table of its own, `(len(chosen), n)`.

    tables: start and step of each. terms: cells per unit, half of all cells, last position.
    """
    kernel = library()
    if kernel is None:
        return None
    z = side_by_side(z)
    rows, n = z.shape
    sizes = {len(part) for table in tables for part in table}
    if len(tables) != len(chosen) or not all(0 <= row < rows for row in chosen):
        raise ValueError("tables do not fit the rows")
    if not 0 <= terms[2] < min(sizes, default=terms[2] + 1):
        raise ValueError("a table has fewer cells than positions")
    places = np.array(chosen, dtype=np.int64)
    starts, steps = (np.array([address(table[i]) for table in tables], dtype=np.uintp) for i in (0, 1))
    out = np.empty((len(places), n))
    given = at(z), whole(z.strides[0] // 8), at(places), whole(len(places)), whole(n)
    kernel.looked_up(*given, at(starts), at(steps), *map(real, terms), at(out))
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
