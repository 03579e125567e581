"""What moves an output: against closed forms, scipy and plain regression."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy

from app.engine.inputs import Correlation, SimulationSpec, Uncertain
from app.engine.kinds import DistributionFamily as F, Draw, Tail
from app.engine.quantity import Array
from app.engine.simulation import simulate
from app.engine.simulation.attribution import Sample, in_order
from app.engine.simulation.result import Attribution, DriverEffect
from app.engine.simulation.sobol_indices import sobol_indices
from tests.engine.simulation.models import every_driver, linear_npv, mine

NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def drivers() -> Array:
    return np.random.default_rng(8).standard_normal((3, 32_768))


def attributed(output: Array, rows: Array, side: Tail = Tail.LOW) -> Attribution:
    return Sample(NAMES, rows.astype(np.float32)).attribute(["npv"], output[None, :], 0.05, [side])["npv"]


def effect(found: Attribution, name: str) -> DriverEffect:
    return next(each for each in found.effects if each.driver == name)


def test_equal_values_stay_in_the_order_of_their_trials() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(5, 4000))
    rows[1], rows[2] = rows[1].round(1), rows[2].round(4)
    rows[3], rows[4, ::9] = 0.0, np.where(rng.random(len(rows[4, ::9])) < 0.5, 0.0, -0.0)
    assert np.array_equal(in_order(rows)[0], np.argsort(rows, axis=1, kind="stable"))


def test_a_linear_output_is_explained_in_full(drivers: Array) -> None:
    output = 100 + 3 * drivers[0] - 4 * drivers[1]
    found = attributed(output, drivers)
    assert found.r_squared == pytest.approx(1, abs=1e-6)
    assert [each.driver for each in found.effects] == ["b", "a", "c"]
    for name, slope in (("a", 0.6), ("b", -0.8), ("c", 0.0)):
        each = effect(found, name)
        assert each.regression == pytest.approx(slope, abs=0.01)
        assert each.first_order == pytest.approx(slope**2, abs=0.01)
        assert each.low == pytest.approx(100 - 5 * slope * 1.30, abs=0.2)
        assert each.high == pytest.approx(100 + 5 * slope * 1.30, abs=0.2)


def test_rank_correlations_are_those_of_scipy(drivers: Array) -> None:
    output = np.exp(drivers[0]) - drivers[1] ** 3 + drivers[2] ** 2
    found = attributed(output, drivers)
    for name, row in zip(NAMES, drivers, strict=True):
        assert effect(found, name).spearman == pytest.approx(scipy.stats.spearmanr(row, output)[0], abs=1e-6)


def test_ties_share_their_ranks(drivers: Array) -> None:
    rows = np.round(drivers * 2)
    output = np.round(drivers[0] + drivers[1])
    found = attributed(output, rows)
    for name, row in zip(NAMES, rows, strict=True):
        assert effect(found, name).spearman == pytest.approx(scipy.stats.spearmanr(row, output)[0], abs=1e-6)


def test_undefined_trials_stay_out(drivers: Array) -> None:
    output = drivers[0] + drivers[1]
    holed = np.where(drivers[2] > 1, np.nan, output)
    kept = drivers[2] <= 1
    found = attributed(holed, drivers)
    assert found.trials == kept.sum()
    for name, row in zip(NAMES, drivers, strict=True):
        exact = scipy.stats.spearmanr(row[kept], output[kept])[0]
        assert effect(found, name).spearman == pytest.approx(exact, abs=1e-6)


def test_the_worst_trials_are_on_the_bad_side(drivers: Array) -> None:
    output = drivers[0]
    beyond = scipy.stats.norm.pdf(scipy.stats.norm.ppf(0.05)) / 0.05
    low, high = (effect(attributed(output, drivers, side), "a") for side in Tail)
    assert low.worst_shift == pytest.approx(-beyond, abs=0.03)
    assert high.worst_shift == pytest.approx(beyond, abs=0.03)
    assert effect(attributed(output, drivers), "c").worst_shift == pytest.approx(0, abs=0.08)


def test_first_order_shares_of_ishigami() -> None:
    x = np.random.default_rng(9).uniform(-np.pi, np.pi, (3, 32_768))
    output = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
    found = attributed(output, x)
    for name, share in zip(NAMES, (0.3139, 0.4424, 0.0), strict=True):
        assert effect(found, name).first_order == pytest.approx(share, abs=0.02)
    assert effect(found, "c").spearman == pytest.approx(0, abs=0.02)


def test_drivers_that_repeat_each_other_share_their_coefficient(drivers: Array) -> None:
    rows = np.array([drivers[0], drivers[0], drivers[2]])
    found = attributed(drivers[0], rows)
    assert effect(found, "a").regression == pytest.approx(0.5, abs=1e-6)
    assert found.r_squared == pytest.approx(1)


def test_an_output_that_does_not_vary_has_no_drivers(drivers: Array) -> None:
    sample = Sample(NAMES, drivers.astype(np.float32))
    few = np.full(32_768, np.nan)
    few[:99] = np.arange(99)
    outputs = np.array([np.full(32_768, 18.0), few, np.where(np.isnan(few), 18.0, np.nan), drivers[0]])
    found = sample.attribute(["life", "irr", "payback", "npv"], outputs, 0.05, [Tail.LOW] * 4)
    assert list(found) == ["npv"]


def test_an_output_has_the_same_drivers_whatever_stands_beside_it(drivers: Array) -> None:
    some, others = drivers[0] > -1, drivers[1] < 1
    rows = {
        "npv": (drivers.sum(axis=0), Tail.LOW),
        "irr": (np.where(some, np.exp(drivers[1]), np.nan), Tail.LOW),
        "aisc": (drivers[2] - drivers[0], Tail.HIGH),
        "payback": (np.where(others, drivers[0] ** 2, np.nan), Tail.HIGH),
        "moic": (np.where(some, drivers[2], np.nan), Tail.LOW),
    }
    outputs, sides = np.array([row for row, _ in rows.values()]), [side for _, side in rows.values()]
    found = Sample(NAMES, drivers.astype(np.float32)).attribute(list(rows), outputs, 0.05, sides)
    alone = {key: replace(attributed(row, drivers, side), key=key) for key, (row, side) in rows.items()}
    assert found == alone
    assert list(found) == list(rows)


def test_a_driver_drawn_every_period_stands_for_its_mean() -> None:
    price = Uncertain("price", F.NORMAL, {"mean": 250, "sd": 40}, draw=Draw.PERIOD)
    found = simulate(mine(10, price=250.0), SimulationSpec(8192, 1, (price,)), model=linear_npv)
    (each,) = found.drivers["npv_after_tax"].effects
    assert each.spearman > 0.95
    assert each.low < 677 < each.high


def test_sobol_indices_of_a_path_count_it_as_one_driver() -> None:
    inputs = mine(10, price=250.0)
    price = Uncertain("price", F.NORMAL, {"mean": 250, "sd": 40}, draw=Draw.PERIOD)
    (index,) = sobol_indices(inputs, SimulationSpec(2, 1, (price,)), model=linear_npv, samples=1024)[
        "npv_after_tax"
    ]
    assert index.driver == "price"
    assert index.total.value == pytest.approx(1, abs=0.02)


def test_sobol_indices_need_independent_drivers() -> None:
    pair = tuple(Uncertain(name, F.UNIFORM, {"min": 0, "max": 1}) for name in ("x", "y"))
    spec = SimulationSpec(2, 1, pair, correlation=Correlation({("x", "y"): 0.5}))
    with pytest.raises(ValueError, match="independent"):
        sobol_indices(mine(1, x=0.0, y=0.0), spec, model=every_driver)


def test_sobol_indices_may_be_cancelled() -> None:
    one = (Uncertain("x", F.UNIFORM, {"min": 0, "max": 1}),)
    assert not sobol_indices(
        mine(1, x=0.0), SimulationSpec(2, 1, one), model=every_driver, cancelled=lambda: True
    )
