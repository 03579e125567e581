"""Distributions fitted to observations by maximum likelihood, the best first, each with how well it fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite, log, sqrt

import numpy as np
import scipy

from app.engine.kinds import DistributionFamily
from app.engine.quantity import Array
from app.engine.simulation.distributions import build

FEWEST = 5
Fitted = dict[str, float]


@dataclass(frozen=True, slots=True)
class Fit:
    """One family fitted.

    log_likelihood; aic: 2k − 2·log-likelihood, the smaller the better. kolmogorov_smirnov: largest
    distance between the fitted and the observed cumulative curves; p_value: of that distance, were the
    parameters not taken from the same data (so it flatters). anderson_darling: the distance that weighs
    the tails.
    """

    family: DistributionFamily
    parameters: Fitted
    log_likelihood: float
    aic: float
    kolmogorov_smirnov: float
    p_value: float
    anderson_darling: float


def fit(values: Sequence[float] | Array) -> tuple[Fit, ...]:
    """Return the families that can have produced the observations, the smallest AIC first.

    Raises `ValueError` for fewer than five values, for values that are not finite or are all equal.
    """
    data = np.sort(np.asarray(values, dtype=np.float64))
    if len(data) < FEWEST:
        raise ValueError(f"values: {len(data)} observations; at least {FEWEST} are needed")
    if not np.all(np.isfinite(data)) or data[0] == data[-1]:
        raise ValueError("values: finite observations that are not all equal are needed")
    found = (_judged(family, estimate(data), data) for family, estimate in ESTIMATORS.items())
    return tuple(sorted((each for each in found if each is not None), key=lambda each: each.aic))


def _judged(family: DistributionFamily, parameters: Fitted | None, data: Array) -> Fit | None:
    if parameters is None:
        return None
    distribution = build(family, parameters)
    density = distribution.density(data)
    if density is None:
        return None
    with np.errstate(divide="ignore"):
        log_likelihood = float(np.sum(np.log(density)))
    if not isfinite(log_likelihood):
        return None
    cumulative = np.clip(CUMULATIVE[family](parameters, data), 1e-15, 1 - 1e-15)
    count = len(data)
    place = np.arange(1, count + 1)
    distance = float(max(np.max(place / count - cumulative), np.max(cumulative - (place - 1) / count)))
    tails = (2 * place - 1) * (np.log(cumulative) + np.log1p(-cumulative[::-1]))
    return Fit(
        family=family,
        parameters=parameters,
        log_likelihood=log_likelihood,
        aic=2 * len(parameters) - 2 * log_likelihood,
        kolmogorov_smirnov=distance,
        p_value=float(scipy.special.kolmogorov(distance * (sqrt(count) + 0.12 + 0.11 / sqrt(count)))),
        anderson_darling=float(-count - np.mean(tails)),
    )


def _uniform(data: Array) -> Fitted:
    return {"min": float(data[0]), "max": float(data[-1])}


def _normal(data: Array) -> Fitted:
    return {"mean": float(data.mean()), "sd": float(data.std())}


def _lognormal(data: Array) -> Fitted | None:
    if data[0] <= 0:
        return None
    logs = np.log(data)
    mean = float(np.exp(logs.mean() + logs.var() / 2))
    return {"mean": mean, "sd": mean * sqrt(float(np.expm1(logs.var())))}


def _gamma(data: Array) -> Fitted | None:
    """Newton's method on ln k − ψ(k) = ln mean − mean ln, from Minka's approximation."""
    if data[0] <= 0:
        return None
    gap = log(float(data.mean())) - float(np.log(data).mean())
    shape = (3 - gap + sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    for _ in range(50):
        step = (log(shape) - float(scipy.special.psi(shape)) - gap) / (
            1 / shape - float(scipy.special.polygamma(1, shape))
        )
        shape = max(shape - step, shape / 10)
        if abs(step) < 1e-12 * shape:
            break
    return {"shape": shape, "scale": float(data.mean()) / shape}


def _weibull(data: Array) -> Fitted | None:
    """Bisection on the likelihood equation of the shape, which rises through zero once."""
    if data[0] <= 0:
        return None
    logs = np.log(data) - log(float(data[-1]))
    mean_log = float(logs.mean())

    def slope(shape: float) -> float:
        weights = np.exp(shape * logs)
        return float(np.sum(weights * logs) / np.sum(weights)) - 1 / shape - mean_log

    low, high = 1e-3, 1e3
    for _ in range(200):
        middle = sqrt(low * high)
        low, high = (low, middle) if slope(middle) > 0 else (middle, high)
    scale = float(data[-1]) * float(np.mean(np.exp(low * logs))) ** (1 / low)
    return {"shape": low, "scale": scale}


def _bounded(family: DistributionFamily, data: Array) -> Fitted:
    """Maximise the likelihood over the margins outside the observations and the place of the mode between.

    A shrinking simplex from a margin of one gap between neighbours; the margins are searched by their
    logarithm, the mode by its logit, so that every step is a valid distribution.
    """
    low, high = float(data[0]), float(data[-1])
    width = high - low

    def parameters(point: Array) -> Fitted:
        margins = width * np.exp(np.clip(point[:2], -20, 5))
        start, end = low - float(margins[0]), high + float(margins[1])
        return {
            "min": start,
            "mode": start + (end - start) * float(scipy.special.expit(point[2])),
            "max": end,
        }

    def unlikely(point: Array) -> float:
        density = build(family, parameters(point)).density(data)
        return -float(np.sum(np.log(np.maximum(density, 1e-300)))) if density is not None else np.inf

    share = min(max((3 * float(data.mean()) - low - high - low) / width, 0.05), 0.95)
    first = np.array([-np.log(len(data)), -np.log(len(data)), scipy.special.logit(share)])
    found = scipy.optimize.minimize(
        unlikely, first, method="Nelder-Mead", options={"maxiter": 600, "fatol": 1e-4}
    )
    return parameters(np.asarray(found.x))


def _triangular(data: Array) -> Fitted:
    return _bounded(DistributionFamily.TRIANGULAR, data)


def _pert(data: Array) -> Fitted:
    return _bounded(DistributionFamily.PERT, data)


ESTIMATORS: dict[DistributionFamily, Callable[[Array], Fitted | None]] = {
    DistributionFamily.UNIFORM: _uniform,
    DistributionFamily.TRIANGULAR: _triangular,
    DistributionFamily.PERT: _pert,
    DistributionFamily.NORMAL: _normal,
    DistributionFamily.LOGNORMAL: _lognormal,
    DistributionFamily.GAMMA: _gamma,
    DistributionFamily.WEIBULL: _weibull,
}


def _cumulative_triangular(p: Fitted, x: Array) -> Array:
    low, mode, high = p["min"], p["mode"], p["max"]
    rising = (x - low) ** 2 / ((high - low) * (mode - low))
    return np.where(x < mode, rising, 1 - (high - x) ** 2 / ((high - low) * (high - mode)))


def _cumulative_pert(p: Fitted, x: Array) -> Array:
    width = p["max"] - p["min"]
    rise = 4 * (p["mode"] - p["min"]) / width
    return np.asarray(scipy.special.betainc(1 + rise, 5 - rise, (x - p["min"]) / width))


def _cumulative_lognormal(p: Fitted, x: Array) -> Array:
    variance = np.log1p((p["sd"] / p["mean"]) ** 2)
    return np.asarray(scipy.special.ndtr((np.log(x / p["mean"]) + variance / 2) / np.sqrt(variance)))


CUMULATIVE: dict[DistributionFamily, Callable[[Fitted, Array], Array]] = {
    DistributionFamily.UNIFORM: lambda p, x: (x - p["min"]) / (p["max"] - p["min"]),
    DistributionFamily.TRIANGULAR: _cumulative_triangular,
    DistributionFamily.PERT: _cumulative_pert,
    DistributionFamily.NORMAL: lambda p, x: np.asarray(scipy.special.ndtr((x - p["mean"]) / p["sd"])),
    DistributionFamily.LOGNORMAL: _cumulative_lognormal,
    DistributionFamily.GAMMA: lambda p, x: np.asarray(scipy.special.gammainc(p["shape"], x / p["scale"])),
    DistributionFamily.WEIBULL: lambda p, x: -np.expm1(-((x / p["scale"]) ** p["shape"])),
}
