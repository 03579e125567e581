"""A hundred ways to ask for something that cannot be simulated: each is refused with its field named."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest

from app.engine.inputs import Correlation, MineInputs, SimulationSpec, Uncertain, UncertainPath
from app.engine.kinds import (
    Copula,
    DistributionFamily as F,
    Draw,
    Effect,
    PeriodLength,
    PriceProcess,
    Sampler,
)
from app.engine.quantity import Driven
from app.engine.simulation import check
from tests.engine.simulation.models import mine

INPUTS = mine(10, grade=1.0, cost=40.0, price=250.0, rate=0.0)
GOOD = SimulationSpec(
    trials=1000,
    seed=1,
    uncertain=(
        Uncertain("grade", F.PERT, {"min": 0.8, "mode": 1.0, "max": 1.1}),
        Uncertain("cost", F.NORMAL, {"mean": 40.0, "sd": 4.0}, draw=Draw.PERIOD, autocorrelation=0.5),
    ),
    paths=(UncertainPath("price", PriceProcess.GBM, {"volatility": 0.2}),),
    correlation=Correlation({("grade", "cost"): 0.3}),
)
BOUNDS = {"min": 1.0, "mode": 2.0, "max": 3.0}
TRUNCATED = {"mean": 1.0, "sd": 1.0, "min": 0.0, "max": 2.0}
REGIME = {"volatility_calm": 0.1, "stay_calm": 0.9, "volatility_stressed": 0.4, "stay_stressed": 0.6}
SCHWARTZ = {"reversion": 0.3, "long_run": 200.0, "volatility": 0.2}
AR1 = {"persistence": 0.5, "mean": 200.0, "sd": 20.0}
HISTORY = (1.0, 2.0, 1.5)

RUN: list[tuple[str, Any]] = [
    *(("trials", value) for value in (0, 1, -5, 10**9, 1.5, "1000", nan, None, True)),
    *(("seed", value) for value in (-1, 2**63, 1.5, None, "x", nan)),
    *(("sampler", value) for value in ("halton", None, 3)),
    *(("replicates", value) for value in (0, -1, 65, 2.5, 501, None)),
    *(("memory_limit", value) for value in (0, -1, 1000, 1.5e9, nan)),
    *(("stop_at", value) for value in (0, -0.1, 1, 2, nan, inf, "1 %")),
    *(("tail", value) for value in (0, -0.1, 0.6, 1, nan, "5 %")),
]
LISTS: list[tuple[str, str, Any]] = [
    ("percentiles", "percentiles", ()),
    ("percentiles", "percentiles[0]", (0.0, 0.5)),
    ("percentiles", "percentiles[1]", (0.5, 1.0)),
    ("percentiles", "percentiles[1]", (0.5, 0.5)),
    ("percentiles", "percentiles[1]", (0.9, 0.1)),
    ("percentiles", "percentiles[0]", (nan,)),
    ("percentiles", "percentiles[0]", (50,)),
    ("percentiles", "percentiles[0]", ("P50",)),
    ("thresholds", "thresholds[npv][0]", {"npv": (nan,)}),
    ("thresholds", "thresholds[npv][1]", {"npv": (0.0, inf)}),
    ("thresholds", "thresholds[npv][0]", {"npv": ("zero",)}),
]
FAMILIES: list[tuple[str, F, dict[str, Any]]] = [
    ("max", F.UNIFORM, {"min": 2.0, "max": 1.0}),
    ("max", F.UNIFORM, {"min": 1.0, "max": 1.0}),
    ("min", F.UNIFORM, {"max": 1.0}),
    ("min", F.UNIFORM, {"min": nan, "max": 1.0}),
    ("max", F.UNIFORM, {"min": 0.0, "max": inf}),
    ("max", F.UNIFORM, {"min": 0.0, "max": "ten"}),
    ("max", F.UNIFORM, {"min": 0.0, "max": True}),
    ("max", F.UNIFORM, {"min": 0.0, "max": (1.0,)}),
    ("mean", F.UNIFORM, {"min": 0.0, "max": 1.0, "mean": 0.5}),
    ("mode", F.TRIANGULAR, {**BOUNDS, "mode": 4.0}),
    ("mode", F.TRIANGULAR, {**BOUNDS, "mode": 0.0}),
    ("max", F.TRIANGULAR, {**BOUNDS, "max": 0.5}),
    ("mode", F.TRIANGULAR, {"min": 0.0, "max": 1.0}),
    ("mode", F.PERT, {**BOUNDS, "mode": 4.0}),
    ("shape", F.PERT, {**BOUNDS, "shape": 0.0}),
    ("shape", F.PERT, {**BOUNDS, "shape": -4.0}),
    ("p90", F.TRIANGULAR_P10_P90, {"p10": 2.0, "mode": 2.0, "p90": 1.0}),
    ("mode", F.TRIANGULAR_P10_P90, {"p10": 1.0, "mode": 4.0, "p90": 3.0}),
    ("sd", F.NORMAL, {"mean": 0.0, "sd": -1.0}),
    ("sd", F.NORMAL, {"mean": 0.0, "sd": 0.0}),
    ("sd", F.TRUNCATED_NORMAL, {**TRUNCATED, "sd": -1.0}),
    ("max", F.TRUNCATED_NORMAL, {**TRUNCATED, "max": -1.0}),
    ("min", F.TRUNCATED_NORMAL, {**TRUNCATED, "min": 50.0, "max": 60.0}),
    ("mean", F.LOGNORMAL, {"mean": -1.0, "sd": 1.0}),
    ("sd", F.LOGNORMAL, {"mean": 1.0, "sd": 0.0}),
    ("p10", F.LOGNORMAL_P10_P90, {"p10": 0.0, "p90": 1.0}),
    ("p90", F.LOGNORMAL_P10_P90, {"p10": 2.0, "p90": 1.0}),
    ("alpha", F.BETA, {"alpha": 0.0, "beta": 1.0}),
    ("beta", F.BETA, {"alpha": 1.0, "beta": -1.0}),
    ("max", F.BETA, {"alpha": 1.0, "beta": 1.0, "min": 2.0}),
    ("shape", F.GAMMA, {"shape": 0.0, "scale": 1.0}),
    ("scale", F.GAMMA, {"shape": 1.0, "scale": -1.0}),
    ("shape", F.WEIBULL, {"shape": -1.0, "scale": 1.0}),
    ("scale", F.WEIBULL, {"shape": 1.0, "scale": 0.0}),
    ("weights", F.DISCRETE, {"values": (1.0, 2.0), "weights": (0.5, 0.6)}),
    ("weights", F.DISCRETE, {"values": (1.0, 2.0), "weights": (1.0,)}),
    ("weights", F.DISCRETE, {"values": (1.0, 2.0), "weights": (1.5, -0.5)}),
    ("values", F.DISCRETE, {"values": (), "weights": (1.0,)}),
    ("values[1]", F.DISCRETE, {"values": (1.0, nan), "weights": (0.5, 0.5)}),
    ("values", F.DISCRETE, {"values": 1.0, "weights": (1.0,)}),
    ("values", F.EMPIRICAL, {"values": (1.0,)}),
    ("values[0]", F.EMPIRICAL, {"values": (inf, 1.0)}),
    ("values", F.CUMULATIVE, {"values": (2.0, 1.0), "weights": (0.0, 1.0)}),
    ("weights", F.CUMULATIVE, {"values": (1.0, 2.0), "weights": (0.1, 1.0)}),
    ("weights", F.CUMULATIVE, {"values": (1.0, 2.0, 3.0), "weights": (0.0, 0.6, 0.5)}),
    ("weights", F.CUMULATIVE, {"values": (1.0, 2.0, 3.0), "weights": (0.0, 1.0)}),
    ("value", F.FIXED, {}),
    ("value", F.FIXED, {"value": nan}),
]
PROCESSES: list[tuple[str, PriceProcess, dict[str, Any]]] = [
    ("volatility", PriceProcess.GBM, {}),
    ("volatility", PriceProcess.GBM, {"volatility": -0.1}),
    ("drift", PriceProcess.GBM, {"volatility": 0.1, "drift": nan}),
    ("start", PriceProcess.GBM, {"volatility": 0.1, "start": 0.0}),
    ("sigma", PriceProcess.GBM, {"volatility": 0.1, "sigma": 1.0}),
    ("reversion", PriceProcess.SCHWARTZ, {**SCHWARTZ, "reversion": 0.0}),
    ("long_run", PriceProcess.SCHWARTZ, {**SCHWARTZ, "long_run": -1.0}),
    ("volatility", PriceProcess.SCHWARTZ, {**SCHWARTZ, "volatility": inf}),
    ("persistence", PriceProcess.AR1, {**AR1, "persistence": 1.0}),
    ("persistence", PriceProcess.AR1, {**AR1, "persistence": -0.5}),
    ("sd", PriceProcess.AR1, {**AR1, "sd": 0.0}),
    ("mean", PriceProcess.AR1, {**AR1, "mean": 0.0}),
    ("stay_calm", PriceProcess.REGIME, {**REGIME, "stay_calm": 1.0}),
    ("stay_stressed", PriceProcess.REGIME, {**REGIME, "stay_stressed": 0.05}),
    ("volatility_stressed", PriceProcess.REGIME, {**REGIME, "volatility_stressed": 0.0}),
    ("history", PriceProcess.BOOTSTRAP, {"history": (1.0, 2.0)}),
    ("history", PriceProcess.BOOTSTRAP, {"history": (1.0, 2.0, -1.0)}),
    ("history[2]", PriceProcess.BOOTSTRAP, {"history": (1.0, 2.0, nan)}),
    ("per_year", PriceProcess.BOOTSTRAP, {"history": HISTORY, "per_year": 12.0}),
]
PAIRS: list[tuple[str, dict[tuple[str, str], Any]]] = [
    ("grade, cost", {("grade", "cost"): 1.5}),
    ("grade, cost", {("grade", "cost"): nan}),
    ("grade, cost", {("grade", "cost"): "strong"}),
    ("grade, grade", {("grade", "grade"): 0.5}),
    ("cost, grade", {("grade", "cost"): 0.5, ("cost", "grade"): 0.2}),
    ("grade, silver", {("grade", "silver"): 0.5}),
    ("rate, price", {("rate", "price"): 0.5}),
]


def fields(spec: SimulationSpec, inputs: MineInputs = INPUTS) -> list[str]:
    return [problem.field for problem in check(inputs, spec)]


def test_a_good_specification_has_no_problem() -> None:
    assert check(INPUTS, GOOD) == ()


def test_there_are_more_than_a_hundred_malformed_ones() -> None:
    assert len(RUN) + len(LISTS) + len(FAMILIES) + len(PROCESSES) + len(PAIRS) > 100


@pytest.mark.parametrize(("field", "value"), RUN)
def test_how_to_run(field: str, value: object) -> None:
    problems = check(INPUTS, replace(GOOD, **{field: value}))
    assert [problem.field for problem in problems] == [field]
    assert problems[0].value is value
    assert problems[0].allowed


@pytest.mark.parametrize(("argument", "field", "value"), LISTS)
def test_what_to_report(argument: str, field: str, value: object) -> None:
    assert fields(replace(GOOD, **{argument: value})) == [field]


@pytest.mark.parametrize(("parameter", "family", "parameters"), FAMILIES)
def test_parameters_of_distributions(parameter: str, family: F, parameters: dict[str, Any]) -> None:
    spec = replace(GOOD, uncertain=(GOOD.uncertain[1], Uncertain("grade", family, parameters)), paths=())
    spec = replace(spec, correlation=Correlation())
    assert fields(spec) == [f"uncertain[1].parameters.{parameter}"]


@pytest.mark.parametrize(("parameter", "process", "parameters"), PROCESSES)
def test_parameters_of_processes(parameter: str, process: PriceProcess, parameters: dict[str, Any]) -> None:
    path = UncertainPath("price", process, parameters)
    assert fields(replace(GOOD, paths=(path,))) == [f"paths[0].parameters.{parameter}"]


@pytest.mark.parametrize(("pair", "pairs"), PAIRS)
def test_correlations(pair: str, pairs: dict[tuple[str, str], Any]) -> None:
    found = fields(replace(GOOD, correlation=Correlation(pairs)))
    assert set(found) == {f"correlation.pairs[{pair}]"}


@pytest.mark.parametrize("degrees", [0.0, 0.5, -3.0, nan, inf, 2000.0])
def test_degrees_of_freedom(degrees: float) -> None:
    correlation = Correlation({("grade", "cost"): 0.3}, Copula.STUDENT_T, degrees)
    assert fields(replace(GOOD, correlation=correlation)) == ["correlation.degrees"]


@pytest.mark.parametrize("value", [1.5, -1.1, nan, "high"])
def test_autocorrelation(value: Any) -> None:
    row = replace(GOOD.uncertain[1], autocorrelation=value)
    assert fields(replace(GOOD, uncertain=(GOOD.uncertain[0], row))) == ["uncertain[1].autocorrelation"]


def test_autocorrelation_needs_a_draw_for_each_period() -> None:
    once = replace(GOOD.uncertain[0], autocorrelation=0.5)
    assert fields(replace(GOOD, uncertain=(once, GOOD.uncertain[1]))) == ["uncertain[0].autocorrelation"]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("family", {"family": "cauchy"}),
        ("effect", {"effect": "divide"}),
        ("draw", {"draw": "weekly"}),
        ("driver", {"driver": "silver"}),
    ],
)
def test_kinds_and_names(field: str, changes: dict[str, Any]) -> None:
    wrong = replace(GOOD.uncertain[0], **changes)
    spec = replace(GOOD, uncertain=(wrong, GOOD.uncertain[1]), correlation=Correlation())
    assert fields(spec) == [f"uncertain[0].{field}"]


def test_an_unknown_process_or_copula() -> None:
    spec = replace(GOOD, paths=(replace(GOOD.paths[0], process="jump"),))  # type: ignore[arg-type]  # on purpose
    assert fields(spec) == ["paths[0].process"]
    spec = replace(GOOD, correlation=replace(GOOD.correlation, copula="clayton"))  # type: ignore[arg-type]
    assert fields(spec) == ["correlation.copula"]


def test_a_driver_may_be_uncertain_once() -> None:
    path = UncertainPath("grade", PriceProcess.GBM, {"volatility": 0.1})
    assert fields(replace(GOOD, paths=(path,))) == ["uncertain[0].driver", "paths[0].driver"]


def test_a_path_from_nothing_needs_a_start() -> None:
    path = UncertainPath("rate", PriceProcess.GBM, {"volatility": 0.1})
    assert fields(replace(GOOD, paths=(path,))) == ["paths[0].parameters.start"]
    started = replace(path, parameters={"volatility": 0.1, "start": 2.0})
    assert fields(replace(GOOD, paths=(started,))) == []


def test_a_certain_driver_cannot_be_correlated() -> None:
    fixed = Uncertain("grade", F.FIXED, {"value": 1.0})
    spec = replace(GOOD, uncertain=(fixed, GOOD.uncertain[1]))
    assert fields(spec) == ["correlation.pairs[grade, cost]"]


def test_drivers_that_hang_on_each_other() -> None:
    inputs = mine(3, grade=Driven("cost"), cost=Driven("grade"), price=1.0)
    assert "drivers[grade]" in fields(GOOD, inputs)


def test_more_variates_than_sobol_points_have_dimensions() -> None:
    names = [f"d{index}" for index in range(30)]
    rows = tuple(
        Uncertain(name, F.NORMAL, {"mean": 0.0, "sd": 1.0}, Effect.ADD, Draw.PERIOD) for name in names
    )
    inputs = mine(600, PeriodLength.MONTH, **dict.fromkeys(names, 1.0))
    assert fields(SimulationSpec(1000, 1, rows), inputs) == ["sampler"]
    assert fields(SimulationSpec(1000, 1, rows, sampler=Sampler.PLAIN), inputs) == []


def test_every_problem_is_found_at_once() -> None:
    spec = replace(
        GOOD, trials=0, tail=2.0, uncertain=(Uncertain("x", F.UNIFORM, {"min": 2, "max": 1}),), paths=()
    )
    found = fields(replace(spec, correlation=Correlation()))
    assert found == ["trials", "tail", "uncertain[0].driver", "uncertain[0].parameters.max"]
