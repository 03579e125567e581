from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.models import Entered, PeriodRun, Project
from app.seed.document import load_project
from tests.everything import document

Change = Callable[[dict[str, Any]], Any]


def test_it_works(session: Session) -> None:
    project = load_project(session, document())
    scenario = project.scenarios[0]
    assert list(scenario.periods) == [PeriodRun("month", 12), PeriodRun("year", 2)]
    assert scenario.terms is not None
    assert scenario.terms.inflation == Entered((2.0,), "%", "grade_factor")
    assert scenario.processes[0].feeds[1].stockpile == "Low grade"
    assert scenario.products[0].metals[0].streams[0].name == "Streamer"


def test_lists_keep_their_order(session: Session) -> None:
    made = document()
    line = made["scenarios"][0]["costs"][0]
    made["scenarios"][0]["costs"] = [line | {"name": name} for name in ("Z", "A", "M")]
    scenario = load_project(session, made).scenarios[0]
    session.expire_all()
    assert [line.name for line in scenario.costs] == ["Z", "A", "M"]


def set_at(*path: Any, to: Any) -> Change:
    def change(made: dict[str, Any]) -> None:
        place: Any = made
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


SCENARIO = ("scenarios", 0)
RATE = (*SCENARIO, "costs", 0, "rate")


@pytest.mark.parametrize(
    ("change", "field", "allowed"),
    [
        (set_at("format", to="other/1"), "format", "calminer-project/1"),
        (set_at("extra", to=1), "extra", "format, project and scenarios"),
        (set_at("project", to=None), "project", "object"),
        (set_at("project", "nmae", to="x"), "project.nmae", "no such field"),
        (set_at("project", "id", to=7), "project.id", "no such field"),
        (set_at("project", "name", to=7), "project.name", "text"),
        (set_at(*SCENARIO, "start", to="soon"), "scenarios[0].start", "2026-01-31"),
        (set_at(*SCENARIO, "is_base", to="yes"), "scenarios[0].is_base", "true or false"),
        (set_at(*SCENARIO, "periods", to=[]), "scenarios[0].periods", "list of runs"),
        (set_at(*SCENARIO, "periods", to=[{"length": "week", "count": 1}]), "scenarios[0].periods", "month"),
        (
            set_at(*SCENARIO, "periods", to=[{"length": "year", "count": 0}]),
            "scenarios[0].periods",
            "at least 1",
        ),
        (set_at(*SCENARIO, "costs", to={}), "scenarios[0].costs", "list"),
        (set_at(*SCENARIO, "costs", 0, to=3), "scenarios[0].costs[0]", "object"),
        (set_at(*SCENARIO, "costs", 0, "basis", to="per_moon"), "scenarios[0].costs[0].basis", "per_t_mined"),
        (set_at(*SCENARIO, "costs", 0, "first", to=1.5), "scenarios[0].costs[0].first", "whole number"),
        (set_at(*SCENARIO, "costs", 0, "scenario_id", to=1), "scenarios[0].costs[0].scenario_id", "no such"),
        (set_at(*SCENARIO, "processes", 0, "metals", 0, "process", to="x"), ".metals[0].process", "no such"),
        (set_at(*RATE, to=5), "scenarios[0].costs[0].rate", "object"),
        (set_at(*RATE, to={"value": 5}), "scenarios[0].costs[0].rate", "unit, value"),
        (set_at(*RATE, "unit", to=""), "scenarios[0].costs[0].rate", "unit 1"),
        (set_at(*RATE, "value", to="5"), "scenarios[0].costs[0].rate", "number"),
        (set_at(*RATE, "value", to=True), "scenarios[0].costs[0].rate", "number"),
        (set_at(*RATE, "value", to=float("nan")), "scenarios[0].costs[0].rate", "number"),
        (set_at(*RATE, "value", to=[]), "scenarios[0].costs[0].rate", "empty"),
        (set_at(*RATE, "factor", to=1), "scenarios[0].costs[0].rate", "may have driver"),
        (set_at(*SCENARIO, "levies", 0, "steps", "y", to=[1]), "scenarios[0].levies[0].steps", "one length"),
        (set_at(*SCENARIO, "parameters", 1, "distribution", to=[]), "parameters[1].distribution", "object"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(
    session: Session, change: Change, field: str, allowed: str
) -> None:
    made = copy.deepcopy(document())
    change(made)
    with pytest.raises(InvalidInput) as refused:
        load_project(session, made)
    problem = next(found for found in refused.value.problems if found.field.endswith(field))
    assert allowed in problem.allowed
    assert session.query(Project).count() == 0


@pytest.mark.parametrize("field", ["slug", "name", "start", "periods", "costs.basis", "costs.rate"])
def test_what_is_required_is_asked_for(session: Session, field: str) -> None:
    made = copy.deepcopy(document())
    *steps, last = field.split(".")
    place = made["scenarios"][0]
    for step in steps:
        place = place[step][0]
    del place[last]
    with pytest.raises(InvalidInput, match=rf"{last}: None is not allowed; it is required"):
        load_project(session, made)


def test_every_bad_value_is_named_at_once(session: Session) -> None:
    made = document()
    made["project"]["name"] = 1
    made["scenarios"][0]["name"] = 2
    with pytest.raises(InvalidInput) as refused:
        load_project(session, made)
    assert {problem.field for problem in refused.value.problems} == {"project.name", "scenarios[0].name"}


def test_a_name_that_nothing_bears_is_refused(session: Session) -> None:
    made = document()
    made["scenarios"][0]["costs"][0]["rate"]["driver"] = "nobody"
    with pytest.raises(IntegrityError, match="fk_cost_lines_scenario_id_rate_driver"):
        load_project(session, made)
