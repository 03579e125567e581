"""Which driver moves an output, from the trials of the run itself.

Rank correlation, standardised regression, first-order share of variance, conditional means for a tornado, and
what the drivers look like among the worst trials. All of it holds for correlated drivers too, as statements
about the driver together with what moves with it. Sums here never go through BLAS, whose order of summation
may vary.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from app.engine.kinds import Tail
from app.engine.quantity import Array
from app.engine.simulation.result import Attribution, DriverEffect

SAMPLE = 1 << 16  # trials looked at: the error of a rank correlation is below 0.4 %
BINS = 64
LOW, HIGH, HALF_WINDOW = 0.10, 0.90, 0.05
Ranks = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A variable, its trials in ascending order, and its ranks scaled to mean 0 and variance 1."""

    values: Array
    order: Ranks
    ranks: Array

    @classmethod
    def of(cls, values: Array) -> _Ranked:
        order = np.argsort(values, kind="stable")
        return cls(values, order, standardised(_tied_ranks(values, order)))


def _tied_ranks(values: Array, order: Ranks) -> Array:
    """Return ranks from 0, equal values sharing the mean of theirs."""
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    ends = np.append(starts[1:], len(values))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat((starts + ends - 1) / 2, ends - starts)
    return ranks


def standardised(values: Array) -> Array:
    """Return values with mean 0 and variance 1, or zeros when they are all equal."""
    away = values - values.mean()
    sd = sqrt(float(np.mean(away * away)))
    return away / sd if sd else np.zeros_like(away)


def attribute(
    key: str, output: Array, names: tuple[str, ...], sample: NDArray[np.float32], tail: float, side: Tail
) -> Attribution | None:
    """Return the drivers of one output.

    output: `(n_trials,)`, NaN where undefined; sample: `(n_drivers, n_trials)`. None with fewer than 100
    values or without a driver.
    """
    defined = ~np.isnan(output)
    if not names or int(defined.sum()) < 100:
        return None
    values = output[defined]
    drivers = [_Ranked.of(row[defined].astype(np.float64)) for row in sample]
    ranked = _Ranked.of(values)
    coefficients, r_squared = regression(
        standardised(values), np.array([standardised(d.values) for d in drivers])
    )
    inside = max(round(tail * len(values)), 1)
    worst = ranked.order[:inside] if side is Tail.LOW else ranked.order[-inside:]
    effects = [
        _effect(name, driver, ranked, coefficient, worst)
        for name, driver, coefficient in zip(names, drivers, coefficients, strict=True)
    ]
    effects.sort(key=lambda effect: -effect.swing)
    return Attribution(key, len(values), r_squared, tuple(effects))


def _effect(name: str, driver: _Ranked, output: _Ranked, coefficient: float, worst: Ranks) -> DriverEffect:
    by_driver = output.values[driver.order]
    mean, sd = float(driver.values.mean()), float(driver.values.std())
    among_worst = float(driver.values[worst].mean())
    return DriverEffect(
        driver=name,
        spearman=float(np.mean(driver.ranks * output.ranks)),
        regression=float(coefficient),
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
    """Return Var(E[Y|X])/Var(Y) from the means of bins with equally many trials, freed of the bins' own
    noise."""
    bins = min(BINS, max(len(by_driver) // 50, 2))
    size = len(by_driver) // bins
    table = by_driver[: bins * size].reshape(bins, size)
    total = float(table.var())
    if not total:
        return 0.0
    within = float(table.var(axis=1, ddof=1).mean()) if size > 1 else 0.0
    between = float(table.mean(axis=1).var()) * bins / (bins - 1)
    return float(np.clip((between - within / size) / total, 0.0, 1.0))


def regression(output: Array, drivers: Array) -> tuple[Array, float]:
    """Return standardised coefficients `(n_drivers,)` and R² of a linear fit.

    output `(n,)`, drivers `(n_drivers, n)`: standardised. Drivers that repeat each other share their
    coefficient.
    """
    count = len(drivers)
    among = np.empty((count, count))
    for i in range(count):
        for j in range(i + 1):
            among[i, j] = among[j, i] = np.mean(drivers[i] * drivers[j])
    towards = np.array([np.mean(row * output) for row in drivers])
    coefficients = np.linalg.pinv(among, hermitian=True) @ towards
    return coefficients, float(np.clip(np.sum(coefficients * towards), 0.0, 1.0))
