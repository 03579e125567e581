from __future__ import annotations

import numpy as np
import pytest

from app.engine.evaluate import evaluate
from app.engine.inputs import Feed, OreSource, Process, RecoveryCurve, Stockpile
from app.engine.quantity import Driven
from tests.engine.mines import bare, column, flat


def test_contained_and_recovered_metal() -> None:
    mill = Process("mill", [0, 1e6, 2e6, 0], {"Au": [0, 2e-6, 1e-6, 0]}, {"Au": [0.9, 0.9, 0.8, 0.8]})
    flow = evaluate(bare(processes=(mill,)))
    assert flat(flow["recovered.Au"]) == pytest.approx([0, 1.8, 1.6, 0])
    assert flat(flow["ore_processed"]) == [0, 1e6, 2e6, 0]


def test_recovery_reads_a_curve_at_the_head_grade() -> None:
    curve = RecoveryCurve((0.5e-6, 1.5e-6), (0.80, 0.90))
    mill = Process("mill", 1e6, {"Au": [0.2e-6, 0.5e-6, 1e-6, 3e-6]}, {"Au": curve})
    flow = evaluate(bare(processes=(mill,)))
    recovery = flow["recovered.Au"].ravel() / np.array([0.2, 0.5, 1, 3])
    assert recovery == pytest.approx([0.80, 0.80, 0.85, 0.90])


def test_a_curve_follows_each_trial_s_grade() -> None:
    curve = RecoveryCurve((1e-6, 2e-6), (0.5, 0.9))
    mill = Process("mill", 1e6, {"Au": Driven("grade")}, {"Au": curve})
    inputs = bare(processes=(mill,), drivers={"grade": 1e-6})
    flow = evaluate(inputs, {"grade": np.array([[1e-6, 1.5e-6, 2e-6]])})
    assert flow["recovered.Au"][0] == pytest.approx([0.5, 1.05, 1.8])


def test_two_processes_and_several_metals() -> None:
    mill = Process("mill", 1e6, {"Cu": 0.01, "Au": 1e-6}, {"Cu": 0.9, "Au": 0.7})
    leach = Process("leach", 3e6, {"Cu": 0.003}, {"Cu": 0.5})
    flow = evaluate(bare(1, processes=(mill, leach)))
    assert flat(flow["recovered.Cu"]) == pytest.approx([13500])
    assert flat(flow["recovered.Au"]) == pytest.approx([0.7])
    assert flat(flow["head_grade.Cu"]) == pytest.approx([19000 / 4e6])
    assert flat(flow["processed.leach"]) == [3e6]


def test_strip_ratio_is_no_number_without_ore() -> None:
    flow = evaluate(bare(2, sources=(OreSource("pit", [0, 1e6], [5e5, 3e6]),)))
    assert np.isnan(flow["strip_ratio"][0, 0])
    assert flow["strip_ratio"][1, 0] == 3


def blended() -> tuple[OreSource, OreSource, Stockpile, Process]:
    rich = OreSource("rich", [100, 100, 0], grades={"Au": 4e-6})
    poor = OreSource("poor", [100, 50, 0], grades={"Au": [1e-6, 2e-6, 0]})
    pile = Stockpile("low grade", "poor", opening=100, opening_grades={"Au": 0.5e-6})
    feeds = (Feed("rich", [100, 100, 0]), Feed("low grade", [0, 50, 200]))
    return rich, poor, pile, Process("mill", feeds=feeds, recoveries={"Au": 1.0})


def test_a_stockpile_is_drawn_at_its_average_grade() -> None:
    rich, poor, pile, mill = blended()
    flow = evaluate(bare(3, sources=(rich, poor), stockpiles=(pile,), processes=(mill,)))
    assert flat(flow["stockpile.low grade"]) == pytest.approx([200, 200, 0])
    # 100 t at 0.5 and 100 t at 1 g/t make 0.75; then 50 t at 2 g/t make 1 g/t.
    assert flat(flow["head_grade.Au"]) == pytest.approx([4e-6, (100 * 4e-6 + 50 * 1e-6) / 150, 1e-6])
    assert flow["recovered.Au"].sum() == pytest.approx((800 + 50 + 100 + 100) * 1e-6)
    assert flow.problems == ()


def test_an_overdrawn_stockpile_is_named_with_its_period() -> None:
    rich, poor, pile, _ = blended()
    greedy = Process("mill", feeds=(Feed("low grade", [0, 300, 0]),), recoveries={"Au": 1.0})
    flow = evaluate(bare(3, sources=(rich, poor), stockpiles=(pile,), processes=(greedy,)))
    assert [(problem.field, problem.value) for problem in flow.problems] == [
        ("tie_out.stockpile.low grade", "2027")
    ]


def test_feeding_more_than_is_mined_is_named_with_its_period() -> None:
    pit = OreSource("pit", [100.0, 100.0], grades={"Au": 1e-6})
    mill = Process("mill", feeds=(Feed("pit", [100.0, 120.0]),), recoveries={"Au": 0.9})
    (problem,) = evaluate(bare(2, sources=(pit,), processes=(mill,))).problems
    assert (problem.field, problem.value) == ("tie_out.feed.pit", "2027")


def test_mining_beyond_the_reserve_is_named_with_its_period() -> None:
    flow = evaluate(bare(sources=(OreSource("pit", [1e6] * 4, reserve=2.5e6),)))
    (warning,) = flow.warnings
    assert (warning.field, warning.value, flow.problems) == ("reserves.pit", "2028", ())


@pytest.mark.parametrize(
    ("key", "row"), [("ore_processed", 2e6), ("head_grade.Au", 2e-6), ("recovered.Au", 1.8)]
)
def test_entered_physicals_are_followed_downstream(key: str, row: float) -> None:
    mill = Process("mill", 1e6, {"Au": 1e-6}, {"Au": 0.9})
    flow = evaluate(bare(processes=(mill,), entered={key: row}))
    assert flat(flow["recovered.Au"]) == pytest.approx([1.8] * 4)
    assert flow.entered == {key}


def test_entered_totals_of_two_processes_keep_their_proportion() -> None:
    mill = Process("mill", 1e6, {"Cu": 0.01}, {"Cu": 0.9})
    leach = Process("leach", 3e6, {"Cu": 0.004}, {"Cu": 0.5})
    flow = evaluate(bare(1, processes=(mill, leach), entered={"ore_processed": 8e6}))
    assert flat(flow["processed.leach"]) == [6e6]
    flow = evaluate(bare(1, processes=(mill, leach), entered={"head_grade.Cu": column(0.011)}))
    assert flat(flow["recovered.Cu"]) == pytest.approx([2 * 15000])
