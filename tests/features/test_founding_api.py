"""The first form of the simulation API still works, and what it runs is stored with its scenario."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName, RunStatus
from app.models import Scenario, SimulationRun
from app.people import accounts
from app.settings import get_settings
from app.valuation import runs
from app.valuation.spec import RunForm
from tests import persons
from tests.conftest import ClientAs
from tests.features.conftest import SAME_ORIGIN

RUN = "/api/simulations/run"
PRICE = {"name": "gold_price", "distribution": "triangular", "min": 1500, "value": 2000, "max": 2600}


def post(client: TestClient, **body: Any) -> Response:
    return client.post(RUN, json=body, headers=SAME_ORIGIN)


def test_it_returns_the_trials_and_stores_the_run(client: TestClient, gold: Scenario) -> None:
    answer = post(client, scenario_id=gold.id, iterations=500, seed=3)
    assert answer.status_code == 200
    found = answer.json()
    assert [item["iteration"] for item in found["results"]] == list(range(1, 501))
    assert (found["scenario_id"], found["status"], found["seed"]) == (gold.id, "finished", 3)
    assert answer.headers["location"] == f"/api/runs/{found['run_id']}"
    stored = client.get(f"/api/runs/{found['run_id']}/result").json()["outputs"]["npv_after_tax"]
    assert found["summary"]["mean"] == pytest.approx(stored["mean"]["value"], rel=1e-12)
    assert (found["summary"]["min"], found["summary"]["max"]) == (stored["minimum"], stored["maximum"])
    again = client.post("/api/reporting/summary", json=found["results"], headers=SAME_ORIGIN).json()
    assert again == found["summary"]


def test_a_parameter_of_the_request_takes_the_place_of_the_scenarios(
    client: TestClient, gold: Scenario, session: Session
) -> None:
    plain = post(client, scenario_id=gold.id, iterations=200, seed=3).json()
    changed = post(client, scenario_id=gold.id, iterations=200, seed=3, parameters=[PRICE]).json()
    assert changed["summary"]["mean"] != plain["summary"]["mean"]
    run = runs.get_run(session, changed["run_id"])
    assert runs.is_current(session, run)
    replayed = runs.replay(session, run.id, enqueue=lambda *_: None)
    assert runs.differences(session, run.id, replayed.id) == ()
    assert runs.is_current(session, replayed)
    row = next(parameter for parameter in gold.parameters if parameter.name == "gold_price")
    assert row.distribution != {"min": 1500, "mode": 2000, "max": 2600}


def test_a_run_on_its_own_distributions_ends_no_other_and_is_ended_by_none(
    client: TestClient, gold: Scenario, session: Session
) -> None:
    large = get_settings().inline_trials + 1
    plain = runs.start(session, gold.id, RunForm(trials=large, seed=1), enqueue=lambda *_: None)
    answer = post(client, scenario_id=gold.id, iterations=large, parameters=[PRICE])
    found = answer.json()
    assert (answer.status_code, found["status"], found["results"]) == (202, "queued", [])
    assert found["summary"] is None
    assert runs.get_run(session, plain.id).status is RunStatus.QUEUED
    gold.costs[0].note = "changed"
    gold.costs[0].last = 3
    session.flush()
    runs.start(session, gold.id, RunForm(trials=large, seed=1), enqueue=lambda *_: None)
    assert runs.get_run(session, plain.id).status is RunStatus.CANCELLED
    assert runs.get_run(session, found["run_id"]).status is RunStatus.QUEUED


def test_a_normal_and_a_uniform_are_taken_as_they_were(client: TestClient, gold: Scenario) -> None:
    for parameter in (
        {"name": "gold_price", "value": 2000, "std_dev": 100},
        {"name": "gold_price", "distribution": "uniform", "min": 1900, "max": 2100},
    ):
        answer = post(client, scenario_id=gold.id, iterations=100, seed=1, parameters=[parameter])
        assert answer.status_code == 200, answer.text
        assert answer.json()["summary"]["std_dev"] > 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scenario_id": 0}, "scenario_id"),
        ({"scenario_id": "first"}, "scenario_id"),
        ({"iterations": 0}, "iterations"),
        ({"iterations": 1}, "iterations"),
        ({"iterations": 10.5}, "iterations"),
        ({"iterations": "many"}, "iterations"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"trials": 5}, "trials"),
        ({"parameters": "none"}, "parameters"),
        ({"parameters": [PRICE | {"name": "luck"}]}, "parameter 'luck'"),
        ({"parameters": [PRICE | {"name": ""}]}, "parameters.0.name"),
        ({"parameters": [PRICE, PRICE]}, "parameters[0].name"),
        ({"parameters": [PRICE | {"distribution": "cauchy"}]}, "parameters.0.distribution"),
        ({"parameters": [PRICE | {"max": 1000}]}, "parameters[0].max"),
        ({"parameters": [PRICE | {"value": 3000}]}, "parameters[0].mode"),
        ({"parameters": [PRICE | {"std_dev": 3}]}, "parameters[0].std_dev"),
        ({"parameters": [{"name": "gold_price", "value": 2000, "std_dev": -1}]}, "parameters[0].std_dev"),
        ({"parameters": [{"name": "gold_price", "value": 2000}]}, "parameters[0].std_dev"),
        ({"parameters": [{"name": "gold_price", "std_dev": 10}]}, "parameters[0].value"),
        ({"parameters": [{"name": "gold_price", "distribution": "uniform", "min": 1}]}, "parameters[0].max"),
    ],
)
def test_a_bad_request_names_its_field_and_stores_nothing(
    client: TestClient, gold: Scenario, session: Session, changes: dict[str, Any], field: str
) -> None:
    answer = post(client, **{"scenario_id": gold.id, "iterations": 100} | changes)
    assert answer.status_code == 422
    assert field in [problem["field"] for problem in answer.json()["errors"]]
    assert session.scalar(select(func.count(SimulationRun.id))) == 0


def test_an_unknown_scenario_is_not_found(client: TestClient) -> None:
    assert post(client, scenario_id=987654).status_code == 404


def test_more_iterations_than_allowed_are_a_limit(client: TestClient, gold: Scenario) -> None:
    assert post(client, scenario_id=gold.id, iterations=10**9).status_code == 413


@pytest.mark.parametrize(("role", "status"), [(None, 404), (RoleName.VIEWER, 403), (RoleName.ANALYST, 200)])
def test_whoever_may_run_simulations_may_use_it(
    client_as: ClientAs, gold: Scenario, role: RoleName | None, status: int
) -> None:
    assert post(client_as(role), scenario_id=gold.id, iterations=2).status_code == status


def test_an_analyst_of_the_project_may_use_it(client_as: ClientAs, gold: Scenario, session: Session) -> None:
    member = persons.person(session)
    accounts.set_member(session, gold.project_id, member.id, RoleName.ANALYST)
    assert post(client_as(user=member), scenario_id=gold.id, iterations=2).status_code == 200
