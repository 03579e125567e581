"""The history tab and its JSON twin: what every change left behind, and the ways back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import ScenarioStatus
from app.models import Parameter, Scenario
from tests.features.conftest import GOLD, SAME_ORIGIN, Post

PRICE = f"{GOLD}/parameters/gold_price"
HISTORY = f"{GOLD}/history"
API = f"/api{GOLD}"


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient) -> None:
    client.headers.update(SAME_ORIGIN)


def raise_price(client: TestClient, to: float, note: str = "") -> None:
    version = client.get(f"/api{PRICE}").json()["version"]
    answer = client.put(f"/api{PRICE}", json={"version": version, "values": [to], "note": note})
    assert answer.status_code == 200, answer.text


def price(session: Session, scenario: Scenario) -> float:
    statement = select(Parameter).where(Parameter.scenario_id == scenario.id, Parameter.name == "gold_price")
    return session.scalars(statement).one().base.values[0]


def test_an_edit_through_either_door_is_a_revision(client: TestClient, post: Post, gold: Scenario) -> None:
    assert "No history yet" in client.get(HISTORY).text
    raise_price(client, 3600, "Forward curve")
    assert post(PRICE, values="3,700", family="certain", note="Spot").status_code == 303
    found = client.get(f"{API}/revisions").json()
    assert [item["number"] for item in found["items"]] == [3, 2, 1]
    assert [item["note"] for item in found["items"]] == ["Spot", "Forward curve", ""]
    text = client.get(HISTORY).text
    assert "Parameters › gold_price › Base" in text
    assert "Forward curve" in text


def test_a_revision_shows_before_and_after(client: TestClient, gold: Scenario) -> None:
    raise_price(client, 3600)
    text = client.get(f"{HISTORY}/2").text
    assert "3500 ¤/oz" in text
    assert "3600 ¤/oz" in text
    detail = client.get(f"{API}/revisions/2").json()
    assert "Parameters › gold_price › Base" in [change["place"] for change in detail["changes"]]
    assert detail["document"]["parameters"][0]["base"] == {"value": 3600, "unit": "¤/oz"}


def test_two_revisions_are_compared(client: TestClient, gold: Scenario) -> None:
    raise_price(client, 3600)
    raise_price(client, 3700)
    (change,) = [
        change
        for change in client.get(f"{API}/revisions/3/differences?since=1").json()
        if change["place"].endswith("Base")
    ]
    assert (change["before"]["value"], change["after"]["value"]) == (3500, 3700)
    assert "3500 ¤/oz" in client.get(f"{HISTORY}/3?since=1").text
    assert client.get(f"{API}/revisions/3/differences?since=9").status_code == 404
    assert client.get(f"{API}/revisions/3/differences").status_code == 422


def test_a_revision_comes_back_through_the_page(
    client: TestClient, post: Post, gold: Scenario, session: Session
) -> None:
    value = client.get(f"{API}/valuation").json()
    raise_price(client, 3000)
    answer = post(f"{HISTORY}/1", f"{HISTORY}/1/restore", note="A mistake")
    assert (answer.status_code, answer.headers["location"]) == (303, HISTORY)
    assert price(session, gold) == 3500
    assert client.get(f"{API}/valuation").json() == value
    newest = client.get(f"{API}/revisions").json()["items"][0]
    assert (newest["kind"], newest["note"], newest["origin"]) == ("restored", "A mistake", "revision 1")


def test_a_branch_through_each_door(client: TestClient, post: Post, gold: Scenario) -> None:
    raise_price(client, 3000)
    made = client.post(f"{API}/revisions/1/branch", json={"name": "High price"})
    assert made.status_code == 201
    assert made.json()["scenario"] == "high-price"
    answer = post(f"{HISTORY}/2", f"{HISTORY}/2/branch", name="Low price")
    assert answer.headers["location"].endswith("/scenarios/low-price")
    clone = client.post(f"{API}/clone", json={"name": "Clone"}).json()
    prices = [
        client.get(f"/api/projects/diamba-sud/scenarios/{slug}/parameters/gold_price").json()["values"]
        for slug in ("high-price", "low-price", clone["scenario"])
    ]
    assert prices == [[3500], [3000], [3000]]


def test_a_branch_that_is_called_like_another_says_so(client: TestClient, post: Post, gold: Scenario) -> None:
    raise_price(client, 3000)
    answer = post(f"{HISTORY}/1", f"{HISTORY}/1/branch", name=gold.name)
    assert answer.status_code == 422
    assert "no other scenario of this project has" in answer.text
    refused = client.post(f"{API}/revisions/1/branch", json={"name": gold.name})
    assert refused.json()["errors"][0]["field"] == "name"


def test_an_approved_scenario_refuses_every_edit_until_it_is_reopened(
    client: TestClient, post: Post, gold: Scenario, session: Session
) -> None:
    raise_price(client, 3600)
    answer = post(HISTORY, f"{HISTORY}/status", status="approved", note="Board of 3 March")
    assert answer.status_code == 303
    session.refresh(gold)
    assert gold.status is ScenarioStatus.APPROVED
    refused = client.put(f"/api{PRICE}", json={"version": 2, "values": [1]})
    assert (refused.status_code, "approved" in refused.json()["detail"]) == (403, True)
    assert client.post(f"{API}/revisions/1/restore", json={}).status_code == 403
    assert "Restore revision" not in client.get(f"{HISTORY}/1").text
    assert client.put(f"{API}/status", json={"status": "approved"}).status_code == 403
    assert client.put(f"{API}/status", json={"status": "draft", "note": "New drilling"}).status_code == 200
    raise_price(client, 3700)


@pytest.mark.parametrize("address", [f"{HISTORY}/1", f"{HISTORY}/x", f"{HISTORY}/0", f"{API}/revisions/1"])
def test_an_unknown_revision_is_not_found(client: TestClient, gold: Scenario, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_long_history_takes_no_more_queries(
    client: TestClient, gold: Scenario, query_counter: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    for value in range(5):
        raise_price(client, 3000 + value)
    with query_counter() as queries:
        assert client.get(HISTORY).status_code == 200
    assert len(queries) <= 5
