"""Correlations: asked for, converted, repaired, and found again in the draws."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

from app.engine.inputs import Correlation, SimulationSpec, Uncertain, UncertainPath
from app.engine.kinds import Copula, DistributionFamily as F, Draw, PriceProcess, Sampler
from app.engine.simulation.dependence import (
    cholesky,
    decorrelated,
    factor,
    nearest_correlation,
    normal_correlation,
    normal_spearman,
    reordered,
    student_correlation,
    student_spearman,
)
from app.engine.simulation.draws import Draws
from tests.engine.simulation.models import mine
from tests.thorough import also, crossed

UNCERTAIN = (
    Uncertain("a", F.PERT, {"min": 60, "mode": 100, "max": 170}),
    Uncertain("b", F.LOGNORMAL, {"mean": 100, "sd": 30}),
    Uncertain("c", F.TRIANGULAR, {"min": 0, "mode": 1, "max": 2}),
)
PATHS = (
    UncertainPath("gold", PriceProcess.GBM, {"volatility": 0.2}),
    UncertainPath("silver", PriceProcess.GBM, {"volatility": 0.3}),
)
PAIRS = {("a", "b"): 0.7, ("c", "b"): -0.4, ("gold", "silver"): 0.6, ("a", "gold"): -0.5}
INPUTS = mine(10, a=1.0, b=1.0, c=1.0, gold=60.0, silver=1.0)


def spearman(first: object, second: object) -> float:
    return float(scipy.stats.spearmanr(first, second)[0])


def test_spearman_is_converted_exactly_both_ways() -> None:
    assert normal_correlation(0.7) == pytest.approx(0.716735899091)
    assert normal_spearman(0.7) == pytest.approx(0.682910503824)
    assert normal_spearman(normal_correlation(-0.35)) == pytest.approx(-0.35)


@pytest.mark.parametrize("degrees", [2.5, *also(1.0, 4.0, 30.0)])
def test_the_rank_correlation_of_a_t_copula_is_that_of_a_large_sample(degrees: float) -> None:
    rng = np.random.default_rng(1)
    z = rng.standard_normal((2, 200_000))
    z[1] = 0.7 * z[0] + np.sqrt(1 - 0.49) * z[1]
    t = z / np.sqrt(rng.chisquare(degrees, 200_000) / degrees)
    assert student_spearman(0.7, degrees) == pytest.approx(spearman(*t), abs=0.006)
    assert student_spearman(student_correlation(0.6, degrees), degrees) == pytest.approx(0.6, abs=1e-9)


def test_a_t_copula_of_many_degrees_is_gaussian() -> None:
    assert student_spearman(0.7, 1000.0) == pytest.approx(normal_spearman(0.7), abs=2e-4)


def test_the_nearest_correlation_matrix_is_highams() -> None:
    """Higham 2002, section 4: distance 0.52779."""
    asked = np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]])
    found = nearest_correlation(asked)
    assert np.linalg.norm(found - asked) == pytest.approx(0.52779, abs=1e-5)
    assert found[0, 1] == pytest.approx(0.76069, abs=1e-5)
    assert found[0, 2] == pytest.approx(0.15730, abs=1e-5)


def test_a_consistent_matrix_is_left_alone() -> None:
    lower, repair = factor(("x", "y", "z"), {("x", "y"): 0.5, ("z", "y"): -0.3})
    assert not repair.repaired
    assert repair.distance == 0
    assert lower @ lower.T == pytest.approx(np.array([[1, 0.5, 0], [0.5, 1, -0.3], [0, -0.3, 1]]))


def test_an_impossible_matrix_is_repaired_and_the_move_reported() -> None:
    lower, repair = factor(("x", "y", "z"), {("x", "y"): 0.9, ("y", "z"): 0.9, ("z", "x"): -0.9})
    product = lower @ lower.T
    assert repair.repaired
    assert product.diagonal() == pytest.approx(1.0)
    assert repair.largest == pytest.approx(0.4, abs=0.01)
    assert repair.distance == pytest.approx(np.sqrt(6) * 0.4, abs=0.02)
    assert product[0, 1] == pytest.approx(0.5, abs=0.01)


def test_cholesky_refuses_what_has_no_factor() -> None:
    with pytest.raises(ValueError, match="definite"):
        cholesky(np.array([[1.0, 2.0], [2.0, 1.0]]))


def test_reordering_keeps_the_values_and_takes_the_ranks() -> None:
    assert list(reordered(np.array([5.0, 1.0, 3.0]), np.array([0.2, 0.9, 0.1]))) == [3, 5, 1]


def test_decorrelated_rows_have_no_correlation_left() -> None:
    rows = np.random.default_rng(2).standard_normal((4, 500)).cumsum(axis=0)
    assert np.cov(decorrelated(rows), bias=True) == pytest.approx(np.eye(4), abs=1e-12)


@pytest.mark.parametrize(("copula", "sampler"), crossed(Copula, Sampler))
def test_draws_have_the_rank_correlations_asked_for(copula: Copula, sampler: Sampler) -> None:
    spec = SimulationSpec(16_384, 1, UNCERTAIN, PATHS, Correlation(PAIRS, copula), sampler)
    blocks = [Draws(INPUTS, spec).block(first, 8192).drivers for first in (0, 8192)]
    rows = {name: np.concatenate([block[name] for block in blocks], axis=1) for name in blocks[0]}
    shocks = {name: np.diff(np.log(rows[name]), axis=0) for name in ("gold", "silver")}
    tolerance = 0.035 if copula is Copula.STUDENT_T else 0.02
    assert spearman(rows["a"][0], rows["b"][0]) == pytest.approx(0.7, abs=tolerance)
    assert spearman(rows["b"][0], rows["c"][0]) == pytest.approx(-0.4, abs=tolerance)
    assert spearman(rows["a"][0], rows["c"][0]) == pytest.approx(0.0, abs=0.03)
    assert spearman(shocks["gold"][4], shocks["silver"][4]) == pytest.approx(0.6, abs=tolerance)
    assert spearman(shocks["gold"][4], shocks["silver"][5]) == pytest.approx(0.0, abs=0.03)
    weaker = 0.06 if copula is Copula.STUDENT_T else 0.02
    assert spearman(rows["a"][0], rows["gold"][-1]) == pytest.approx(-0.5, abs=weaker)


@pytest.mark.parametrize("copula", Copula)
def test_a_copula_leaves_the_marginals_alone(copula: Copula) -> None:
    spec = SimulationSpec(8192, 5, UNCERTAIN, PATHS, Correlation(PAIRS, copula))
    drawn = Draws(INPUTS, spec).block(0, 8192).drivers
    rise = 4 * 40 / 110
    assert scipy.stats.kstest(drawn["a"][0], scipy.stats.beta(1 + rise, 5 - rise, 60, 110).cdf).pvalue > 0.01
    assert np.log(drawn["gold"]).std(axis=1) == pytest.approx(0.2 * np.sqrt(np.arange(1, 11)), rel=0.03)


def test_iman_conover_keeps_every_stratum_of_a_latin_hypercube() -> None:
    def drawn(copula: Copula, pairs: dict[tuple[str, str], float]) -> object:
        spec = SimulationSpec(5000, 1, UNCERTAIN, (), Correlation(pairs, copula), Sampler.LATIN_HYPERCUBE)
        return np.sort(Draws(INPUTS, spec).block(0, 5000).drivers["b"][0])

    pairs = {("a", "b"): 0.7, ("c", "b"): -0.4}
    assert np.array_equal(drawn(Copula.IMAN_CONOVER, pairs), drawn(Copula.GAUSSIAN, {}))


def test_a_t_copula_makes_extremes_meet() -> None:
    def joint(copula: Copula) -> float:
        spec = SimulationSpec(8192, 3, UNCERTAIN[:2], (), Correlation({("a", "b"): 0.5}, copula, 2.0))
        drawn = Draws(INPUTS, spec).block(0, 8192).drivers
        low = [row[0] < np.quantile(row[0], 0.01) for row in (drawn["a"], drawn["b"])]
        return float(np.mean(low[0] & low[1]))

    assert joint(Copula.STUDENT_T) > 2 * joint(Copula.GAUSSIAN)


def test_period_draws_are_autocorrelated_as_asked() -> None:
    row = Uncertain("a", F.NORMAL, {"mean": 0, "sd": 1}, draw=Draw.PERIOD, autocorrelation=0.6)
    drawn = Draws(INPUTS, SimulationSpec(8192, 1, (row,))).block(0, 8192).drivers["a"]
    assert drawn.std(axis=1) == pytest.approx(1.0, abs=0.02)
    assert np.corrcoef(drawn[4], drawn[5])[0, 1] == pytest.approx(0.6, abs=0.02)
    assert np.corrcoef(drawn[4], drawn[7])[0, 1] == pytest.approx(0.216, abs=0.03)
