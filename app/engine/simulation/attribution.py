"""Which driver moves an output, from the trials of the run itself.

Rank correlation, standardised regression, first-order share of variance, conditional means for a tornado,
and what the drivers look like among the worst trials. All of it holds for correlated drivers too, as
statements about the driver together with what moves with it. Sums here never go through BLAS, whose order of
summation may vary.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from app.engine.kinds import Tail
from app.engine.quantity import Array
from app.engine.simulation.result import Attribution, DriverEffect

SAMPLE = 1 << 15  # trials looked at: the error of a rank correlation is below 0.6 %
FEWEST = 100
BINS = 64
LOW, HIGH, HALF_WINDOW = 0.10, 0.90, 0.05
Order = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Ranked:
    """A variable and its trials in ascending order."""

    values: Array
    order: Order

    @classmethod
    def of(cls, values: Array) -> Ranked:
        """Return a variable `(n_trials,)` without NaN, put in order."""
        return cls(values, np.argsort(values, kind="stable"))

    def among(self, kept: Mask) -> Ranked:
        """Return the variable in some of the trials, without sorting again."""
        places = np.cumsum(kept) - 1
        return Ranked(self.values[kept], places[self.order[kept[self.order]]])

    @cached_property
    def ranks(self) -> Array:
        """Ranks scaled to mean 0 and variance 1; equal values share the mean of theirs."""
        ordered = self.values[self.order]
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        ranks = np.empty(len(ordered))
        if len(starts) == len(ordered):
            ranks[self.order] = np.arange(len(ordered), dtype=np.float64)
        else:
            ends = np.append(starts[1:], len(ordered))
            ranks[self.order] = np.repeat((starts + ends - 1) / 2, ends - starts)
        return standardised(ranks)

    @cached_property
    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation."""
        return float(self.values.mean()), float(self.values.std())

    @cached_property
    def scaled(self) -> Array:
        """Values scaled to mean 0 and variance 1."""
        return standardised(self.values)


def standardised(values: Array) -> Array:
    """Return values with mean 0 and variance 1, or zeros when they are all equal."""
    away = values - values.mean()
    sd = sqrt(float(np.mean(away * away)))
    return away / sd if sd else np.zeros_like(away)


class Sample:
    """The drivers of the leading trials, put in order once for all outputs."""

    def __init__(self, names: tuple[str, ...], rows: NDArray[np.float32]) -> None:
        self.names = names
        self.trials = rows.shape[1]
        self._drivers = [Ranked.of(row.astype(np.float64)) for row in rows]
        self._whole = self._drivers, _products(self._drivers)

    def attribute(self, key: str, output: Array, tail: float, side: Tail) -> Attribution | None:
        """Return the drivers of one output `(n_trials,)`, NaN where undefined.

        None without a driver, with fewer than 100 values, or when the output does not vary.
        """
        defined = ~np.isnan(output)
        values = output[defined]
        if not self.names or len(values) < FEWEST or values.min() == values.max():
            return None
        drivers, products = self._whole if len(values) == len(output) else self._among(defined)
        ranked = Ranked.of(values)
        coefficients, r_squared = regression(ranked.scaled, drivers, products)
        inside = max(round(tail * len(values)), 1)
        worst = ranked.order[:inside] if side is Tail.LOW else ranked.order[-inside:]
        effects = [
            _effect(name, driver, ranked, float(coefficient), worst)
            for name, driver, coefficient in zip(self.names, drivers, coefficients, strict=True)
        ]
        effects.sort(key=lambda effect: -effect.swing)
        return Attribution(key, len(values), r_squared, tuple(effects))

    def _among(self, kept: Mask) -> tuple[list[Ranked], Array]:
        drivers = [driver.among(kept) for driver in self._drivers]
        return drivers, _products(drivers)


def _products(drivers: list[Ranked]) -> Array:
    """Return the correlations between drivers, `(n_drivers, n_drivers)`."""
    products = np.empty((len(drivers), len(drivers)))
    for i, first in enumerate(drivers):
        for j, second in enumerate(drivers[: i + 1]):
            products[i, j] = products[j, i] = np.mean(first.scaled * second.scaled)
    return products


def regression(output: Array, drivers: list[Ranked], products: Array) -> tuple[Array, float]:
    """Return standardised coefficients `(n_drivers,)` and R² of a linear fit of a standardised output.

    Drivers that repeat each other share their coefficient.
    """
    towards = np.array([np.mean(driver.scaled * output) for driver in drivers])
    coefficients = np.linalg.pinv(products, hermitian=True) @ towards
    return coefficients, float(np.clip(np.sum(coefficients * towards), 0.0, 1.0))


def _effect(name: str, driver: Ranked, output: Ranked, coefficient: float, worst: Order) -> DriverEffect:
    by_driver = output.values[driver.order]
    mean, sd = driver.moments
    among_worst = float(driver.values[worst].mean())
    return DriverEffect(
        driver=name,
        spearman=float(np.mean(driver.ranks * output.ranks)),
        regression=coefficient,
        first_order=_first_order(by_driver),
        low=_window(by_driver, LOW),
        high=_window(by_driver, HIGH),
        worst=among_worst,
        worst_shift=(among_worst - mean) / sd if sd else 0.0,
    )


def _window(by_driver: Array, level: float) -> float:
    """Return the mean output around a percentile of the driver, over a tenth of the trials."""
    count = len(by_driver)
    return float(
        by_driver[round((level - HALF_WINDOW) * count) : round((level + HALF_WINDOW) * count)].mean()
    )


def _first_order(by_driver: Array) -> float:
    """Return Var(E[Y|X])/Var(Y) from bins of equally many trials, freed of the noise of their means."""
    bins = min(BINS, max(len(by_driver) // 50, 2))
    size = len(by_driver) // bins
    table = by_driver[: bins * size].reshape(bins, size)
    means = table.mean(axis=1)
    within = float(np.mean(np.square(table - means[:, None]))) * size / (size - 1)
    between = float(np.mean(np.square(means - means.mean())))
    total = between + within * (size - 1) / size
    return float(np.clip((between * bins / (bins - 1) - within / size) / total, 0.0, 1.0)) if total else 0.0
