"""A run as a whole: its digits, its progress, its end."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.engine.inputs import Correlation, SimulationSpec, Uncertain, UncertainPath
from app.engine.kinds import (
    Copula,
    DistributionFamily as F,
    Draw,
    Effect,
    PriceProcess,
    Sampler,
    StopReason,
    Tail,
)
from app.engine.quantity import Driven
from app.engine.simulation import Progress, SimulationResult, simulate
from app.engine.simulation.draws import Draws
from app.engine.simulation.mine import mine as whole_mine
from benchmarks.reference import reference_mine, reference_spec
from tests.engine.simulation.models import every_driver, linear_npv, mine, smooth
from tests.thorough import also, crossed

GOLDEN = Path(__file__).with_name("golden.json")
INPUTS = mine(5, price=250.0, grade=1.0, cost=np.full(5, 40.0))
SPEC = SimulationSpec(
    trials=20_000,
    seed=7,
    uncertain=(
        Uncertain("grade", F.PERT, {"min": 0.8, "mode": 1.0, "max": 1.1}, Effect.MULTIPLY),
        Uncertain("cost", F.GAMMA, {"shape": 9.0, "scale": 5.0}, draw=Draw.PERIOD, autocorrelation=0.5),
    ),
    paths=(
        UncertainPath(
            "price", PriceProcess.SCHWARTZ, {"reversion": 0.3, "long_run": 220.0, "volatility": 0.2}
        ),
    ),
    correlation=Correlation({("price", "cost"): 0.5, ("grade", "cost"): -0.2}),
)


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2) as pool:
        yield pool


@pytest.mark.parametrize(("sampler", "copula"), crossed(Sampler, Copula))
def test_digits_do_not_depend_on_who_computes(sampler: Sampler, copula: Copula, processes: Executor) -> None:
    correlation = replace(SPEC.correlation, copula=copula)
    spec = replace(SPEC, sampler=sampler, correlation=correlation)
    lines = ("price", "cost")
    inline = simulate(INPUTS, spec, model=every_driver, lines=lines)
    assert simulate(INPUTS, spec, model=every_driver, lines=lines, slice_trials=1000) == inline
    assert simulate(INPUTS, spec, model=every_driver, lines=lines, executor=processes) == inline


@pytest.mark.parametrize("workers", [4, *also(1)])
def test_digits_do_not_depend_on_the_number_of_workers(workers: int) -> None:
    with ProcessPoolExecutor(workers) as pool:
        assert simulate(INPUTS, SPEC, model=linear_npv, executor=pool) == simulate(
            INPUTS, SPEC, model=linear_npv
        )


class Backwards(Executor):
    """Computes everything handed over when the first result is asked for, the last block first."""

    def __init__(self) -> None:
        self._waiting: list[Any] = []

    def submit(self, work: Any, /, *arguments: Any, **_: Any) -> Future[Any]:
        executor = self

        class Late(Future[Any]):
            def result(self, timeout: float | None = None) -> Any:
                for future, late, given in reversed(executor._waiting):
                    future.set_result(late(*given))
                executor._waiting.clear()
                return super().result(timeout)

        future = Late()
        self._waiting.append((future, work, arguments))
        return future


def test_digits_do_not_depend_on_the_order_of_blocks() -> None:
    spec = replace(SPEC, trials=30_000)
    inline = simulate(INPUTS, spec, model=linear_npv)
    assert simulate(INPUTS, spec, model=linear_npv, executor=Backwards()) == inline
    with ThreadPoolExecutor(3) as pool:
        assert simulate(INPUTS, spec, model=linear_npv, executor=pool) == inline


def test_digits_are_those_of_the_golden_file() -> None:
    """NumPy's logarithm and power may differ in the last bit between processors; nothing else may."""
    found = simulate(reference_mine(), reference_spec(2000, seed=2026))
    golden = json.loads(GOLDEN.read_text())
    for key, expected in golden["outputs"].items():
        output = found.outputs[key]
        figures = [output.mean.value, output.sd.value, *(p.value for p in output.percentiles)]
        assert figures == pytest.approx(expected["figures"], rel=1e-12), key
        assert output.undefined == expected["undefined"]
    fan = found.fans["cumulative_after_tax"]
    assert list(fan.values[3]) == pytest.approx(golden["fan"], rel=1e-6)


def test_the_draws_are_those_of_the_golden_file_to_the_last_bit() -> None:
    """On other processors nearly so: SciPy's functions are compiled otherwise for them."""
    golden = json.loads(GOLDEN.read_text())["draws"]
    rel = 0 if platform.machine().lower() in ("x86_64", "amd64") else 1e-14
    for sampler in Sampler:
        uniform = Uncertain("grade", F.TRIANGULAR, {"min": 0, "mode": 1, "max": 3})
        spec = SimulationSpec(1000, 2026, (uniform,), sampler=sampler)
        found = simulate(INPUTS, spec, model=every_driver, lines=()).outputs["grade"]
        drawn = [found.minimum, *(p.value for p in found.percentiles), found.maximum]
        assert drawn == pytest.approx(golden[sampler], rel=rel, abs=0)


def test_a_result_survives_json_to_the_last_bit() -> None:
    found = simulate(INPUTS, SPEC, model=linear_npv)
    assert SimulationResult.from_dict(json.loads(json.dumps(found.to_dict(), allow_nan=False))) == found


def test_a_damaged_result_is_refused() -> None:
    plain = simulate(INPUTS, replace(SPEC, trials=100), model=linear_npv).to_dict()
    with pytest.raises(KeyError):
        SimulationResult.from_dict({key: value for key, value in plain.items() if key != "seed"})
    with pytest.raises(TypeError, match="'seven'"):
        SimulationResult.from_dict({**plain, "seed": "seven"})


def test_nothing_uncertain_gives_the_deterministic_case_to_the_last_bit() -> None:
    inputs = reference_mine()
    fixed = (
        Uncertain("grade", F.FIXED, {"value": 1.0}),
        Uncertain("capital", F.FIXED, {"value": 1.0}, Effect.MULTIPLY),
        Uncertain("ore", F.FIXED, {"value": 0.0}, Effect.ADD, Draw.PERIOD),
    )
    exact = whole_mine(inputs, {}, ())
    for sampler in Sampler:
        found = simulate(inputs, SimulationSpec(9_000, 1, fixed, sampler=sampler))
        for key, output in found.outputs.items():
            assert output.mean.value == output.base == exact.values[key][0]
            assert output.sd.value == 0
            assert {p.value for p in output.percentiles} == {output.base}
        assert found.drivers == {}


def test_a_trial_of_a_block_is_the_same_as_alone() -> None:
    """Ten trials from a block, each evaluated as a deterministic case of its own."""
    inputs, spec = reference_mine(), reference_spec(64)
    drawn = Draws(inputs, spec).block(0, 64).drivers
    block = whole_mine(inputs, drawn, ("after_tax_cash_flow",))
    for trial in range(0, 64, 7):
        alone = whole_mine(inputs, {name: row[:, trial : trial + 1] for name, row in drawn.items()}, ())
        for key, value in alone.values.items():
            assert np.array_equal(value[0], block.values[key][trial], equal_nan=True), key


def test_effects_meet_the_base_row_of_a_driver_that_hangs_on_another() -> None:
    inputs = mine(3, fuel=np.array([1.0, 2.0, 4.0]), haul=Driven("fuel", 10.0))
    spec = SimulationSpec(
        64,
        1,
        (
            Uncertain("fuel", F.FIXED, {"value": 3.0}, Effect.ADD),
            Uncertain("haul", F.FIXED, {"value": 0.5}, Effect.MULTIPLY),
        ),
    )
    found = simulate(inputs, spec, model=every_driver, lines=("fuel", "haul"))
    assert list(found.fans["fuel"].mean) == [4, 5, 7]
    assert list(found.fans["haul"].mean) == [20, 25, 35]


def test_progress_is_told_after_every_block_and_holds_partial_results() -> None:
    told: list[Progress] = []
    found = simulate(INPUTS, SPEC, model=linear_npv, on_progress=told.append)
    assert [progress.done for progress in told] == [8192, 16_384, 20_000]
    assert told[-1].trials == 20_000
    assert found.stopped is StopReason.COMPLETE
    halfway: list[SimulationResult] = []

    def look(progress: Progress) -> None:
        if progress.done == 8192:
            halfway.append(progress.partial())

    simulate(INPUTS, SPEC, model=linear_npv, on_progress=look)
    assert halfway[0].trials_done == halfway[0].outputs["npv_after_tax"].count == 8192


@pytest.mark.parametrize("pooled", [False, True])
def test_a_cancelled_run_returns_what_it_has(pooled: bool, processes: Executor) -> None:
    spec = replace(SPEC, trials=500_000)
    found = simulate(
        INPUTS, spec, model=linear_npv, cancelled=lambda: True, executor=processes if pooled else None
    )
    assert (found.stopped, found.trials_done) == (StopReason.CANCELLED, 8192)
    assert found.outputs["npv_after_tax"].count == 8192


def test_a_run_stops_when_its_percentiles_are_known_well_enough() -> None:
    spec = replace(SPEC, trials=400_000, stop_at=0.01)
    found = simulate(INPUTS, spec, model=linear_npv)
    assert found.stopped is StopReason.CONVERGED
    assert 8192 < found.trials_done < 400_000
    for percentile in found.outputs["npv_after_tax"].percentiles:
        assert percentile.error is not None
        assert percentile.error <= 0.01 * abs(percentile.value)
    assert (
        simulate(INPUTS, replace(spec, stop_at=1e-9, trials=20_000), model=linear_npv).trials_done == 20_000
    )


def test_undefined_trials_are_counted_with_their_reason() -> None:
    price = Uncertain("price", F.NORMAL, {"mean": 250, "sd": 90})
    found = simulate(mine(10, price=250.0), SimulationSpec(10_000, 1, (price,)), model=linear_npv)
    npv, ratio = found.outputs["npv_after_tax"], found.outputs["ratio"]
    assert npv.loss is not None
    assert ratio.undefined == {"negative": round(npv.loss.probability * 10_000)}
    assert ratio.count + ratio.undefined["negative"] == 10_000


def test_an_output_that_is_never_defined_says_so() -> None:
    price = Uncertain("price", F.UNIFORM, {"min": 1, "max": 2})
    found = simulate(mine(10, price=250.0), SimulationSpec(100, 1, (price,)), model=linear_npv)
    assert found.outputs["ratio"].count == 0
    assert found.outputs["ratio"].undefined == {"negative": 100}
    assert found.outputs["ratio"].mean.value is None
    assert SimulationResult.from_dict(found.to_dict()) == found


def test_a_run_beyond_its_memory_comes_from_histograms_close_to_the_exact_figures() -> None:
    spec = replace(SPEC, trials=320_000, memory_limit=16 << 20, thresholds={"npv_after_tax": (0.0,)})
    whole = simulate(INPUTS, replace(spec, memory_limit=1 << 30), model=linear_npv)
    assert not whole.streamed
    many = simulate(INPUTS, spec, model=linear_npv)
    assert many.streamed
    one, other = many.outputs["npv_after_tax"], whole.outputs["npv_after_tax"]
    assert one.count == other.count == 320_000
    assert one.minimum == other.minimum
    assert one.sd.value is not None
    for left, right in zip(one.percentiles, other.percentiles, strict=True):
        assert abs(left.value - right.value) < 0.01 * one.sd.value
        assert left.error == pytest.approx(right.error, rel=0.2)


def test_a_fan_from_histograms_is_close_to_the_exact_one() -> None:
    spec = replace(SPEC, trials=131_072)
    exact = simulate(INPUTS, spec, model=linear_npv).fans["after_tax_cash_flow"]
    counted = simulate(INPUTS, replace(spec, trials=131_073), model=linear_npv).fans["after_tax_cash_flow"]
    assert np.array(counted.values) == pytest.approx(np.array(exact.values), rel=1e-3)
    assert counted.mean == pytest.approx(exact.mean, rel=1e-4)


def test_thresholds_and_tails_reach_the_result() -> None:
    spec = replace(SPEC, thresholds={"npv_after_tax": (0.0, 500.0)})
    found = simulate(INPUTS, spec, model=linear_npv).outputs["npv_after_tax"]
    assert [p.threshold for p in found.below] == [0, 500]
    assert found.below[0].probability <= found.below[1].probability
    cost = simulate(reference_mine(), reference_spec(512)).outputs["aisc"].tail
    assert cost is not None
    assert cost.side is Tail.HIGH
    assert cost.conditional.value is not None
    assert cost.value_at_risk.value is not None
    assert cost.conditional.value > cost.value_at_risk.value


def test_convergence_narrows_to_the_final_figure() -> None:
    found = simulate(INPUTS, SPEC, model=smooth).outputs["npv_after_tax"]
    assert [point.trials for point in found.convergence[:3]] == [64, 128, 256]
    assert found.convergence[-1].trials == 20_000
    assert found.convergence[-1].mean == found.mean.value


def test_a_bad_specification_is_refused_before_anything_runs() -> None:
    with pytest.raises(ValueError, match="trials: 0 is not allowed"):
        simulate(INPUTS, replace(SPEC, trials=0), model=linear_npv)
