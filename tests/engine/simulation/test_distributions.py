"""Every family against scipy.stats, and its table against its own inverse CDF."""

from __future__ import annotations

from itertools import product
from math import isfinite
from typing import Any

import numpy as np
import pytest
import scipy

from app.engine.kinds import DistributionFamily as F
from app.engine.simulation.distributions import DISTRIBUTIONS, build
from app.engine.simulation.distributions.table import values
from tests.thorough import some

LEVELS = np.array([1e-6, 1e-3, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.999, 1 - 1e-6])


def pert(low: float, mode: float, high: float, shape: float = 4.0) -> Any:
    rise = shape * (mode - low) / (high - low)
    return scipy.stats.beta(1 + rise, 1 + shape - rise, low, high - low)


def lognormal(mean: float, sd: float) -> Any:
    variance = np.log1p((sd / mean) ** 2)
    return scipy.stats.lognorm(np.sqrt(variance), scale=mean * np.exp(-variance / 2))


CONTINUOUS: list[tuple[F, dict[str, Any], Any]] = [
    (F.UNIFORM, {"min": -2.0, "max": 5.0}, scipy.stats.uniform(-2, 7)),
    (F.TRIANGULAR, {"min": 60, "mode": 100, "max": 170}, scipy.stats.triang(40 / 110, 60, 110)),
    (F.TRIANGULAR, {"min": 60, "mode": 60, "max": 170}, scipy.stats.triang(0, 60, 110)),
    (F.TRIANGULAR, {"min": 60, "mode": 170, "max": 170}, scipy.stats.triang(1, 60, 110)),
    (F.PERT, {"min": 60, "mode": 100, "max": 170}, pert(60, 100, 170)),
    (F.PERT, {"min": 60, "mode": 60, "max": 170, "shape": 9.0}, pert(60, 60, 170, 9)),
    (F.NORMAL, {"mean": 3.0, "sd": 2.0}, scipy.stats.norm(3, 2)),
    (F.TRUNCATED_NORMAL, {"mean": 3, "sd": 1, "min": 2.5, "max": 4}, scipy.stats.truncnorm(-0.5, 1, 3, 1)),
    (F.TRUNCATED_NORMAL, {"mean": 0, "sd": 1, "min": 3, "max": 6}, scipy.stats.truncnorm(3, 6)),
    (F.TRUNCATED_NORMAL, {"mean": 0, "sd": 1, "min": -6, "max": -3}, scipy.stats.truncnorm(-6, -3)),
    (F.LOGNORMAL, {"mean": 100, "sd": 30}, lognormal(100, 30)),
    (F.BETA, {"alpha": 2.0, "beta": 5.0}, scipy.stats.beta(2, 5)),
    (F.BETA, {"alpha": 0.7, "beta": 0.6, "min": 1.0, "max": 3.0}, scipy.stats.beta(0.7, 0.6, 1, 2)),
    (F.GAMMA, {"shape": 0.7, "scale": 3.0, "location": 1.0}, scipy.stats.gamma(0.7, 1, 3)),
    (F.GAMMA, {"shape": 40.0, "scale": 3.0}, scipy.stats.gamma(40, 0, 3)),
    (F.WEIBULL, {"shape": 1.5, "scale": 1000.0}, scipy.stats.weibull_min(1.5, 0, 1000)),
    (F.WEIBULL, {"shape": 4.0, "scale": 10.0, "location": 2.0}, scipy.stats.weibull_min(4, 2, 10)),
]
NAMES = [f"{family}-{index}" for index, (family, _, _) in enumerate(CONTINUOUS)]


@pytest.mark.parametrize(("family", "parameters", "oracle"), CONTINUOUS, ids=NAMES)
def test_a_family_agrees_with_scipy(family: F, parameters: dict[str, Any], oracle: Any) -> None:
    distribution = build(family, parameters)
    assert distribution.inverse(LEVELS) == pytest.approx(oracle.ppf(LEVELS), rel=1e-9, abs=1e-9)
    assert distribution.expectation() == pytest.approx(oracle.mean(), rel=1e-10)
    assert distribution.deviation() == pytest.approx(oracle.std(), rel=1e-8)
    inside = oracle.ppf(np.linspace(0.01, 0.99, 41))
    assert distribution.density(inside) == pytest.approx(oracle.pdf(inside), rel=1e-9)
    outside = np.array([oracle.ppf(0) - 1, oracle.ppf(1) + 1])
    assert not distribution.density(outside[np.isfinite(outside)]).any()


@pytest.mark.parametrize(("family", "parameters", "oracle"), CONTINUOUS, ids=NAMES)
def test_a_table_stays_within_a_millionth_of_the_range(
    family: F, parameters: dict[str, Any], oracle: Any
) -> None:
    z = some(np.linspace(-5, 5, 40_001), every=3) + 1e-5
    u = scipy.special.ndtr(z)
    found, exact = values(build(family, parameters), z), build(family, parameters).inverse(u)
    assert np.max(np.abs(found - exact)) < 1e-6 * (oracle.ppf(1 - 1e-6) - oracle.ppf(1e-6))
    assert np.all(np.diff(found) >= 0)


def test_pert_takes_its_sd_from_the_mean_and_not_from_a_sixth_of_the_range() -> None:
    found = build(F.PERT, {"min": 60, "mode": 100, "max": 170})
    assert found.deviation() == pytest.approx(20.44155, abs=1e-5)
    assert found.deviation() != pytest.approx(110 / 6, abs=1)


@pytest.mark.parametrize("mode", [70.0, 75.0, 100.0, 149.0, 150.0])
def test_a_triangle_by_percentiles_has_those_percentiles(mode: float) -> None:
    found = build(F.TRIANGULAR_P10_P90, {"p10": 70, "mode": mode, "p90": 150})
    assert found.inverse(np.array([0.1, 0.9])) == pytest.approx([70, 150], rel=1e-9)


def test_a_lognormal_by_percentiles_has_those_percentiles() -> None:
    found = build(F.LOGNORMAL_P10_P90, {"p10": 70, "p90": 150})
    assert found.inverse(np.array([0.1, 0.5, 0.9])) == pytest.approx([70, np.sqrt(70 * 150), 150])
    assert found.expectation() == pytest.approx(107.101173486)


def test_discrete_values_come_with_their_weights_in_any_order() -> None:
    found = build(F.DISCRETE, {"values": (3.0, 1.0, 2.0), "weights": (0.2, 0.3, 0.5)})
    u = (np.arange(1000) + 0.5) / 1000
    drawn, counts = np.unique(found.inverse(u), return_counts=True)
    assert list(drawn) == [1, 2, 3]
    assert list(counts) == [300, 500, 200]
    assert np.array_equal(values(found, scipy.special.ndtri(u)), found.inverse(u))
    assert found.expectation() == pytest.approx(1.9)
    assert found.deviation() == pytest.approx(0.7)


def test_observations_are_joined_by_straight_lines() -> None:
    found = build(F.EMPIRICAL, {"values": (7.0, 1.0, 3.0)})
    assert list(found.inverse(np.array([0.0, 0.25, 0.5, 0.75, 1.0]))) == [1, 2, 3, 5, 7]
    assert found.expectation() == pytest.approx(3.5)


def test_a_cumulative_curve_goes_through_its_points() -> None:
    found = build(F.CUMULATIVE, {"values": (0.0, 1.0, 5.0), "weights": (0.0, 0.3, 1.0)})
    assert list(found.inverse(np.array([0.15, 0.3, 0.65]))) == pytest.approx([0.5, 1.0, 3.0])
    u = (np.arange(100_000) + 0.5) / 100_000
    assert found.expectation() == pytest.approx(found.inverse(u).mean(), rel=1e-6)
    assert found.deviation() == pytest.approx(found.inverse(u).std(), rel=1e-6)


def test_every_family_is_registered_and_explained() -> None:
    assert set(DISTRIBUTIONS) == set(F)
    for family in DISTRIBUTIONS.values():
        assert family.label
        assert family.help
        for parameter in family.parameters:
            assert parameter.label
            assert parameter.help


@pytest.mark.parametrize(
    "family", [f for f in DISTRIBUTIONS if not any(p.many for p in DISTRIBUTIONS[f].parameters)]
)
def test_numbers_at_the_edge_of_what_a_float_holds_are_refused_or_work(family: F) -> None:
    entry = DISTRIBUTIONS[family]
    names = [parameter.name for parameter in entry.parameters]
    for numbers in some([*product((-1e99, 0.0, 1e-300, 0.005, 1.0, 2.0, 1e99), repeat=len(names))]):
        given = dict(zip(names, numbers, strict=True))
        if not entry.rejected(given):
            made = entry.build(given)
            assert isfinite(made.expectation()), given
            assert isfinite(made.deviation()), given
