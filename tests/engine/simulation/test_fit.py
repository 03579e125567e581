"""Fitting: the family that made the data comes back, with the parameters and the distances of scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy

from app.engine.kinds import DistributionFamily as F
from app.engine.simulation.distributions import build
from app.engine.simulation.fit import CUMULATIVE, ESTIMATORS, Fit, fit

MADE: list[tuple[F, dict[str, float]]] = [
    (F.UNIFORM, {"min": 2.0, "max": 5.0}),
    (F.TRIANGULAR, {"min": 60, "mode": 100, "max": 170}),
    (F.PERT, {"min": 60, "mode": 100, "max": 170}),
    (F.NORMAL, {"mean": 100, "sd": 15}),
    (F.LOGNORMAL, {"mean": 100, "sd": 60}),
    (F.GAMMA, {"shape": 2.0, "scale": 30.0}),
    (F.WEIBULL, {"shape": 1.8, "scale": 1000.0}),
]


def data(family: F, parameters: dict[str, Any], count: int = 2000) -> Any:
    return build(family, parameters).inverse(np.random.default_rng(10).random(count))


def of(found: tuple[Fit, ...], family: F) -> Fit:
    return next(each for each in found if each.family is family)


@pytest.mark.parametrize(("family", "parameters"), MADE)
def test_the_family_that_made_the_data_fits_it(family: F, parameters: dict[str, float]) -> None:
    found = fit(data(family, parameters))
    own = of(found, family)
    assert own.p_value > 0.05
    assert own.aic <= found[0].aic + 6
    for name, value in parameters.items():
        tolerance = 0.1 * (parameters["max"] - parameters["min"]) if "max" in parameters else 0.1 * value
        assert own.parameters[name] == pytest.approx(value, abs=tolerance)


def test_likelihoods_and_distances_are_those_of_scipy() -> None:
    values = data(F.GAMMA, {"shape": 2.0, "scale": 30.0})
    own = of(fit(values), F.GAMMA)
    shape, _, scale = scipy.stats.gamma.fit(values, floc=0)
    assert own.parameters == pytest.approx({"shape": shape, "scale": scale}, rel=1e-4)
    oracle = scipy.stats.gamma(own.parameters["shape"], scale=own.parameters["scale"])
    assert own.log_likelihood == pytest.approx(oracle.logpdf(values).sum())
    assert own.aic == pytest.approx(4 - 2 * oracle.logpdf(values).sum())
    test = scipy.stats.kstest(values, oracle.cdf)
    assert own.kolmogorov_smirnov == pytest.approx(test.statistic)
    assert own.p_value == pytest.approx(test.pvalue, abs=0.01)
    weibull = of(fit(values), F.WEIBULL)
    c, _, scale = scipy.stats.weibull_min.fit(values, floc=0)
    assert weibull.parameters == pytest.approx({"shape": c, "scale": scale}, rel=1e-3)


def test_the_anderson_darling_distance_is_that_of_scipy() -> None:
    values = data(F.NORMAL, {"mean": 0, "sd": 1}, 200)
    own = of(fit(values), F.NORMAL)
    rescaled = (np.sort(values) - values.mean()) / values.std()
    place = np.arange(1, 201)
    log_low, log_high = scipy.stats.norm.logcdf(rescaled), scipy.stats.norm.logsf(rescaled[::-1])
    assert own.anderson_darling == pytest.approx(-200 - np.mean((2 * place - 1) * (log_low + log_high)))


@pytest.mark.parametrize(("family", "parameters"), MADE)
def test_cumulative_curves_invert_the_inverse(family: F, parameters: dict[str, float]) -> None:
    u = np.linspace(0.01, 0.99, 33)
    assert CUMULATIVE[family](parameters, build(family, parameters).inverse(u)) == pytest.approx(u, abs=1e-9)
    assert family in ESTIMATORS


def test_negative_values_rule_positive_families_out() -> None:
    families = {each.family for each in fit(np.random.default_rng(1).standard_normal(50))}
    assert families == {F.UNIFORM, F.TRIANGULAR, F.PERT, F.NORMAL}


@pytest.mark.parametrize("values", [[1, 2, 3, 4], [1.0] * 10, [1, 2, 3, 4, np.nan], [1, 2, 3, 4, np.inf]])
def test_data_that_say_nothing_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="values"):
        fit(values)
