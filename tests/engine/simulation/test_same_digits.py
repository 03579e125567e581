"""One run in every way that it may be done, against figures that were written down once."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from app.engine.kinds import StopReason
from app.engine.simulation import SimulationResult, simulate
from benchmarks.reference import reference_mine, reference_spec
from tests.thorough import also

GOLDEN = Path(__file__).with_name("golden_blocks.json")
#: Three sub-blocks, the last of them short.
TRIALS = 20_000
EXECUTORS: dict[str, Callable[[], Executor]] = {
    "one process": lambda: ProcessPoolExecutor(1),
    "two processes": lambda: ProcessPoolExecutor(2),
    "four processes": lambda: ProcessPoolExecutor(4),
    "three threads": lambda: ThreadPoolExecutor(3),
}


@pytest.fixture(scope="module")
def alone() -> SimulationResult:
    return simulate(reference_mine(), reference_spec(TRIALS, seed=2026))


def figures(found: SimulationResult) -> dict[str, object]:
    """Return what the golden file keeps of a result."""
    return {
        key: {
            "mean": output.mean.value,
            "sd": output.sd.value,
            "percentiles": [each.value for each in output.percentiles],
            "errors": [each.error for each in output.percentiles],
            "undefined": output.undefined,
        }
        for key, output in found.outputs.items()
    }


def test_the_figures_are_those_of_the_golden_file(alone: SimulationResult) -> None:
    """To twelve digits: NumPy's logarithm and power may differ in the last bit between processors."""
    golden = json.loads(GOLDEN.read_text())
    found = figures(alone)
    assert found.keys() == golden.keys()
    for key, expected in golden.items():
        for name in ("mean", "sd", "percentiles"):
            assert found[key][name] == pytest.approx(expected[name], rel=1e-12), (key, name)
        assert found[key]["errors"] == pytest.approx(expected["errors"], rel=1e-9), key
        assert found[key]["undefined"] == expected["undefined"]


@pytest.mark.parametrize("slice_trials", [700, *also(4096, 8192)])
def test_the_size_of_a_block_changes_no_bit(alone: SimulationResult, slice_trials: int) -> None:
    spec = reference_spec(TRIALS, seed=2026)
    assert simulate(reference_mine(), spec, slice_trials=slice_trials) == alone


@pytest.mark.parametrize("who", ["two processes", *also("one process", "four processes", "three threads")])
def test_whoever_computes_it_changes_no_bit_after_cancel_and_resume(
    alone: SimulationResult, who: str
) -> None:
    """A run that is stopped after its first block and done again, on the same workers, is the run."""
    spec = reference_spec(TRIALS, seed=2026)
    with EXECUTORS[who]() as executor:
        stopped = simulate(reference_mine(), spec, executor=executor, cancelled=lambda: True)
        assert (stopped.stopped, stopped.trials_done) == (StopReason.CANCELLED, 8192)
        assert simulate(reference_mine(), spec, executor=executor) == alone
