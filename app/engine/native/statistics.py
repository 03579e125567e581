"""What the compiled kernel offers to statistics: figures of ascending values, drivers in order, their ranks.

Each function names the NumPy code that it equals, and answers None where there is no kernel. Sums run in
NumPy's own order, by halves; where NumPy turns out to add in another, nothing here is used.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.engine.native import at, library, real, whole

Floats = NDArray[np.float64]
Order = NDArray[np.int64]
MOST_TRIALS = 1 << 31  # that the kernel puts in order
Ordered = tuple[Order, NDArray[np.bool_]]


def _kernel() -> Any:
    kernel = library()
    return kernel if kernel is not None and _adds_as_numpy_does(kernel) else None


@cache
def _adds_as_numpy_does(kernel: Any) -> bool:
    """Return whether sums of few, some and many numbers have NumPy's bits."""
    numbers = np.sin(np.arange(1.0, 3000.0)) ** 3
    lengths = (1, 7, 8, 100, 128, 129, 1001, len(numbers))
    return all(
        kernel.pairwise(at(numbers), whole(n)) == float(np.add.reduce(numbers[None, :n], axis=1)[0])
        for n in lengths
    )


def _are_rows(rows: Floats) -> bool:
    """Return whether rows lie one after the other."""
    return rows.ndim == 2 and bool(rows.size) and _plain(rows)


def figures(
    rows: tuple[Floats, Order, Order],
    high: NDArray[np.bool_],
    asked: tuple[float, float, float],
    levels: Floats,
    limits: Floats,
) -> Floats | None:
    """`figures._values` of ascending rows, given by all values, where each begins and its length; the third
    central moment stands in the place of the skewness. high: of each, whether its high end is bad. asked:
    tail, weight, lost."""
    kernel = _kernel()
    if kernel is None:
        return None
    values, begins, counts = rows
    ends = begins + counts
    inside = begins.min() >= 0 < counts.min() and ends.max() <= values.size
    fits = begins.dtype == counts.dtype == np.int64 and high.dtype == np.bool_
    if not (inside and fits and len(high) == len(counts) and _plain(values, levels, limits)):
        raise ValueError("rows do not fit the values")
    out = np.empty((len(counts), 6 + len(levels) + len(limits)))
    places = [np.ascontiguousarray(each) for each in (begins, counts, high)]
    sizes = map(whole, (len(counts), len(levels), len(limits)))
    kernel.figures(at(values), *map(at, places), *sizes, *map(real, asked), at(levels), at(limits), at(out))
    return out


def _plain(*arrays: Floats) -> bool:
    return all(each.dtype == np.float64 and each.flags.c_contiguous for each in arrays)


def in_order(values: Floats) -> Ordered | None:
    """`attribution.in_order` of rows without NaN."""
    kernel = _kernel()
    if kernel is None or not _are_rows(values):
        return None
    rows, trials = values.shape
    order, fresh = np.empty(values.shape, dtype=np.int64), np.empty(values.shape, dtype=np.bool_)
    scratch = np.empty(2 * trials)
    if trials > MOST_TRIALS or not kernel.in_order(
        at(values), whole(rows), whole(trials), at(scratch), at(order), at(fresh)
    ):
        return None
    return order, fresh


def ranked(values: Floats, ordered: Ordered) -> tuple[Floats, Floats, Floats, Floats] | None:
    """Ranks, scaled values, means and deviations of `attribution.Ranked`."""
    kernel = _kernel()
    if kernel is None or not _are_rows(values):
        return None
    _check(ordered, values.shape)
    ranks, scaled = np.empty(values.shape), np.empty(values.shape)
    mean, sd, scratch = np.empty(len(values)), np.empty(len(values)), np.empty(2 * values.shape[1])
    given = at(values), *map(at, ordered), *map(whole, values.shape), at(scratch)
    kernel.ranked(*given, at(ranks), at(scaled), at(mean), at(sd))
    return ranks, scaled, mean, sd


def _check(ordered: Ordered, shape: tuple[int, ...]) -> None:
    for each, kind in zip(ordered, (np.int64, np.bool_), strict=True):
        if each.shape != shape or each.dtype != kind or not each.flags.c_contiguous:
            raise ValueError("an order does not fit the values")


def among(values: Floats, ordered: Ordered, kept: NDArray[np.bool_]) -> tuple[Floats, Ordered] | None:
    """The values and the order of `attribution.Ranked.among`."""
    kernel = _kernel()
    if kernel is None or not _are_rows(values) or not kept.flags.c_contiguous:
        return None
    _check(ordered, values.shape)
    if kept.shape != values.shape[1:] or kept.dtype != np.bool_:
        raise ValueError("a selection does not fit the values")
    rows, trials = values.shape
    left = int(np.count_nonzero(kept))
    places, found = np.empty(trials, dtype=np.int64), np.empty((rows, left))
    new = np.empty((rows, left), dtype=np.int64), np.empty((rows, left), dtype=np.bool_)
    given = (at(values), *map(at, ordered), at(kept), *map(whole, (rows, trials, left)))
    kernel.among(*given, at(places), at(found), *map(at, new))
    return found, new


def products(scaled: Floats) -> Floats | None:
    """`attribution._products` of scaled rows."""
    kernel = _kernel()
    if kernel is None or not _are_rows(scaled):
        return None
    out = np.empty((len(scaled), len(scaled)))
    kernel.products(at(scaled), *map(whole, scaled.shape), at(out))
    return out


def inverse(matrix: Floats, least: float) -> Floats | None:
    """`inverse._swept` of a matrix."""
    kernel = library()
    if kernel is None:
        return None
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("a matrix that is not square has no inverse")
    out, row = np.array(matrix, dtype=np.float64, order="C"), np.empty(len(matrix))
    swept = kernel.inverse(at(out), whole(len(out)), real(least), at(row))
    return out if swept else np.full_like(out, np.nan)


def columns(
    drivers: tuple[Floats, Floats, Floats, Order],
    outputs: Floats,
    spread: tuple[int, tuple[int, int, int, int]],
    worst: tuple[int, NDArray[np.bool_]],
) -> Floats | None:
    """`attribution._columns` of outputs `(m, n_trials)`, `(m, 7, k)`.

    drivers: values, the scaled ones, scaled ranks, order. spread: bins and the ends of both windows. worst:
    how many trials, and of each output whether they are the highest.
    """
    kernel = _kernel()
    values, scaled, ranks, order = drivers
    if kernel is None or not (_are_rows(values) and _are_rows(scaled)):
        return None
    (rows, trials), (bins, windows), (inside, high) = values.shape, spread, worst
    same = scaled.shape == ranks.shape == order.shape == values.shape and outputs.shape[1:] == (trials,)
    kinds = order.dtype == np.int64 and order.flags.c_contiguous and high.dtype == np.bool_
    if not same or not kinds or high.shape != outputs.shape[:1] or not _plain(ranks, outputs):
        raise ValueError("drivers and outputs do not fit each other")
    within = all(0 <= first < last <= trials for first, last in (windows[:2], windows[2:]))
    if not (within and 0 < bins <= trials and 0 < inside <= trials):
        raise ValueError("bins and windows do not fit the outputs")
    scratch, limits = np.empty(8 * trials + bins), np.array(windows, dtype=np.int64)
    out = np.empty((len(outputs), 7, rows))
    known = at(values), at(scaled), at(ranks), at(order), whole(rows), whole(trials)
    asked = at(outputs), at(high), whole(len(outputs)), whole(bins), at(limits), whole(inside)
    return out if kernel.columns(*known, *asked, at(scratch), at(out)) else None
