"""Whole runs and rates of return, with the library and without it."""

from __future__ import annotations

import resource
from dataclasses import replace

import numpy as np
import pytest

from app.engine import native
from app.engine.kinds import Sampler
from app.engine.native import KEPT_BYTES, library, library_path, whole, without_library
from app.engine.returns import irr, payback
from app.engine.simulation import bridge, simulate
from app.engine.simulation.distributions.table import CELLS, REACH, Table
from app.engine.simulation.processes import Process
from app.engine.simulation.processes.diffusion import Autoregressive, GeometricBrownian, Schwartz
from app.engine.simulation.processes.regimes import RegimeSwitching
from app.engine.simulation.samplers import SUB_BLOCK, normal_scores, points
from app.engine.simulation.sobol import scrambled_directions
from app.engine.simulation.streaming import Ranges
from benchmarks.irr import flows
from benchmarks.reference import reference_mine, reference_spec
from benchmarks.scenario import real_scenario, real_spec
from tests.engine.native.library import needs_library
from tests.thorough import also


@needs_library
@pytest.mark.parametrize("sampler", [Sampler.SOBOL, *also(Sampler.PLAIN, Sampler.LATIN_HYPERCUBE)])
def test_a_run_of_the_reference_mine_is_equal(sampler: Sampler) -> None:
    spec = reference_spec(1500, 5, sampler)
    with without_library():
        expected = simulate(reference_mine(), spec)
    assert simulate(reference_mine(), spec) == expected


@needs_library
def test_a_run_of_a_real_scenario_is_equal() -> None:
    spec = replace(real_spec(300), seed=8)
    with without_library():
        expected = simulate(real_scenario(), spec)
    assert simulate(real_scenario(), spec) == expected


@needs_library
@pytest.mark.parametrize("volatility", [0.05, 0.12, 0.4])
@pytest.mark.parametrize("exponents", [None, np.concatenate([np.arange(10.0), 9 + np.arange(1, 11) / 4])])
def test_rates_of_return_have_the_same_bits(volatility: float, exponents: np.ndarray | None) -> None:
    rows = flows(1000, volatility, seed=3)
    rows[3, ::7] = 0.0
    rows[:, 11] = 0.0
    rows[5, 13] = np.nan
    rows[5, 17] = np.inf
    with np.errstate(all="ignore"):
        rates, reasons = irr(rows, exponents)
        with without_library():
            expected, expected_reasons = irr(rows, exponents)
    assert rates.tobytes() == expected.tobytes()
    assert reasons.tolist() == expected_reasons.tolist()


@needs_library
@pytest.mark.parametrize("trials", [1, 5, 1000, 8192])
def test_points_and_tables_have_the_same_bits(trials: int) -> None:
    source = points(Sampler.SOBOL, 3, 7, trials, 16)
    table = Table.through(np.sinh(np.linspace(-REACH, REACH, CELLS + 1)))
    z = np.random.default_rng(2).normal(size=(3, trials)) * 3
    u = np.random.default_rng(4).random((2, trials))
    found = source.block(0, trials), table(z), normal_scores(u.copy())
    with without_library():
        expected = source.block(0, trials), table(z), normal_scores(u.copy())
    for one, other in zip(found, expected, strict=True):
        assert one.tobytes() == other.tobytes()


@needs_library
def test_memory_of_a_block_is_kept_for_the_next() -> None:
    kernel, spec = library(), reference_spec(2 * SUB_BLOCK)
    first = simulate(reference_mine(), spec)
    simulate(reference_mine(), spec)  # what one run gave back in pieces lies together after the next
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    assert simulate(reference_mine(), spec) == first
    faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    # Some 1,300 otherwise; a C library that cannot be told keeps what it likes.
    assert kernel is None or faults < 400 or not kernel.keep_free(whole(KEPT_BYTES))


@needs_library
@pytest.mark.parametrize(("dimensions", "replicates", "bits"), [(1, 1, 1), (5, 3, 9), (40, 16, 32)])
def test_directions_are_scrambled_to_the_same_bits(dimensions: int, replicates: int, bits: int) -> None:
    def found() -> list[np.ndarray]:
        return [*scrambled_directions(np.random.default_rng(9), dimensions, replicates, bits)]

    with without_library():
        expected = found()
    assert [each.tolist() for each in found()] == [each.tolist() for each in expected]


@needs_library
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("apart", [1, 16])
def test_histograms_are_equal(kind: type[np.floating], apart: int) -> None:
    rows = (np.random.default_rng(6).normal(size=(5, 4000)) * 50).astype(kind)
    ranges = Ranges.around(rows[:, :900].astype(np.float64), 64)
    rows[:, 1000:1006] = [np.nan, np.inf, -np.inf, -0.0, 3e38, -3e38]
    rows[4] = np.nan
    found = ranges.count(rows[:, ::apart])
    with without_library():
        expected = ranges.count(rows[:, ::apart].astype(np.float64))
    assert found.tolist() == expected.tolist()
    assert found.sum() == np.count_nonzero(~np.isnan(rows[:, ::apart]))


def test_a_library_of_other_sources_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    before = library_path()
    monkeypatch.setattr(native, "FLAGS", (*native.FLAGS, "-DOTHER"))
    assert library_path() != before


@needs_library
@pytest.mark.parametrize("origin", [0.0, 1.5, "by trial"])
@pytest.mark.parametrize("trials", [1, 511, 1300])
def test_paybacks_have_the_same_bits(trials: int, origin: float | str) -> None:
    rows = np.cumsum(flows(trials, 0.4, seed=9), axis=0) / 7
    rows[0] -= 4.0
    rows[:, ::5] *= -1
    rows[:, ::7] = np.abs(rows[:, ::7])
    for lane, value in enumerate((np.nan, np.inf, -np.inf, 0.0, -0.0)):
        rows[3, lane % trials] = value
    begin = np.linspace(0, 4, trials) if origin == "by trial" else origin
    ends = np.concatenate([np.arange(10.0), 9 + np.arange(1, len(rows) - 9) / 4])
    for clock in (None, ends):
        for given in (rows, rows[:1], rows[::-1], np.zeros((4, trials))):
            own = None if clock is None else clock[: len(given)]
            with np.errstate(all="ignore"):
                found = payback(given, own, begin)
                with without_library():
                    expected = payback(given, own, begin)
            for one, other in zip(found, expected, strict=True):
                assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


PATHS = (
    GeometricBrownian(0.03, 0.25),
    Schwartz(0.4, 220.0, 0.3),
    Autoregressive(0.7, 50.0, 4.0),
    RegimeSwitching(0.02, 0.1, 0.9, -0.05, 0.4, 0.7),
)


@needs_library
@pytest.mark.parametrize("process", PATHS, ids=lambda process: type(process).__name__)
@pytest.mark.parametrize("trials", [1, 127, 1000])
@pytest.mark.parametrize("periods", [1, 2, 20, 61])
def test_paths_have_the_same_bits(process: Process, trials: int, periods: int) -> None:
    z = np.random.default_rng(7).normal(size=(periods, 3, trials))
    years = np.resize([0.25, 1.0, 0.5], periods)

    def path() -> tuple[np.ndarray, np.ndarray]:
        shocks = bridge.shocks(z[0, 1], z[1:, 2], np.empty((periods, trials)))
        return shocks, process.levels(250.0, years, shocks, np.ascontiguousarray(z[:, 0]))

    found = path()
    with without_library():
        expected = path()
    for one, other in zip(found, expected, strict=True):
        assert one.tobytes() == other.tobytes()
