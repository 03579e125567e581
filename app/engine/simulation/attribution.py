"""Which driver moves an output, from the trials of the run itself.

Rank correlation, standardised regression, first-order share of variance, conditional means for a tornado,
and what the drivers look like among the worst trials. All of it holds for correlated drivers too, as
statements about the driver together with what moves with it. Sums here never go through BLAS, whose order of
summation may vary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.engine.kinds import Tail
from app.engine.native import statistics as native
from app.engine.quantity import Array
from app.engine.simulation.inverse import inverse
from app.engine.simulation.result import Attribution, DriverEffect

SAMPLE = 1 << 14  # trials looked at: the error of a rank correlation is below 0.8 %
FEWEST = 100
BINS = 64
LOW, HIGH, HALF_WINDOW = 0.10, 0.90, 0.05
Order = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Ranked:
    """Variables in rows `(k, n_trials)`, without NaN.

    order: trials of each in ascending order. fresh: whether each is larger than the one before it in that
    order. ranks, scaled: ranks and values with mean 0 and variance 1. mean, sd: of each variable.
    """

    values: Array
    order: Order
    fresh: Mask
    ranks: Array
    scaled: Array
    mean: Array
    sd: Array

    @classmethod
    def of(cls, values: Array) -> Ranked:
        """Return rows put in order."""
        return cls.ordered(values, *in_order(values))

    @classmethod
    def ordered(cls, values: Array, order: Order, fresh: Mask) -> Ranked:
        """Return rows whose order is known."""
        found = native.ranked(values, (order, fresh))
        if found is not None:
            return cls(values, order, fresh, *found)
        ranks = np.array([_ranks(*own) for own in zip(order, fresh, strict=True)])
        scaled = standardised(ranks.reshape(values.shape)), standardised(values)
        return cls(values, order, fresh, *scaled, values.mean(axis=1), values.std(axis=1))

    def among(self, kept: Mask) -> Ranked:
        """Return the variables in some of the trials, without sorting again."""
        found = native.among(self.values, (self.order, self.fresh), kept)
        if found is not None:
            return Ranked.ordered(found[0], *found[1])
        places = np.cumsum(kept) - 1
        order = np.array([places[own[kept[own]]] for own in self.order]).reshape(len(self.order), -1)
        values = np.ascontiguousarray(self.values[:, kept])
        return Ranked.ordered(values, order, _fresh(values, order))

    @cached_property
    def inverse(self) -> Array:
        """The inverse of the correlations between the variables; those that repeat each other share."""
        return inverse(products(self.scaled))


def in_order(values: Array) -> tuple[Order, Mask]:
    """Return the trials of each row in ascending order, equal ones as they came, and which of them are larger
    than the one before.

    There is one such order, so the quick sort finds it; only a few equal values are put in theirs.
    """
    found = native.in_order(values)
    if found is not None:
        return found
    order = np.argsort(values, axis=1)
    fresh = _fresh(values, order)
    for row, own, first in zip(values, order, fresh, strict=True):
        tied = np.flatnonzero(~first | ~np.append(first[1:], True))
        if len(tied) > len(row) // 4:
            own[:] = np.argsort(row, kind="stable")
        elif len(tied):
            group, trials = np.cumsum(first)[tied], own[tied]
            own[tied] = trials[np.lexsort((trials, group))]
    return order, fresh


def _fresh(values: Array, order: Order) -> Mask:
    """Return whether each value in order is larger than the one before it."""
    fresh = np.ones(order.shape, dtype=np.bool_)
    ordered = np.take_along_axis(values, order, axis=1)
    np.not_equal(ordered[:, 1:], ordered[:, :-1], out=fresh[:, 1:])
    return fresh


def _ranks(order: Order, fresh: Mask) -> Array:
    """Return ranks from 0; equal values share the mean of theirs."""
    starts = np.flatnonzero(fresh)
    ends = np.append(starts[1:], len(fresh))
    ranks = np.empty(len(order))
    ranks[order] = np.repeat((starts + ends - 1) / 2, ends - starts)
    return ranks


def standardised(rows: Array) -> Array:
    """Return rows with mean 0 and variance 1; zeros where all values are equal."""
    away = rows - rows.mean(axis=1, keepdims=True)
    sd = np.sqrt(np.mean(away * away, axis=1, keepdims=True))
    return np.asarray(np.divide(away, sd, out=np.zeros_like(away), where=sd > 0))


class Sample:
    """The drivers of the leading trials, put in order once for all outputs that the same trials define."""

    def __init__(self, names: tuple[str, ...], rows: NDArray[np.float32]) -> None:
        self.names = names
        self.trials = rows.shape[1]
        self._whole = Ranked.of(rows.astype(np.float64))

    def attribute(
        self, keys: Sequence[str], outputs: Array, tail: float, sides: Sequence[Tail]
    ) -> dict[str, Attribution]:
        """Return the drivers of outputs `(n_outputs, n_trials)`, NaN where undefined.

        An output has none without a driver, with fewer than 100 values, or when it does not vary.
        """
        defined = ~np.isnan(outputs)
        enough = np.count_nonzero(defined, axis=1) >= FEWEST
        varied = np.fmin.reduce(outputs, axis=1) != np.fmax.reduce(outputs, axis=1)
        groups: dict[bytes, list[int]] = {}
        for index in np.flatnonzero(enough & varied).tolist() if self.names else ():
            groups.setdefault(np.packbits(defined[index]).tobytes(), []).append(index)
        found: dict[str, Attribution] = {}
        for group in groups.values():
            kept, drivers, values = defined[group[0]], self._whole, outputs[group]
            if not kept.all():
                drivers, values = drivers.among(kept), np.compress(kept, values, axis=1)
            high = np.array([sides[index] is Tail.HIGH for index in group])
            told = self._told([keys[index] for index in group], drivers, values, tail, high)
            found |= {own.key: own for own in told}
        return {key: found[key] for key in keys if key in found}

    def _told(
        self, keys: Sequence[str], drivers: Ranked, outputs: Array, tail: float, high: Mask
    ) -> Iterator[Attribution]:
        trials = outputs.shape[1]
        read = columns(drivers, outputs, max(round(tail * trials), 1), high)
        spearman, shared, share, low_end, high_end, worst = read
        coefficients, r_squared = regression(shared, drivers)
        shift = np.divide(worst - drivers.mean, drivers.sd, out=np.zeros_like(worst), where=drivers.sd > 0)
        order = np.argsort(-np.abs(high_end - low_end), axis=1, kind="stable").tolist()
        shown = np.stack([spearman, coefficients, share, low_end, high_end, worst, shift], axis=2).tolist()
        for key, explained, own, places in zip(keys, r_squared.tolist(), shown, order, strict=True):
            effects = tuple([DriverEffect(self.names[place], *own[place]) for place in places])
            yield Attribution(key, trials, explained, effects)


def products(scaled: Array) -> Array:
    """Return the correlations between scaled variables, `(k, k)`."""
    found = native.products(scaled)
    if found is not None:
        return found
    count = len(scaled)
    products = np.empty((count, count))
    for index, row in enumerate(scaled):
        products[index, : index + 1] = np.mean(scaled[: index + 1] * row, axis=1)
        products[: index + 1, index] = products[index, : index + 1]
    return products


def regression(shared: Array, drivers: Ranked) -> tuple[Array, Array]:
    """Return standardised coefficients `(n_outputs, n_drivers)` and R² `(n_outputs,)` of linear fits to
    scaled outputs that share so much with each driver."""
    coefficients = np.sum(drivers.inverse * shared[:, None, :], axis=2)
    return coefficients, np.clip(np.sum(coefficients * shared, axis=1), 0.0, 1.0)


def columns(drivers: Ranked, outputs: Array, inside: int, high: Mask) -> tuple[Array, ...]:
    """Return what the trials of outputs `(n_outputs, n_trials)` tell of each driver, each `(n_outputs,
    n_drivers)`. high: the outputs whose high end is bad.

    Rank correlation; correlation; Var(E[Y|X])/Var(Y) from bins of equally many trials, freed of the noise of
    their means; mean outputs around P10 and P90 of the driver; mean of the driver in the `inside` trials at
    the bad end of the output.
    """
    count = outputs.shape[1]
    bins, windows = min(BINS, max(count // 50, 2)), (*_window(count, LOW), *_window(count, HIGH))
    known = drivers.values, drivers.scaled, drivers.ranks, drivers.order
    found = native.columns(known, outputs, (bins, windows), (inside, high))
    if found is None:
        found = np.array(
            [
                _columns(drivers, output, (bins, windows), (inside, own))
                for output, own in zip(outputs, high, strict=True)
            ]
        )
    spearman, shared, between, within, low_end, high_end, worst = found.transpose(1, 0, 2)
    total = between + within
    explained = between * bins / (bins - 1) - within / (count // bins - 1)
    share = np.divide(explained, total, out=np.zeros_like(total), where=total > 0)
    return spearman, shared, np.clip(share, 0.0, 1.0), low_end, high_end, worst


def _columns(
    drivers: Ranked,
    output: Array,
    spread: tuple[int, tuple[int, int, int, int]],
    worst: tuple[int, bool],
) -> Array:
    ranked = Ranked.of(output[None, :])
    inside, high = worst
    trials = ranked.order[0, -inside:] if high else ranked.order[0, :inside]
    return np.array(
        [
            np.mean(drivers.ranks * ranked.ranks, axis=1),
            np.mean(drivers.scaled * ranked.scaled, axis=1),
            *_by_order(output[drivers.order], *spread),
            drivers.values[:, trials].mean(axis=1),
        ]
    )


def _window(count: int, level: float) -> tuple[int, int]:
    """Return a tenth of the trials around a percentile."""
    return round((level - HALF_WINDOW) * count), round((level + HALF_WINDOW) * count)


def _by_order(by_driver: Array, bins: int, windows: tuple[int, int, int, int]) -> tuple[Array, ...]:
    """Return of an output in the order of each driver: the variance between the means of bins and within the
    bins, and the means of two windows, each `(n_drivers,)`."""
    drivers, count = by_driver.shape
    size = count // bins
    table = by_driver[:, : bins * size].reshape(drivers, bins, size)
    means = table.mean(axis=2)
    within = np.mean(np.square(table - means[:, :, None]), axis=(1, 2))
    between = np.mean(np.square(means - means.mean(axis=1, keepdims=True)), axis=1)
    first, last, other_first, other_last = windows
    low, high = by_driver[:, first:last].mean(axis=1), by_driver[:, other_first:other_last].mean(axis=1)
    return between, within, low, high
