"""Metal that comes out of a process later than its ore goes in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.testing import assert_allclose

from app.engine.checks import check
from app.engine.evaluate import evaluate
from app.engine.inputs import MetalTerms, MineInputs, Process, Product
from app.engine.quantity import Driven
from tests.engine.mines import bare, flat, gold_mine

#: Of 100 t of gold that the ore of a period gives in all.
ORE, GRADE, RECOVERY = 1e8, 2e-6, 0.5


def heap(ore: list[float], *shares: float, **more: object) -> MineInputs:
    pad = Process("pad", ore, {"Au": GRADE}, {"Au": RECOVERY}, releases={"Au": shares})
    return bare(len(ore), processes=(pad,), **more)


def test_each_period_s_metal_comes_out_by_its_shares() -> None:
    flow = evaluate(heap([ORE, 2 * ORE, 0, 0, 0], 0.6, 0.3, 0.1))
    assert flat(flow["recovered.Au"]) == pytest.approx([60, 30 + 120, 10 + 60, 20, 0])
    assert flat(flow["in_process.Au"]) == pytest.approx([40, 90, 20, 0, 0])
    assert flow["in_process.Au"][-2:].tolist() == [[0.0], [0.0]]
    assert flow.warnings == ()


def test_the_first_share_may_be_nothing() -> None:
    flow = evaluate(heap([ORE, ORE, 0], 0.0, 1.0))
    assert flat(flow["recovered.Au"]) == pytest.approx([0, 100, 100])


def test_what_comes_out_after_the_end_is_named_and_not_sold() -> None:
    flow = evaluate(heap([ORE, 2 * ORE], 0.6, 0.3, 0.1))
    assert flat(flow["recovered.Au"]) == pytest.approx([60, 150])
    assert flat(flow["in_process.Au"]) == pytest.approx([40, 90])
    (warning,) = flow.warnings
    assert (warning.field, warning.value, flow.problems) == ("in_process.Au", "2027", ())
    assert "30 % of what is ever recovered does not" in warning.allowed  # 90 of 300 t


def test_what_lies_on_the_pad_comes_out_beside_the_rest() -> None:
    inputs = heap([ORE, 0, 0], 0.6, 0.4)
    pad = replace(inputs.processes[0], earlier={"Au": [7.0, 3.0, 1.0]})
    flow = evaluate(replace(inputs, processes=(pad,)))
    assert flat(flow["recovered.Au"]) == pytest.approx([67, 43, 1])
    assert flat(flow["in_process.Au"]) == pytest.approx([44, 1, 0])
    assert flow["in_process.Au"][-1].tolist() == [0.0]
    assert flat(flow["ore_processed"]) == pytest.approx([ORE, 0, 0])
    assert flow.warnings == ()


def test_a_pad_may_get_no_more_ore() -> None:
    rest = Process("pad", earlier={"Au": [7.0, 3.0]})
    flow = evaluate(bare(2, processes=(rest,)))
    assert flat(flow["recovered.Au"]) == pytest.approx([7, 3])
    assert flat(flow["in_process.Au"]) == pytest.approx([3, 0])
    (problem,) = check(bare(2, processes=(replace(rest, earlier={"Au": [7.0, -3.0]}),)))
    assert (problem.field, problem.allowed) == ("processes[0].earlier.Au", "zero or more")


def test_a_rounded_schedule_leaves_nothing_to_warn_of() -> None:
    flow = evaluate(heap([ORE, 0, 0], 0.333, 0.333, 0.3335))
    assert flow.warnings == ()


def test_only_the_metal_and_the_process_that_wait_do() -> None:
    grades, recoveries = {"Au": GRADE, "Ag": GRADE}, {"Au": RECOVERY, "Ag": RECOVERY}
    pad = Process("pad", [ORE, 0], grades, recoveries, releases={"Au": (0.6, 0.4)})
    mill = Process("mill", [ORE, 0], grades, recoveries)
    flow = evaluate(bare(2, processes=(pad, mill)))
    assert flat(flow["recovered.Au"]) == pytest.approx([160, 40])
    assert flat(flow["in_process.Au"]) == pytest.approx([40, 0])
    assert flat(flow["recovered.Ag"]) == pytest.approx([200, 0])
    assert "in_process.Ag" not in flow


def test_an_entered_total_says_itself_when_it_comes_out() -> None:
    flow = evaluate(heap([ORE, 0], 0.6, 0.4, entered={"recovered.Au": [50.0, 50.0]}))
    assert flat(flow["recovered.Au"]) == [50, 50]
    assert "in_process.Au" not in flow


def test_products_are_sold_when_the_metal_is_out() -> None:
    terms = Product("doré", (MetalTerms("Au", 1e3),))
    flow = evaluate(replace(heap([ORE, 0], 0.6, 0.4), products=(terms,)))
    assert flat(flow["revenue"]) == pytest.approx([60e3, 40e3])


shares = st.lists(st.floats(0.01, 1), min_size=1, max_size=6).map(lambda rows: np.array(rows) / sum(rows))


@given(shares=shares, ore=st.lists(st.floats(0, 1e9), min_size=1, max_size=12))
def test_no_metal_is_lost_or_won(shares: np.ndarray, ore: list[float]) -> None:
    """What is out and what is in process are what the ore gives, at the end of each period; NumPy's own
    convolution says when it comes out.
    """
    flow = evaluate(heap([*ore, *[0.0] * 5], *shares))
    due = np.array([*ore, *[0.0] * 5]) * GRADE * RECOVERY
    out, held = flow["recovered.Au"].ravel(), flow["in_process.Au"].ravel()
    assert_allclose(out, np.convolve(due, shares)[: due.size], rtol=1e-12, atol=1e-9)
    assert_allclose(out.cumsum() + held, due.cumsum(), rtol=1e-12, atol=1e-9)
    assert (held >= 0).all()
    assert held[-1] == 0


def test_every_trial_waits_for_itself() -> None:
    mine = gold_mine()
    (mill,) = mine.processes
    mine = replace(mine, processes=(replace(mill, releases={"Au": (0.7, 0.2, 0.1)}),))
    rates = np.array([[0.8, 0.9, 0.95]])
    flow = evaluate(mine, {"recovery": rates})
    for trial, rate in enumerate(rates[0]):
        alone = evaluate(mine, {"recovery": np.array([[rate]])})
        assert flow["recovered.Au"][:, trial].tolist() == alone["recovered.Au"].ravel().tolist()


@pytest.mark.parametrize(
    ("process", "field"),
    [
        (
            Process("pad", 1.0, {"Au": GRADE}, {"Au": 0.5}, releases={"Au": (0.6, 0.3)}),
            "processes[0].releases.Au",
        ),
        (
            Process("pad", 1.0, {"Au": GRADE}, {"Au": 0.5}, releases={"Au": (1.2, -0.2)}),
            "processes[0].releases.Au",
        ),
        (
            Process("pad", 1.0, {"Au": GRADE}, {"Au": Driven("rate")}, releases={"Ag": (0.6, 0.4)}),
            "processes[0].releases.Ag",
        ),
    ],
    ids=["shares that leave something", "a share below nothing", "a metal that nothing recovers"],
)
def test_shares_that_cannot_be_are_refused(process: Process, field: str) -> None:
    problems = check(bare(3, processes=(process,), drivers={"rate": 0.5}))
    assert field in [problem.field for problem in problems]
