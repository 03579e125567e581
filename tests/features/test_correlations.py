"""The matrix of correlations: checked, brought to the nearest that can be, saved; its JSON twin."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.models import Scenario
from tests.features.conftest import GOLD, Post

PAGE = f"{GOLD}/correlations"
API = f"/api{PAGE}"
#: Below the diagonal, in the order of the parameters: recovery with grade, mining with both.
IMPOSSIBLE = {
    "rho.recovery_factor.head_grade_factor": "0.9",
    "rho.mining_cost_factor.head_grade_factor": "0.9",
    "rho.mining_cost_factor.recovery_factor": "-0.5",
}


def shown(html: str) -> dict[str, str]:
    """Return what the fields of the matrix and the versions behind them show."""
    fields = re.findall(r'name="((?:rho|version)\.[a-z_.]+)"[^>]*? value="([^"]*)"', html)
    return {name: value for name, value in fields if value}


def stored(session: Session, gold: Scenario) -> dict[tuple[str, str], float]:
    session.expire_all()
    return {(row.first, row.second): row.rho for row in gold.correlations}


def test_the_stored_matrix_is_shown(client: TestClient, gold: Scenario) -> None:
    page = client.get(PAGE).text
    assert "These correlations can hold together" in page
    rhos = {name: value for name, value in shown(page).items() if name.startswith("rho.")}
    assert rhos == {
        "rho.processing_cost_factor.mining_cost_factor": "0.5",
        "rho.initial_capital_factor.mining_cost_factor": "0.3",
    }
    assert f'href="{PAGE}"' in client.get(f"{GOLD}/parameters").text


def test_what_cannot_hold_is_said_and_the_nearest_is_offered_and_taken(
    client: TestClient, post: Post, session: Session, gold: Scenario
) -> None:
    before = stored(session, gold)
    checked = post(PAGE, act="check", **IMPOSSIBLE)
    assert checked.status_code == 200
    assert "These correlations cannot hold together" in checked.text
    assert "0.587" in checked.text
    assert shown(checked.text).items() >= IMPOSSIBLE.items()
    taken = post(PAGE, act="nearest", **IMPOSSIBLE)
    assert "These correlations can hold together" in taken.text
    assert shown(taken.text)["rho.recovery_factor.head_grade_factor"] == "0.587"
    assert stored(session, gold) == before


def test_saving_adds_changes_and_removes_as_one_revision(
    client: TestClient, post: Post, session: Session, gold: Scenario
) -> None:
    fields = shown(client.get(PAGE).text)
    fields |= {
        "rho.processing_cost_factor.mining_cost_factor": "0.6",
        "rho.initial_capital_factor.mining_cost_factor": "",
        "rho.recovery_factor.head_grade_factor": "−0.25",
    }
    saved = post(PAGE, act="save", **fields)
    assert (saved.status_code, saved.headers["location"]) == (303, PAGE)
    assert stored(session, gold) == {
        ("mining_cost_factor", "processing_cost_factor"): 0.6,
        ("recovery_factor", "head_grade_factor"): -0.25,
    }
    # The versions of before are those of nobody now.
    late = post(PAGE, act="save", **fields | {"rho.processing_cost_factor.mining_cost_factor": "0.7"})
    assert late.status_code == 409
    again = shown(client.get(PAGE).text)
    assert post(PAGE, act="save", **again).status_code == 303
    assert len(stored(session, gold)) == 2


@pytest.mark.parametrize("typed", ["1.5", "much"])
def test_what_is_no_correlation_comes_back_beside_what_was_typed(
    post: Post, gold: Scenario, typed: str
) -> None:
    field = "rho.recovery_factor.head_grade_factor"
    refused = post(PAGE, act="save", **{field: typed})
    assert refused.status_code == 422
    assert f'value="{typed}"' in refused.text


def test_a_scenario_without_uncertain_parameters_says_what_to_do(
    client: TestClient, session: Session, gold: Scenario
) -> None:
    for row in list(gold.correlations):
        session.delete(row)
    for parameter in gold.parameters:
        parameter.family, parameter.active = None, False
    session.flush()
    assert "Nothing to correlate" in client.get(PAGE).text


def test_the_api_says_the_same(client: TestClient, gold: Scenario) -> None:
    found = client.get(API).json()
    assert (found["consistent"], found["nearest"], len(found["pairs"])) == (True, [], 2)
    pairs = [
        {"first": "recovery_factor", "second": "head_grade_factor", "rho": 0.9},
        {"first": "mining_cost_factor", "second": "head_grade_factor", "rho": 0.9},
        {"first": "mining_cost_factor", "second": "recovery_factor", "rho": -0.5},
    ]
    found = client.post(f"{API}/check", json={"pairs": pairs}).json()
    assert not found["consistent"]
    assert {each["rho"] for each in found["nearest"]} == {0.587, -0.256}
    assert client.get(API).json()["consistent"]


def test_the_api_names_what_is_wrong(client: TestClient, gold: Scenario) -> None:
    pairs = [
        {"first": "gold_price", "second": "silver_price", "rho": 0.5},
        {"first": "gold_price", "second": "gold_price", "rho": 0.5},
    ]
    refused = client.post(f"{API}/check", json={"pairs": pairs})
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["pairs[0].second", "pairs[1]"]
