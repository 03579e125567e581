"""A generated schedule finds its rows: new ones, feeds, entered ore; and each way it is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from app.engine.cutoff import GradeDistribution
from app.errors import InvalidInput
from app.models import Scenario
from app.planning.edit import save
from app.planning.generate import Asked, Generated, Phase, generate
from app.planning.history import Because, latest_number
from app.seed.document import load_project
from app.valuation.evaluate import evaluate_scenario
from app.valuation.load import load_scenario

NEW = Asked(
    "Pit",
    "Mill",
    reserve=2e6,
    strip_ratio=3.0,
    ore_a_day=1000,
    grades={"Au": 2e-6},
    recoveries={"Au": 0.9},
)


def loaded(session: Session, document: dict[str, Any]) -> Scenario:
    made = load_project(session, document).scenarios[0]
    session.flush()
    return load_scenario(session, made.id)


@pytest.fixture
def empty(session: Session) -> Scenario:
    """A scenario of four years with nothing in it."""
    project = {"slug": "green", "name": "Green field", "currency": "USD"}
    scenario = {
        "slug": "base",
        "name": "Base",
        "is_base": True,
        "start": "2027-01-01",
        "periods": [{"length": "year", "count": 4}],
        "terms": {"discount_rate": {"value": 8, "unit": "%"}},
    }
    return loaded(session, {"format": "calminer-project/1", "project": project, "scenarios": [scenario]})


def written(session: Session, scenario: Scenario, asked: Asked) -> Generated:
    made = generate(load_scenario(session, scenario.id), asked)
    save(session, scenario, made.changes, Because("Production generated"))
    return made


def lines(session: Session, scenario: Scenario) -> Any:
    session.expire_all()
    return evaluate_scenario(session, scenario.id).cash_flow


def test_an_empty_scenario_gets_source_process_and_feed(session: Session, empty: Scenario) -> None:
    before = latest_number(session, empty.id)
    made = written(session, empty, NEW)
    assert latest_number(session, empty.id) - before <= 2  # the state as found, and one revision
    flow = lines(session, empty)
    assert flow["ore_mined"].ravel() == pytest.approx(made.plan.ore)
    assert flow["ore_mined"].sum() + made.plan.left == pytest.approx(2e6)
    assert flow["waste_mined"].sum() == pytest.approx(3 * flow["ore_mined"].sum())
    assert flow["ore_processed"].ravel() == pytest.approx(made.plan.ore)
    # 365,000 t × 2 g/t × 90 %
    assert flow["recovered.Au"].ravel()[0] == pytest.approx(365_000 * 2e-6 * 0.9)


def test_phases_are_mined_in_order_and_their_metal_reaches_the_mill(
    session: Session, empty: Scenario
) -> None:
    pits = (Phase("North", 500e3, 1.0, {"Au": 3e-6}), Phase("South", 1e6, 4.0, {"Au": 1e-6}))
    made = written(session, empty, replace(NEW, reserve=None, grades={}, phases=pits))
    flow = lines(session, empty)
    assert flow["ore_mined"].sum() + made.plan.left == pytest.approx(1.5e6)
    assert flow["ore_processed"].ravel() == pytest.approx(flow["ore_mined"].ravel())
    metal = sum(ore.sum() * pit.grades["Au"] for ore, pit in zip(made.plan.phases, pits, strict=True))
    assert flow["recovered.Au"].sum() == pytest.approx(metal * 0.9)
    waste = sum(ore.sum() * pit.strip_ratio for ore, pit in zip(made.plan.phases, pits, strict=True))
    assert flow["waste_mined"].sum() == pytest.approx(waste)


def test_a_second_generation_changes_the_same_rows(session: Session, empty: Scenario) -> None:
    written(session, empty, NEW)
    written(session, empty, replace(NEW, ore_a_day=2000, grades={"Au": 3e-6}, recoveries={}))
    full = load_scenario(session, empty.id)
    assert (len(full.sources), len(full.processes), len(full.processes[0].feeds)) == (1, 1, 1)
    flow = lines(session, empty)
    assert flow["recovered.Au"].ravel()[0] == pytest.approx(730_000 * 3e-6 * 0.9)


def test_entered_ore_and_grades_of_a_process_are_replaced_and_factors_stay(
    session: Session, gold: Scenario
) -> None:
    source, process = gold.sources[0].name, gold.processes[0].name
    asked = Asked(source, process, reserve=20e6, ore_a_day=6000, grades={"Au": 1.5e-6}, first=2)
    written(session, gold, asked)
    full = load_scenario(session, gold.id)
    metal = full.processes[0].metals[0]
    assert metal.grade is not None
    assert (metal.grade.values, metal.grade.unit, metal.grade.driver) == ((1.5,), "g/t", "head_grade_factor")
    assert metal.recovery is not None
    assert len(metal.recovery.values) > 1
    flow = lines(session, gold)
    assert flow["ore_processed"].sum() == pytest.approx(flow["ore_mined"].sum())
    assert flow["ore_mined"].ravel()[:2].tolist() == [0, 0]
    assert full.sources[0].reserve is not None


def test_entered_rows_hide_a_schedule_until_they_go(session: Session, copper: Scenario) -> None:
    asked = Asked("Pit", copper.processes[0].name, reserve=1e9, ore_a_day=136_000, grades={"Cu": 0.004})
    made = generate(copper, asked)
    assert "recovered.Cu" in made.hidden
    assert "income_tax" not in made.hidden
    metals = {"Cu": 0.004, "Mo": 0.0001, "Ag": 1e-6}
    recoveries = {"Cu": 0.9, "Mo": 0.7, "Ag": 0.5}
    open_ = written(session, copper, replace(asked, uncover=True, grades=metals, recoveries=recoveries))
    assert open_.hidden == ()
    flow = lines(session, copper)
    assert flow["recovered.Cu"].sum() == pytest.approx(open_.plan.ore.sum() * 0.004 * 0.9)


def test_without_a_capacity_taylors_rule_sets_it(session: Session, empty: Scenario) -> None:
    made = generate(empty, replace(NEW, reserve=50e6, ore_a_day=None, idle_days=15))
    assert made.taylor_life == pytest.approx(17.2, abs=0.05)
    assert made.pace.ore_a_day == pytest.approx(9138 * 0.90718474, rel=1e-4)


def test_a_curve_and_a_cut_off_give_reserve_grade_and_waste(session: Session, empty: Scenario) -> None:
    curve = GradeDistribution((0.0, 0.01), (10e6,))
    asked = replace(
        NEW,
        reserve=None,
        curve=curve,
        curve_metal="Cu",
        cut_off=0.004,
        strip_ratio=1.0,
        grades={},
        recoveries={},
    )
    made = generate(empty, asked)
    assert made.reserve.ore == pytest.approx(6e6)
    assert made.reserve.grades == pytest.approx({"Cu": 0.007})
    assert made.reserve.waste == pytest.approx(4e6 + 6e6)


def test_no_process_leaves_processing_alone(session: Session, gold: Scenario) -> None:
    before = evaluate_scenario(session, gold.id).cash_flow["ore_processed"].copy()
    written(session, gold, Asked(gold.sources[0].name, reserve=9e6, ore_a_day=5000))
    assert np.array_equal(lines(session, gold)["ore_processed"], before)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"source": " "}, "source"),
        ({"unit": "lb"}, "unit"),
        ({"reserve": None}, "reserve"),
        ({"reserve": -1.0}, "reserve"),
        ({"curve": GradeDistribution((0.0, 0.1), (1.0,))}, "curve_metal"),
        ({"curve": GradeDistribution((0.0, 0.1), (1.0,)), "curve_metal": "Cu"}, "reserve"),
        ({"curve": GradeDistribution((0.1,), (1.0,)), "curve_metal": "Cu", "reserve": None}, "curve_grades"),
        ({"phases": (Phase("Pit", 1e6),)}, "phases"),
        ({"phases": (Phase("Pit", -1.0),), "reserve": None}, "phases[0].reserve"),
        ({"idle_days": 400.0}, "idle_days"),
        ({"idle_days": 340.0}, "idle_days"),
        ({"availability": 0.0}, "availability"),
        ({"ore_a_day": 0.0}, "ore_a_day"),
        ({"first": 99}, "first"),
        ({"grades": {"Au": 2.0}}, "grade.Au"),
    ],
)
def test_what_cannot_be_generated_is_named(
    session: Session, empty: Scenario, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        generate(empty, replace(NEW, **changed))
    assert field in {problem.field for problem in error.value.problems}


def test_a_process_that_others_feed_unnamed_is_not_overwritten(session: Session, gold: Scenario) -> None:
    asked = Asked("Another pit", gold.processes[0].name, reserve=1e6, ore_a_day=1000)
    with pytest.raises(InvalidInput, match="add feeds"):
        generate(gold, asked)
