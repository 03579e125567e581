"""Price paths against their closed forms, whatever the length of a period."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.engine.inputs import SimulationSpec, UncertainPath
from app.engine.kinds import PeriodLength, PriceProcess
from app.engine.simulation.draws import Draws
from app.engine.simulation.processes import PROCESSES, build
from tests.engine.simulation.models import mine

HISTORY = (100.0, 120.0, 90.0, 95.0, 130.0, 110.0)
EVERY: list[tuple[PriceProcess, dict[str, Any]]] = [
    (PriceProcess.GBM, {"drift": 0.03, "volatility": 0.25, "start": 100.0}),
    (PriceProcess.SCHWARTZ, {"reversion": 0.5, "long_run": 80.0, "volatility": 0.3, "start": 100.0}),
    (PriceProcess.AR1, {"persistence": 0.7, "mean": 80.0, "sd": 12.0, "start": 100.0}),
    (
        PriceProcess.REGIME,
        {
            "drift_calm": 0.05,
            "volatility_calm": 0.1,
            "stay_calm": 0.9,
            "drift_stressed": -0.1,
            "volatility_stressed": 0.4,
            "stay_stressed": 0.6,
            "start": 100.0,
        },
    ),
    (PriceProcess.BOOTSTRAP, {"history": HISTORY, "start": 100.0}),
]
DECK = np.array([90.0, 95, 100, 80, 70, 70, 75, 60, 50, 40])


def paths(process: PriceProcess, parameters: dict[str, Any], *, centred: bool, trials: int = 16_384) -> Any:
    inputs = mine(10, price=DECK)
    spec = SimulationSpec(trials, 11, paths=(UncertainPath("price", process, parameters, centred),))
    draws = Draws(inputs, spec)
    blocks = [draws.block(first, 8192).drivers["price"] for first in range(0, trials, 8192)]
    return np.concatenate(blocks, axis=1)


@pytest.mark.parametrize(("process", "parameters"), EVERY)
def test_the_expectation_is_the_one_stated(process: PriceProcess, parameters: dict[str, Any]) -> None:
    levels = paths(process, parameters, centred=False)
    error = levels.std(axis=1) / np.sqrt(levels.shape[1])
    expected = build(process, parameters).expected(100.0, np.ones(10))
    assert np.all(np.abs(levels.mean(axis=1) - expected) < 4 * error)


@pytest.mark.parametrize(("process", "parameters"), EVERY)
def test_a_centred_path_has_the_deck_as_its_expectation(
    process: PriceProcess, parameters: dict[str, Any]
) -> None:
    levels = paths(process, parameters, centred=True)
    assert np.all(np.abs(levels.mean(axis=1) - DECK) < 4 * levels.std(axis=1) / np.sqrt(levels.shape[1]))


def test_schwartz_forgets_where_it_started() -> None:
    levels = np.log(paths(*EVERY[1], centred=False))
    elapsed = np.arange(1, 11)
    mean = np.log(80) + np.exp(-0.5 * elapsed) * np.log(100 / 80)
    assert levels.mean(axis=1) == pytest.approx(mean, abs=0.01)
    assert levels.std(axis=1) == pytest.approx(0.3 * np.sqrt(1 - np.exp(-elapsed)), rel=0.02)


def test_an_autoregression_keeps_its_share_of_a_deviation() -> None:
    levels = paths(*EVERY[2], centred=False)
    stationary = 12 / np.sqrt(1 - 0.49)
    assert levels[-1].std() == pytest.approx(stationary * np.sqrt(1 - 0.7**20), rel=0.02)
    assert np.corrcoef(levels[-2], levels[-1])[0, 1] == pytest.approx(0.7, abs=0.02)


def test_regimes_fatten_the_tails() -> None:
    levels = paths(*EVERY[3], centred=False)
    changes = np.diff(np.log(levels), axis=0).ravel()
    away = changes - changes.mean()
    assert np.mean(away**4) / np.mean(away**2) ** 2 > 4
    apart = (0.05 - 0.005) - (-0.1 - 0.08)
    assert np.mean(away**2) == pytest.approx(0.8 * 0.01 + 0.2 * 0.16 + 0.8 * 0.2 * apart**2, rel=0.05)


def test_a_bootstrap_only_repeats_changes_that_happened() -> None:
    levels = paths(*EVERY[4], centred=False, trials=512)
    changes = np.array(HISTORY[1:]) / np.array(HISTORY[:-1])
    ratios = (levels[1:] / levels[:-1])[:, :, None]
    assert np.all(np.abs(ratios / changes - 1).min(axis=2) < 1e-12)


@pytest.mark.parametrize(("process", "parameters"), EVERY[:3])
def test_months_arrive_where_years_do(process: PriceProcess, parameters: dict[str, Any]) -> None:
    rng = np.random.default_rng(3)
    model = build(process, parameters)
    yearly = model.levels(100.0, np.ones(3), rng.standard_normal((3, 40_000)), None)
    monthly = model.levels(100.0, np.full(36, 1 / 12), rng.standard_normal((36, 40_000)), None)
    assert monthly[-1].mean() == pytest.approx(yearly[-1].mean(), rel=0.01)
    assert monthly[-1].std() == pytest.approx(yearly[-1].std(), rel=0.02)
    assert model.expected(100.0, np.full(36, 1 / 12))[-1] == pytest.approx(
        model.expected(100.0, np.ones(3))[-1]
    )


def test_a_path_without_a_start_begins_at_the_base_value() -> None:
    levels = paths(PriceProcess.GBM, {"volatility": 1e-9}, centred=False, trials=64)
    assert [levels.min(), levels.max()] == pytest.approx([90.0, 90.0])


def test_every_process_is_registered_and_explained() -> None:
    assert set(PROCESSES) == set(PriceProcess)
    for process, parameters in EVERY:
        assert PROCESSES[process].label
        assert not PROCESSES[process].rejected(parameters, np.ones(10))


def test_history_must_be_spaced_like_the_periods() -> None:
    years = mine(12, PeriodLength.MONTH, price=1.0).timeline.years
    family = PROCESSES[PriceProcess.BOOTSTRAP]
    assert [name for name, _, _ in family.rejected({"history": HISTORY}, years)] == ["per_year"]
    assert not family.rejected({"history": HISTORY, "per_year": 12.0}, years)
