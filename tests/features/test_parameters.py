"""Parameters: the form that marks an input uncertain, its JSON twin, and each way to fail."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import DistributionFamily, Draw, Effect, ScenarioStatus
from app.models import Parameter, Scenario
from tests.features.conftest import GOLD, Post

PRICE = f"{GOLD}/parameters/gold_price"
CERTAIN = {"values": "3500", "family": "certain", "note": ""}
PERT = {
    "values": "3,600",
    "family": "pert",
    "pert.min": "2,800",
    "pert.mode": "3,500",
    "pert.max": "4,500",
    "pert.shape": "",
    "effect": "replace",
    "draw": "period",
    "autocorrelation": "0.5",
    "note": "Our view of the market",
}


@pytest.fixture
def price(gold: Scenario, session: Session) -> Parameter:
    statement = select(Parameter).where(Parameter.scenario_id == gold.id, Parameter.name == "gold_price")
    return session.scalars(statement).one()


def test_it_works(client: TestClient, post: Post, price: Parameter, session: Session) -> None:
    saved = post(PRICE, **PERT)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{GOLD}/parameters")
    session.refresh(price)
    assert price.base.values == (3600.0,)
    assert price.family is DistributionFamily.PERT
    assert price.distribution == {"min": 2800.0, "mode": 3500.0, "max": 4500.0}
    assert (price.effect, price.draw, price.autocorrelation) == (Effect.REPLACE, Draw.PERIOD, 0.5)
    assert "PERT" in client.get(f"{GOLD}/parameters").text
    shown = client.get(PRICE).text
    assert 'value="4500"' in shown
    assert "Our view of the market" in shown


def test_an_input_can_be_made_certain_again(post: Post, price: Parameter, session: Session) -> None:
    assert post(PRICE, **CERTAIN).status_code == 303
    session.refresh(price)
    assert price.family is None
    assert not price.active


def test_a_row_pasted_from_a_spreadsheet_is_a_value_for_each_period(
    post: Post, price: Parameter, session: Session
) -> None:
    row = "\t".join(f"{3000 + 10 * year}" for year in range(12))
    assert post(PRICE, **CERTAIN | {"values": row + "\r\n"}).status_code == 303
    session.refresh(price)
    assert price.base.values == tuple(3000.0 + 10 * year for year in range(12))


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"values": ""}, "values", "a number, or one number for each period"),
        ({"values": "1 2 3"}, "values", "one value, or 12 values"),
        ({"values": "a lot"}, "values", "value 1, “a”"),
        ({"pert.max": "100"}, "pert.max", "Maximum: greater than the minimum"),
        ({"pert.mode": "9,000"}, "pert.mode", "Most likely: between minimum and maximum"),
        ({"pert.min": ""}, "pert.min", "ill this in"),
        ({"pert.min": "nan"}, "pert.min", "a number"),
        ({"autocorrelation": "2"}, "autocorrelation", "from −1 to 1"),
        ({"family": "astrology"}, "family", "one of the offered choices"),
        ({"effect": "explode"}, "effect", "one of replace"),
    ],
)
def test_a_bad_value_names_its_field_and_nothing_is_lost(
    post: Post, price: Parameter, session: Session, changes: dict[str, str], field: str, words: str
) -> None:
    answer = post(PRICE, **PERT | changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert words in answer.text
    assert "Our view of the market" in answer.text
    session.refresh(price)
    assert price.base.values == (3500.0,)


def test_what_is_typed_is_answered_by_the_names_of_the_form(post: Post, price: Parameter) -> None:
    answer = post(PRICE, f"{PRICE}/what-if", **PERT | {"pert.max": "100"})
    assert "No value as typed: Maximum: greater than the minimum" in answer.text
    answer = post(PRICE, f"{PRICE}/what-if", **PERT | {"pert.min": "low"})
    assert "No value as typed: Minimum: " in answer.text


def test_the_api_does_what_the_form_does(client: TestClient, price: Parameter) -> None:
    address = f"/api{PRICE}"
    before = client.get(address).json()
    body = {
        "version": before["version"],
        "values": [3600],
        "uncertainty": {
            "family": "lognormal_p10_p90",
            "distribution": {"p10": 2700, "p90": 4500},
            "effect": "replace",
            "draw": "trial",
        },
    }
    after = client.put(address, json=body).json()
    assert after["version"] == before["version"] + 1
    assert after["values"] == [3600.0]
    assert after["spread"]["p10"] == pytest.approx(2700, rel=1e-9)
    assert client.get(address).json() == after


@pytest.mark.parametrize(
    ("uncertainty", "field"),
    [
        ({"family": "pert", "distribution": {"min": 1, "mode": 2}}, "distribution.max"),
        ({"family": "pert", "distribution": {"min": 1, "mode": 2, "max": 3, "sd": 1}}, "distribution.sd"),
        ({"family": "normal", "distribution": {"mean": 1, "sd": -1}}, "distribution.sd"),
        ({"family": "discrete", "distribution": {"values": [1, 2], "weights": [0.5, 0.6]}}, None),
        ({"family": "normal", "distribution": {"mean": 1, "sd": 1}, "autocorrelation": 2}, None),
    ],
)
def test_the_api_names_what_is_wrong(
    client: TestClient, price: Parameter, uncertainty: dict[str, object], field: str | None
) -> None:
    body = {"version": price.version, "values": [1], "uncertainty": uncertainty}
    answer = client.put(f"/api{PRICE}", json=body)
    assert answer.status_code == 422
    named = [error["field"] for error in answer.json()["errors"]]
    assert named
    assert field is None or field in named


def test_a_lost_race_is_a_conflict_with_both_values(client: TestClient, post: Post, price: Parameter) -> None:
    version = price.version
    client.put(f"/api{PRICE}", json={"version": version, "values": [3700]})
    answer = post(PRICE, **PERT | {"version": str(version)})
    assert answer.status_code == 409
    assert "3700" in answer.text
    assert "3600" in answer.text


@pytest.mark.parametrize("status", [ScenarioStatus.APPROVED, ScenarioStatus.ARCHIVED])
def test_a_locked_scenario_refuses_and_offers_no_button(
    client: TestClient, post: Post, price: Parameter, gold: Scenario, session: Session, status: ScenarioStatus
) -> None:
    gold.status = status
    session.flush()
    assert "Save parameter" not in client.get(PRICE).text
    answer = post(PRICE, **PERT)
    assert answer.status_code == 403
    assert client.put(f"/api{PRICE}", json={"version": 1, "values": [1]}).status_code == 403
    session.refresh(price)
    assert price.base.values == (3500.0,)


@pytest.mark.parametrize("name", ["nothing", "gold price", "%00"])
def test_an_unknown_parameter_is_not_found(client: TestClient, gold: Scenario, name: str) -> None:
    assert client.get(f"{GOLD}/parameters/{name}").status_code == 404
    assert client.get(f"/api{GOLD}/parameters/{name}").status_code == 404
