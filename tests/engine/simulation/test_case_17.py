"""Case 17: every quantity with an exact answer, found by simulation within four standard errors, for two
seeds."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy

from app.engine.inputs import Correlation, SimulationSpec, Uncertain, UncertainPath
from app.engine.kinds import DistributionFamily as F, Draw, PriceProcess, Sampler
from app.engine.simulation import SimulationResult, simulate
from app.engine.simulation.dependence import normal_correlation, normal_spearman
from app.engine.simulation.outcome import Model
from app.engine.simulation.result import Estimate, OutputStatistics
from app.engine.simulation.samplers import LatinHypercubePoints
from app.engine.simulation.sobol_indices import sobol_indices
from tests.engine.simulation.models import every_driver, g_function, ishigami, linear_npv, mine, product

CASE = json.loads((Path(__file__).parents[1] / "cases" / "17_monte_carlo_analytic.json").read_text())
EXACT = {check["id"]: check["published"] for check in CASE["checks"]}
SEEDS = (1, 20_260)
PLAIN = Sampler.PLAIN
TRIALS = 32_768
TEN_OF_NINETY = (0.05, 0.10, 0.50, 0.90)


def run(
    model: Model, seed: int, *uncertain: Uncertain, paths: tuple[UncertainPath, ...] = (), **options: Any
) -> SimulationResult:
    names = [u.driver for u in uncertain] + [p.driver for p in paths]
    inputs = mine(options.pop("periods", 10), **dict.fromkeys(names, 100.0))
    options = {"sampler": PLAIN, "percentiles": TEN_OF_NINETY, **options}
    spec = SimulationSpec(options.pop("trials", TRIALS), seed, uncertain, paths, **options)
    return simulate(inputs, spec, model=model, lines=())


def close(found: Estimate | tuple[float, float | None], exact: float, sampler: Sampler = PLAIN) -> bool:
    """Four standard errors; six where 16 scramblings give the error, which is Student's t and skewed."""
    value, error = (found.value, found.error) if isinstance(found, Estimate) else found
    assert value is not None
    assert error
    return abs(value - exact) < (6 if sampler is Sampler.SOBOL else 4) * error


def percentile(found: OutputStatistics, level: float) -> tuple[float, float | None]:
    return found.percentile(level).value, found.percentile(level).error


@pytest.mark.parametrize("sampler", [Sampler.PLAIN, Sampler.SOBOL])
@pytest.mark.parametrize("seed", SEEDS)
def test_distributions(seed: int, sampler: Sampler) -> None:
    bounds = {"min": 60, "mode": 100, "max": 170}
    found = run(
        every_driver,
        seed,
        Uncertain("triangular", F.TRIANGULAR, bounds),
        Uncertain("pert", F.PERT, bounds),
        Uncertain("lognormal", F.LOGNORMAL, {"mean": 100, "sd": 30}),
        Uncertain("percentiles", F.LOGNORMAL_P10_P90, {"p10": 70, "p90": 150}),
        Uncertain("truncated", F.TRUNCATED_NORMAL, {"mean": 3, "sd": 1, "min": 2.5, "max": 4}),
        sampler=sampler,
    ).outputs
    for name in ("triangular", "pert"):
        assert close(found[name].mean, EXACT[f"{name}_mean"], sampler)
        assert close(found[name].sd, EXACT[f"{name}_sd"], sampler)
    for name in ("triangular", "pert", "lognormal"):
        assert close(percentile(found[name], 0.10), EXACT[f"{name}_p10"], sampler)
        assert close(percentile(found[name], 0.90), EXACT[f"{name}_p90"], sampler)
    assert close(found["percentiles"].mean, EXACT["lognormal_from_p10_p90_mean"], sampler)
    assert close(found["truncated"].mean, EXACT["truncnorm_mean"], sampler)
    assert close(found["truncated"].sd, EXACT["truncnorm_sd"], sampler)


@pytest.mark.parametrize("seed", SEEDS)
def test_linear_npv_with_a_price_for_each_year(seed: int) -> None:
    price = Uncertain("price", F.NORMAL, {"mean": 250, "sd": 40}, draw=Draw.PERIOD)
    npv = run(linear_npv, seed, price).outputs["npv_after_tax"]
    assert close(npv.mean, EXACT["linear_npv_mean"])
    assert close(npv.sd, EXACT["linear_npv_sd_independent_prices"])


@pytest.mark.parametrize("seed", SEEDS)
def test_linear_npv_with_one_price_for_life(seed: int) -> None:
    price = Uncertain("price", F.NORMAL, {"mean": 250, "sd": 40})
    npv = run(linear_npv, seed, price).outputs["npv_after_tax"]
    assert close(npv.mean, EXACT["linear_npv_mean"])
    assert close(npv.sd, EXACT["linear_npv_sd_one_price"])
    assert close(percentile(npv, 0.05), EXACT["linear_npv_p5_one_price"])
    assert npv.tail is not None
    assert npv.loss is not None
    assert npv.tail.value_at_risk.value == npv.percentile(0.05).value
    assert close(npv.tail.conditional, EXACT["linear_npv_cvar5_one_price"])
    assert close((npv.loss.probability, npv.loss.error), EXACT["linear_npv_prob_loss"])
    sd, error = npv.sd.value, npv.percentile(0.05).error
    assert sd is not None
    assert error is not None
    assert error * math.sqrt(TRIALS) / sd == pytest.approx(EXACT["quantile_se_factor_p5"], rel=0.2)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_product_of_correlated_lognormals(seed: int) -> None:
    def lognormal(name: str, spread: float) -> Uncertain:
        return Uncertain(name, F.LOGNORMAL, {"mean": 1.0, "sd": math.sqrt(math.expm1(spread**2))})

    pairs = {("x", "y"): normal_spearman(0.6)}
    found = run(
        product, seed, lognormal("x", 0.25), lognormal("y", 0.15), correlation=Correlation(pairs)
    ).outputs["product"]
    assert close(found.mean, EXACT["lognormal_product_mean"])
    assert close(found.sd, EXACT["lognormal_product_sd"])


@pytest.mark.parametrize("seed", SEEDS)
def test_price_paths(seed: int) -> None:
    gbm = {"drift": 0.03, "volatility": 0.25, "start": 100.0}
    reverting = {"reversion": 0.5, "long_run": 80.0, "volatility": 0.3, "start": 100.0}
    ten = run(every_driver, seed, paths=(UncertainPath("gbm", PriceProcess.GBM, gbm, False),)).outputs["gbm"]
    assert close(ten.mean, EXACT["gbm_mean_T10"])
    assert close(ten.sd, EXACT["gbm_sd_T10"])
    assert close(percentile(ten, 0.50), EXACT["gbm_median_T10"])
    path = UncertainPath("price", PriceProcess.SCHWARTZ, reverting, False)
    five = run(every_driver, seed, paths=(path,), periods=5).outputs["price"]
    assert close(five.mean, EXACT["schwartz1_mean_T5"])
    tenth, ninth = five.percentile(0.10), five.percentile(0.90)
    assert tenth.error is not None
    assert ninth.error is not None
    spread = math.log(ninth.value / tenth.value) / (2 * scipy.stats.norm.ppf(0.9))
    error = math.hypot(tenth.error / tenth.value, ninth.error / ninth.value) / (2 * scipy.stats.norm.ppf(0.9))
    assert close((spread, error), EXACT["schwartz1_logsd_T5"])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gaussian_copula(seed: int) -> None:
    assert normal_spearman(0.7) == pytest.approx(EXACT["gauss_copula_spearman_0_7"], rel=1e-12)
    asked = EXACT["gauss_copula_for_target_spearman_0_7"]
    assert normal_correlation(0.7) == pytest.approx(asked, rel=1e-12)
    pair = [Uncertain(name, F.UNIFORM, {"min": 0, "max": 1}) for name in ("x", "y")]
    found = run(product, seed, *pair, correlation=Correlation({("x", "y"): 0.7})).outputs["product"]
    assert close(found.mean, 0.25 + 0.7 / 12)


@pytest.mark.parametrize("seed", SEEDS)
def test_sobol_indices(seed: int) -> None:
    angle = {"min": -math.pi, "max": math.pi}
    names = ("x1", "x2", "x3")
    spec = SimulationSpec(2, seed, tuple(Uncertain(name, F.UNIFORM, angle) for name in names))
    inputs = mine(1, **dict.fromkeys(names, 0.0))
    found = sobol_indices(inputs, spec, model=ishigami, samples=8192)["y"]
    for index, name in enumerate(names):
        assert found[index].driver == name
        assert found[index].first.value == pytest.approx(EXACT["ishigami_S1"][index], abs=0.02)
        assert found[index].total.value == pytest.approx(EXACT["ishigami_ST"][index], abs=0.02)
        assert close(found[index].total, EXACT["ishigami_ST"][index], Sampler.SOBOL)
    variance = run(ishigami, seed, *spec.uncertain, sampler=Sampler.SOBOL, periods=1).outputs["y"].sd.value
    assert variance is not None
    assert variance**2 == pytest.approx(EXACT["ishigami_numeric"], abs=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_sobol_indices_of_the_g_function(seed: int) -> None:
    names = [f"x{index}" for index in range(8)]
    spec = SimulationSpec(2, seed, tuple(Uncertain(name, F.UNIFORM, {"min": 0, "max": 1}) for name in names))
    found = sobol_indices(mine(1, **dict.fromkeys(names, 0.0)), spec, model=g_function, samples=8192)["y"]
    for index, exact in enumerate(EXACT["sobol_g_S1_first3"]):
        assert found[index].first.value == pytest.approx(exact, abs=0.02)


def test_the_error_of_a_latin_hypercube() -> None:
    errors = []
    for seed in range(300):
        source = LatinHypercubePoints(seed, 1, 100)
        errors.append(scipy.stats.norm.cdf(source.block(0, 100)[0]).mean() - 0.5)
    exact = EXACT["lhs_uniform_mean_se_N100"]
    assert np.std(errors) == pytest.approx(exact, rel=4 / math.sqrt(2 * 300))


def test_every_quantity_of_the_case_is_looked_at() -> None:
    source = Path(__file__).read_text()
    for name in EXACT:
        known = name in source or name.rsplit("_", 1)[0] in ("triangular", "pert", "lognormal")
        assert known, name
