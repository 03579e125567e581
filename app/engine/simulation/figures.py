"""Figures from values in ascending order: one sort, and no sum that depends on how trials came in.

Everything that has a standard error is one vector, so that independent scramblings can be compared: mean, sd,
skewness, value at risk, the mean beyond it, probability of loss, percentiles, probabilities below thresholds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from app.engine.kinds import Tail
from app.engine.native import statistics as native
from app.engine.quantity import Array
from app.engine.simulation.ascending import Ascending

WINDOW = 3.0


@dataclass(frozen=True, slots=True)
class Request:
    """What to report of one output.

    weight: trials behind each value, above 1 when values condense a histogram. lost: degrees of freedom that
    the mean takes from the variance; none where stratified points pin the mean down.
    """

    percentiles: tuple[float, ...]
    thresholds: tuple[float, ...]
    tail: float
    side: Tail = Tail.LOW
    weight: float = 1.0
    lost: int = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures and their standard errors, NaN where there is none; the constants say what stands where."""

    values: Array
    errors: Array

    MEAN = 0
    SD = 1
    SKEWNESS = 2
    VALUE_AT_RISK = 3
    CONDITIONAL = 4
    LOSS = 5
    FIRST_PERCENTILE = 6


def quantiles(ordered: Array | NDArray[np.float32], levels: Sequence[float] | Array) -> Array:
    """Return quantiles of ascending values by linear interpolation between order statistics.

    ordered: `(…, n)`, in single or double precision; the result is `(…, len(levels))`, in double.
    """
    low, high, part = _between(ordered.shape[-1] - 1, levels)
    start: Array = ordered[..., low].astype(np.float64)
    return np.asarray(start + part * (ordered[..., high] - start))


def quantiles_of_each(rows: Ascending, levels: Sequence[float] | Array) -> Array:
    """Return the quantiles of rows of at least one value, `(n_rows, n_levels)`."""
    low, high, part = _between(rows.counts[:, None] - 1, levels)
    begins = rows.begins[:, None]
    start = rows.values[begins + low]
    return np.asarray(start + part * (rows.values[begins + high] - start))


def _between(
    last: int | NDArray[np.int64], levels: Sequence[float] | Array
) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Return the places below and above each quantile, and how far it is from the one to the other."""
    position = np.asarray(levels, dtype=np.float64) * last
    low = np.minimum(position.astype(np.intp), np.maximum(last - 1, 0))
    return low, np.minimum(low + 1, last), position - low


def mean(ordered: Array) -> Array:
    """Return the mean of ascending values `(…, n)`, `(…)`.

    Summed from the median, so that equal values have exactly that value as their mean.
    """
    centre = ordered[..., ordered.shape[-1] // 2]
    return np.asarray(centre + np.mean(ordered - centre[..., None], axis=-1))


def quantile_errors(ordered: Array, levels: Sequence[float], weight: float = 1.0) -> Array:
    """Return standard errors of quantiles from the distance between order statistics around them.

    The number of values below a quantile is binomial with sd √(n·p(1-p)) (Woodruff 1952), so no density is
    estimated; a window of three such sds, or what the tail leaves of it, steadies the figure.
    """
    level = np.asarray(levels, dtype=np.float64)
    away = np.sqrt(level * (1 - level) / (len(ordered) * weight))
    window = np.minimum(WINDOW * away, np.minimum(level, 1 - level))
    distance = quantiles(ordered, level + window) - quantiles(ordered, level - window)
    return distance / 2 * away / window


def figures(
    rows: Ascending, requests: Sequence[Request], hands: int | None = None
) -> list[tuple[Figures, Array]]:
    """Return of each output its figures with their errors, and a table of the figures of other rows.

    rows: of each output in turn all its values, at least one; those of each of the `hands` independent
    scramblings; any others, whose empty ones are left out of the table. requests: of each output, apart only
    in their side. hands: None for independent trials, whose spread shows the errors. Else an error is the
    spread between scramblings over √(their number); NaN with fewer than two.
    """
    each = len(rows) // len(requests)
    parts = [_parts(own, hands or 0) for own in rows.counts.reshape(-1, each).tolist()]
    shown = [(0, *dealt, *others) for dealt, others in parts]
    places = [each * index + row for index, own in enumerate(shown) for row in own]
    sizes = [len(own) for own in shown]
    high = np.repeat([request.side is Tail.HIGH for request in requests], sizes)
    found, first = [], 0
    with np.errstate(over="ignore", invalid="ignore"):
        all_of_them = table(rows.at(places), requests[0], high)
        for index, ((dealt, _), request, size) in enumerate(zip(parts, requests, sizes, strict=True)):
            own, beyond = all_of_them[first : first + size], 1 + len(dealt)
            first += size
            if hands is None:
                errors = _errors(rows[each * index], own[0], request)
            else:
                errors = _spread(own[1:beyond], own[0])
            found.append((Figures(own[0], errors), own[beyond:]))
    return found


def _parts(counts: list[int], hands: int) -> tuple[list[int], list[int]]:
    """Return which rows of an output hold values: of its scramblings from the fewest values on, and the
    others."""
    filled = [row for row, count in enumerate(counts) if row and count]
    dealt = sorted((row for row in filled if row <= hands), key=counts.__getitem__)
    return dealt, [row for row in filled if row > hands]


def _spread(each: Array, values: Array) -> Array:
    """Return the errors that the figures of independent scramblings show, `(n_scramblings, n_figures)`."""
    if len(each) < 2:
        return np.full_like(values, np.nan)
    away, count = each - each[0], len(each)
    middle = np.add.reduce(away) / count
    variance = np.add.reduce(away * away) / count - middle * middle
    return np.asarray(np.sqrt(np.maximum(variance, 0.0) / (count - 1)))


def table(rows: Ascending, request: Request, high: NDArray[np.bool_]) -> Array:
    """Return the figures of rows of at least one value, `(n_rows, n_figures)`; high: the rows whose high end
    is bad, whatever the request's side."""
    asked = (request.tail, request.weight, float(request.lost))
    levels, limits = np.array(request.percentiles), np.array(request.thresholds, dtype=np.float64)
    found = native.figures((rows.values, rows.begins, rows.counts), high, asked, levels, limits)
    if found is None:
        found = np.empty((len(rows), Figures.FIRST_PERCENTILE + len(levels) + len(limits)))
        for count, side in {*zip(rows.counts.tolist(), high.tolist(), strict=True)}:
            same = np.flatnonzero((rows.counts == count) & (high == side))
            asked_of = replace(request, side=Tail.HIGH if side else Tail.LOW)
            found[same] = _values(np.array(list(rows.at(same.tolist()))), asked_of)
    sd, third = found[:, Figures.SD], found[:, Figures.SKEWNESS]
    found[:, Figures.SKEWNESS] = np.divide(third, sd**3, out=np.zeros_like(sd), where=sd > 0)
    return found


def _values(rows: Array, request: Request) -> Array:
    """Return the figures of ascending rows `(k, n)`, `(k, n_figures)`; in the place of the skewness the third
    central moment."""
    count = rows.shape[1] * request.weight
    centre = mean(rows)
    away = rows - centre[:, None]
    squares = away * away
    sd = np.sqrt(np.mean(squares, axis=1) * (count / max(count - request.lost, 1)))
    third = np.mean(squares * away, axis=1)
    at_risk, conditional = _tail(rows, request)
    limits = (0.0, *request.thresholds)
    short = np.array([np.searchsorted(row, limits) for row in rows]) / rows.shape[1]
    columns = [centre, sd, third, at_risk, conditional, short[:, 0]]
    return np.column_stack([*columns, quantiles(rows, request.percentiles), short[:, 1:]])


def _tail(rows: Array, request: Request) -> tuple[Array, Array]:
    """Return the edge of the bad tail and the mean beyond it, both `(k,)`."""
    inside = _inside(rows.shape[1], request.tail)
    if request.side is Tail.LOW:
        return quantiles(rows, [request.tail])[:, 0], mean(rows[:, :inside])
    return quantiles(rows, [1 - request.tail])[:, 0], mean(rows[:, -inside:])


def _inside(count: int, tail: float) -> int:
    return max(round(tail * count), 1)


def _errors(ordered: Array, values: Array, request: Request) -> Array:
    """Return the errors of `values` from independent trials.

    Of the mean s/√n, of the sd from the fourth moment, of the skewness as for a normal output. Of the mean in
    the tail √((s² + (1-p)(CVaR-VaR)²)/(n·p)), s the spread inside it (Manistre & Hancock 2005).
    """
    count = len(ordered) * request.weight
    sd = values[Figures.SD]
    squares = np.square(ordered - values[Figures.MEAN])
    kurtosis = float(np.mean(squares * squares)) / sd**4 if sd else 1.0
    inside = _inside(len(ordered), request.tail)
    worst = ordered[:inside] if request.side is Tail.LOW else ordered[-inside:]
    conditional = values[Figures.CONDITIONAL]
    beyond = float(np.mean(np.square(worst - conditional)))
    beyond += (1 - request.tail) * float(conditional - values[Figures.VALUE_AT_RISK]) ** 2
    at_level = request.tail if request.side is Tail.LOW else 1 - request.tail
    located = quantile_errors(ordered, (at_level, *request.percentiles), request.weight)
    after = Figures.FIRST_PERCENTILE + len(request.percentiles)
    short = np.concatenate([values[Figures.LOSS : Figures.LOSS + 1], values[after:]])
    counted = np.sqrt(short * (1 - short) / count)
    spread = [
        sd / sqrt(count),
        sd * sqrt(max(kurtosis - 1, 0) / (4 * count)),
        sqrt(6 / count) if sd else 0.0,
    ]
    first = [*spread, located[0], sqrt(beyond / (inside * request.weight)), counted[0]]
    return np.concatenate([first, located[1:], counted[1:]])
