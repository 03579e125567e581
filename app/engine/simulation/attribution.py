"""Which driver moves an output, from the trials of the run itself.

Rank correlation, standardised regression, first-order share of variance, conditional means for a tornado,
and what the drivers look like among the worst trials. All of it holds for correlated drivers too, as
statements about the driver together with what moves with it. Sums here never go through BLAS, whose order of
summation may vary.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.engine.kinds import Tail
from app.engine.quantity import Array
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

    order: trials of each in ascending order. ranks, scaled: ranks and values with mean 0 and variance 1.
    """

    values: Array
    order: Order
    ranks: Array
    scaled: Array

    @classmethod
    def of(cls, values: Array) -> Ranked:
        """Return rows put in order."""
        return cls.ordered(values, in_order(values))

    @classmethod
    def ordered(cls, values: Array, order: Order) -> Ranked:
        """Return rows whose order is known."""
        ranks = np.array([_ranks(row, own) for row, own in zip(values, order, strict=True)])
        return cls(values, order, standardised(ranks.reshape(values.shape)), standardised(values))

    @cached_property
    def moments(self) -> tuple[Array, Array]:
        """Mean and standard deviation of each variable."""
        return self.values.mean(axis=1), self.values.std(axis=1)

    def among(self, kept: Mask) -> Ranked:
        """Return the variables in some of the trials, without sorting again."""
        places = np.cumsum(kept) - 1
        order = np.array([places[own[kept[own]]] for own in self.order]).reshape(len(self.order), -1)
        return Ranked.ordered(self.values[:, kept], order)


def in_order(values: Array) -> Order:
    """Return the trials of each row in ascending order, equal ones as they came.

    There is one such order, so the quick sort finds it; only a few equal values are put in theirs.
    """
    order = np.argsort(values, axis=1)
    for row, own in zip(values, order, strict=True):
        ordered = row[own]
        first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
        tied = np.flatnonzero(~first | ~np.append(first[1:], True))
        if len(tied) > len(row) // 4:
            own[:] = np.argsort(row, kind="stable")
        elif len(tied):
            group, trials = np.cumsum(first)[tied], own[tied]
            own[tied] = trials[np.lexsort((trials, group))]
    return order


def _ranks(values: Array, order: Order) -> Array:
    """Return ranks from 0; equal values share the mean of theirs."""
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    ranks = np.empty(len(ordered))
    if len(starts) == len(ordered):
        ranks[order] = np.arange(len(ordered), dtype=np.float64)
    else:
        ends = np.append(starts[1:], len(ordered))
        ranks[order] = np.repeat((starts + ends - 1) / 2, ends - starts)
    return ranks


def standardised(rows: Array) -> Array:
    """Return rows with mean 0 and variance 1; zeros where all values are equal."""
    away = rows - rows.mean(axis=1, keepdims=True)
    sd = np.sqrt(np.mean(away * away, axis=1, keepdims=True))
    return np.asarray(np.divide(away, sd, out=np.zeros_like(away), where=sd > 0))


class Sample:
    """The drivers of the leading trials, put in order once for all outputs."""

    def __init__(self, names: tuple[str, ...], rows: NDArray[np.float32]) -> None:
        self.names = names
        self.trials = rows.shape[1]
        whole = Ranked.of(rows.astype(np.float64))
        self._whole = whole, _products(whole)

    def attribute(self, key: str, output: Array, tail: float, side: Tail) -> Attribution | None:
        """Return the drivers of one output `(n_trials,)`, NaN where undefined.

        None without a driver, with fewer than 100 values, or when the output does not vary.
        """
        defined = ~np.isnan(output)
        values = output[defined]
        if not self.names or len(values) < FEWEST or values.min() == values.max():
            return None
        drivers, products = self._whole
        if len(values) < len(output):
            drivers = drivers.among(defined)
            products = _products(drivers)
        ranked = Ranked.of(values[None, :])
        coefficients, r_squared = regression(ranked.scaled, drivers.scaled, products)
        inside = max(round(tail * len(values)), 1)
        worst = ranked.order[0, :inside] if side is Tail.LOW else ranked.order[0, -inside:]
        spearman, *others = _effects(drivers, ranked, worst)
        columns = (spearman, coefficients, *others)
        effects = [
            DriverEffect(name, *(float(column[index]) for column in columns))
            for index, name in enumerate(self.names)
        ]
        effects.sort(key=lambda effect: -effect.swing)
        return Attribution(key, len(values), r_squared, tuple(effects))


def _products(drivers: Ranked) -> Array:
    """Return the correlations between drivers, `(n_drivers, n_drivers)`."""
    count = len(drivers.scaled)
    products = np.empty((count, count))
    for index, row in enumerate(drivers.scaled):
        products[index, : index + 1] = np.mean(drivers.scaled[: index + 1] * row, axis=1)
        products[: index + 1, index] = products[index, : index + 1]
    return products


def regression(output: Array, drivers: Array, products: Array) -> tuple[Array, float]:
    """Return standardised coefficients `(n_drivers,)` and R² of a linear fit.

    output `(1, n)`, drivers `(n_drivers, n)`: standardised. products: correlations between the drivers; those
    that repeat each other share their coefficient.
    """
    towards = np.mean(drivers * output, axis=1)
    coefficients = np.linalg.pinv(products, hermitian=True) @ towards
    return coefficients, float(np.clip(np.sum(coefficients * towards), 0.0, 1.0))


def _effects(drivers: Ranked, output: Ranked, worst: Order) -> tuple[Array, ...]:
    """Return the other columns of `DriverEffect` in its order, each `(n_drivers,)`."""
    by_driver = output.values[0][drivers.order]
    mean, sd = drivers.moments
    among_worst = drivers.values[:, worst].mean(axis=1)
    shift = np.divide(among_worst - mean, sd, out=np.zeros_like(sd), where=sd > 0)
    spearman = np.mean(drivers.ranks * output.ranks, axis=1)
    return (
        spearman,
        _first_order(by_driver),
        _window(by_driver, LOW),
        _window(by_driver, HIGH),
        among_worst,
        shift,
    )


def _window(by_driver: Array, level: float) -> Array:
    """Return the mean output around a percentile of each driver, over a tenth of the trials."""
    count = by_driver.shape[1]
    first, last = round((level - HALF_WINDOW) * count), round((level + HALF_WINDOW) * count)
    return np.asarray(by_driver[:, first:last].mean(axis=1))


def _first_order(by_driver: Array) -> Array:
    """Return Var(E[Y|X])/Var(Y) from bins of equally many trials, freed of the noise of their means."""
    drivers, count = by_driver.shape
    bins = min(BINS, max(count // 50, 2))
    size = count // bins
    table = by_driver[:, : bins * size].reshape(drivers, bins, size)
    means = table.mean(axis=2)
    within = np.mean(np.square(table - means[:, :, None]), axis=(1, 2))
    between = np.mean(np.square(means - means.mean(axis=1, keepdims=True)), axis=1)
    total = between + within
    explained = between * bins / (bins - 1) - within / (size - 1)
    share = np.divide(explained, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(np.clip(share, 0.0, 1.0))
