"""Prices, terms and rates copied from the settings: the value that typing gives, one revision, a way back."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.engine.kinds import ScenarioStatus
from app.models import Scenario
from app.seed.document import load_project
from app.valuation.evaluate import evaluate_scenario
from tests.features.conftest import GOLD, SAME_ORIGIN, Post
from tests.features.settings import add, change, deck, errors, price, smelter
from tests.planning.conftest import everything
from tests.seeds import Seeds, base_scenario

API = f"/api{GOLD}"
ALL = "/projects/everything/scenarios/base"
YEARS = [3600.0, 3500.5, 3333.3, 3100.0]


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient) -> None:
    client.headers.update(SAME_ORIGIN)


def paid_for_gold(session: Session) -> None:
    document = everything()
    del document["scenarios"][0]["depletion"]
    load_project(session, document)


@pytest.fixture
def seeds(seeds: Seeds) -> Seeds:
    return {**seeds, "scenario": paid_for_gold}


@pytest.fixture
def scenario(session: Session) -> Scenario:
    """A scenario with a row in every table, its concentrate paid for gold alone."""
    return base_scenario(session, "everything")


def value(session: Session, scenario: Scenario) -> dict[str, str]:
    """Every indicator to its last bit; what has no value is the same as what has none."""
    session.expire_all()
    return {kpi.key: float(kpi.value[0]).hex() for kpi in evaluate_scenario(session, scenario.id).kpis}


def take(client: TestClient, what: str, address: str = API, status: int = 200, **body: Any) -> Any:
    answer = client.post(f"{address}/take/{what}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def typed(client: TestClient, part: str, address: str = API, index: int = 0, **values: Any) -> int:
    row = client.get(f"{address}/parts/{part}").json()[index]
    body = {"changes": [{"part": part, "key": row["key"], "values": values}]}
    answer = client.post(f"{address}/changes", json=body)
    assert answer.status_code == 200, answer.text
    number: int = answer.json()["revision"]
    return number


def test_a_deck_gives_the_value_that_typed_prices_give_to_the_last_bit(
    client: TestClient, session: Session, gold: Scenario
) -> None:
    before = value(session, gold)
    deck(client, years=4)
    price(client, "au", YEARS, "¤/oz")
    taken = take(client, "deck", deck="Street", note="Budget")
    assert [step["place"] for step in taken["steps"]] == ["gold_price › Value"]
    applied = value(session, gold)
    assert applied["npv_after_tax"] != before["npv_after_tax"]

    entry = client.get(f"{API}/revisions/{taken['revision']}").json()
    assert (entry["summary"], entry["note"]) == ("Price deck “Street” applied", "Budget")
    assert client.post(f"{API}/revisions/{taken['revision'] - 1}/restore", json={}).status_code in {200, 201}
    assert value(session, gold) == before
    by_year = [*YEARS, *[YEARS[-1]] * (gold.period_count - len(YEARS))]
    typed(client, "parameters", base={"value": by_year, "unit": "¤/oz"})
    assert value(session, gold) == applied


def test_a_product_with_a_price_of_its_own_takes_currency_and_basis_along(
    client: TestClient, session: Session, gold: Scenario
) -> None:
    typed(client, "product_metals", price={"value": 3500, "unit": "¤/oz"})
    add(
        client,
        "exchange_rates",
        currency="CAD",
        quoted_in="USD",
        as_of="2026-03-31",
        rate=0.73,
        source="bank",
    )
    deck(client, years=1, money_basis="nominal")
    add(
        client,
        "deck_prices",
        deck="Street",
        commodity="Au",
        currency="CAD",
        price={"value": [5000], "unit": "¤/oz"},
    )
    refused = take(client, "deck", status=422, deck="Street")
    assert "exchange rate" in refused["detail"] or any(
        "exchange rate" in word for word in errors(refused).values()
    )
    body = {
        "part": "rates",
        "values": {"currency": "CAD", "as_of": "2026-01-01", "rate": {"value": 0.7, "unit": "1"}},
    }
    client.post(f"{API}/changes", json={"changes": [body]})
    take(client, "deck", deck="Street")
    row = client.get(f"{API}/parts/product_metals").json()[0]["values"]
    assert (row["price"], row["price_currency"], row["price_basis"]) == (
        {"value": 5000, "unit": "¤/oz"},
        "CAD",
        "nominal",
    )
    applied = value(session, gold)
    typed(
        client,
        "product_metals",
        price={"value": 3500, "unit": "¤/oz"},
        price_currency=None,
        price_basis="real",
    )
    typed(
        client,
        "product_metals",
        price={"value": 5000, "unit": "¤/oz"},
        price_currency="CAD",
        price_basis="nominal",
    )
    assert value(session, gold) == applied


def test_months_take_the_price_of_the_year_in_which_they_lie(client: TestClient, scenario: Scenario) -> None:
    typed(client, "parameters", f"/api{ALL}", 1, base={"value": 3500, "unit": "¤/oz"})
    months = [{"length": "month", "count": 2}, {"length": "year", "count": 1}]
    typed(client, "scenario", f"/api{ALL}", start="2026-12-01", periods=months)
    deck(client, first_year=2026)
    price(client, "Au", [1, 2, 3], "¤/oz")
    taken = take(client, "deck", f"/api{ALL}", deck="Street", preview=True)
    assert taken["revision"] is None
    assert {step["after"] for step in taken["steps"]} == {"1, 2, 2 ¤/oz"}
    assert scenario.period_count == 3


def test_what_a_deck_cannot_say_is_left_and_told(client: TestClient, gold: Scenario) -> None:
    deck(client)
    price(client, "Cu", 4.5, "¤/lb")
    refused = take(client, "deck", status=422, deck="Street")
    assert "Gold doré › Au: the deck has no price of it" in errors(refused)["scenario"]
    price(client, "Au", 100, "¤/g")
    left = take(client, "deck", deck="Street", preview=True)["left"]
    assert "the uncertainty of gold_price is in USD, ¤/oz" in left[0]["why"]
    assert gold.products[0].metals[0].price.driver == "gold_price"


def test_a_price_with_a_factor_of_its_own_is_left(client: TestClient, gold: Scenario) -> None:
    typed(client, "product_metals", price={"value": 0.9, "unit": "1", "driver": "gold_price"})
    deck(client)
    price(client, "Au", 3600, "¤/oz")
    (left,) = take(client, "deck", deck="Street", preview=True)["left"]
    assert left["place"] == "Gold doré › Au"
    assert "factor of its own" in left["why"]


def test_a_deck_that_is_there_already_changes_nothing(client: TestClient, gold: Scenario) -> None:
    deck(client)
    price(client, "Au", 3500, "¤/oz")
    assert (
        "all values are there already" in errors(take(client, "deck", status=422, deck="Street"))["scenario"]
    )


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        ("deck", {"deck": "Nowhere"}, "deck"),
        ("terms", {"terms": "Nowhere", "product": "Gold doré"}, "terms"),
        ("rates", {"as_of": "2026-01-01", "currencies": ["ZZZ"]}, "currencies"),
    ],
)
def test_what_is_not_in_the_settings_is_said(
    client: TestClient, gold: Scenario, what: str, body: dict[str, Any], field: str
) -> None:
    assert field in errors(take(client, what, status=422, **body))


@pytest.mark.parametrize("what", ["deck", "terms", "rates"])
def test_an_approved_scenario_takes_nothing(client: TestClient, gold: Scenario, what: str) -> None:
    gold.status = ScenarioStatus.APPROVED
    deck(client)
    body = {
        "deck": {"deck": "Street"},
        "terms": {"terms": "Benchmark 2026", "product": "Gold doré"},
        "rates": {"as_of": "2026-01-01"},
    }
    assert client.post(f"{API}/take/{what}", json=body[what]).status_code == 403
    page = client.get(f"{GOLD}/take/{what}")
    assert page.status_code == 200
    assert "This scenario is locked" in page.text


def test_terms_give_the_value_that_typed_terms_give(
    client: TestClient, session: Session, scenario: Scenario
) -> None:
    smelter(client)
    change(client, {"part": "smelters", "key": key_of(client, "smelters"), "values": {"currency": "CAD"}})
    add(
        client,
        "smelter_metals",
        terms="Benchmark 2026",
        metal="Au",
        payable={"value": 95, "unit": "%"},
        refining={"value": 6, "unit": "¤/oz"},
    )
    taken = take(client, "terms", f"/api{ALL}", terms="Benchmark 2026", product="Concentrate")
    applied = value(session, scenario)
    assert [left["place"] for left in taken["left"]] == ["Concentrate › Cu"]
    places = {step["place"] for step in taken["steps"]}
    assert "Concentrate › Au › Payable" in places
    client.post(f"/api{ALL}/revisions/{taken['revision'] - 1}/restore", json={})
    metal = {
        "payable": {"value": 95, "unit": "%"},
        "refining": {"value": 6, "unit": "¤/oz"},
        "charges_currency": "CAD",
    }
    assert value(session, scenario) != applied
    typed(client, "product_metals", f"/api{ALL}", **metal)
    assert value(session, scenario) == applied


def key_of(client: TestClient, part: str) -> str:
    return str(client.get(f"/api/settings/{part}").json()["rows"][0]["key"])


def test_a_new_penalty_needs_its_assay(client: TestClient, scenario: Scenario) -> None:
    smelter(client)
    change(client, {"part": "smelters", "key": key_of(client, "smelters"), "values": {"currency": "CAD"}})
    add(
        client,
        "smelter_penalties",
        terms="Benchmark 2026",
        element="Bi",
        threshold={"value": 0.01, "unit": "%"},
        step={"value": 0.01, "unit": "%"},
        rate={"value": 3, "unit": "¤/t"},
    )
    body = {"terms": "Benchmark 2026", "product": "Concentrate"}
    left = take(client, "terms", f"/api{ALL}", **body, preview=True)["left"]
    assert ("Concentrate › Bi", "no assay is known, so its penalty was not added") in {
        (each["place"], each["why"]) for each in left
    }
    bad = take(client, "terms", f"/api{ALL}", 422, **body, assays={"Bi": {"value": "much"}})
    assert "assays.Bi" in errors(bad)
    take(client, "terms", f"/api{ALL}", **body, assays={"Bi": {"value": 0.05, "unit": "%"}})
    found = {
        row["values"]["element"]: row["values"] for row in client.get(f"/api{ALL}/parts/penalties").json()
    }
    assert found["Bi"]["assay"] == {"value": 0.05, "unit": "%"}
    assert "assay.Bi" not in client.get(f"{ALL}/take/terms", params=body).text


def test_charges_that_stay_are_not_read_in_another_currency(client: TestClient, scenario: Scenario) -> None:
    made = add(
        client,
        "smelters",
        name="Freight",
        as_of="2026-01-01",
        source="Quote",
        currency="USD",
        freight={"value": 120, "unit": "¤/t"},
    )
    refused = take(client, "terms", f"/api{ALL}", 422, terms="Freight", product="Concentrate")
    assert "terms in CAD, or terms that replace treatment, penalty As" in errors(refused)["terms"]
    change(client, {"part": "smelters", "key": made["key"], "values": {"currency": "CAD"}})
    take(client, "terms", f"/api{ALL}", terms="Freight", product="Concentrate")


def test_dore_has_no_charges_of_a_concentrate(client: TestClient, gold: Scenario) -> None:
    smelter(client)
    refused = take(client, "terms", status=422, terms="Benchmark 2026", product="Gold doré")
    assert "it names no metal of a concentrate" in errors(refused)["scenario"]


def test_rates_of_a_day_are_the_latest_up_to_it(
    client: TestClient, session: Session, scenario: Scenario
) -> None:
    for day, rate in (("2026-02-28", 0.74), ("2026-04-30", 0.76)):
        add(client, "exchange_rates", currency="CAD", quoted_in="USD", as_of=day, rate=rate, source="bank")
    before = value(session, scenario)
    take(client, "rates", f"/api{ALL}", as_of="2026-03-31", note="Quarter end")
    (row,) = client.get(f"/api{ALL}/parts/rates").json()
    assert (row["values"]["as_of"], row["values"]["rate"]) == ("2026-02-28", {"value": 0.74, "unit": "1"})
    applied = value(session, scenario)
    assert applied != before
    typed(client, "rates", f"/api{ALL}", rate={"value": 0.73, "unit": "1"})
    typed(client, "rates", f"/api{ALL}", rate={"value": 0.74, "unit": "1"})
    assert value(session, scenario) == applied
    add(client, "exchange_rates", currency="USD", quoted_in="CAD", as_of="2026-03-15", rate=1.25)
    take(client, "rates", f"/api{ALL}", as_of="2026-03-31")
    (row,) = client.get(f"/api{ALL}/parts/rates").json()
    assert row["values"]["rate"]["value"] == 0.8
    assert row["values"]["source"] == "inverse of 1.25"


def test_a_later_quotation_changes_no_scenario(
    client: TestClient, session: Session, scenario: Scenario
) -> None:
    add(client, "exchange_rates", currency="CAD", quoted_in="USD", as_of="2026-02-28", rate=0.5)
    take(client, "rates", f"/api{ALL}", as_of="2026-03-31")
    before = value(session, scenario)
    row = client.get("/api/settings/exchange_rates").json()["rows"][0]
    change(client, {"part": "exchange_rates", "key": row["key"], "values": {"rate": 0.9}})
    assert value(session, scenario) == before


def test_a_day_without_a_quotation_is_said(client: TestClient, scenario: Scenario) -> None:
    refused = take(client, "rates", f"/api{ALL}", 422, as_of="2020-01-01")
    assert "CAD: the settings have no rate in USD up to 2020-01-01" in errors(refused)["scenario"]


def hidden(text: str) -> dict[str, str]:
    """The hidden fields of the form that applies."""
    body = text[text.rindex("<form") :]
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body)
    }


def test_the_page_tells_what_happens_and_then_does_it(
    client: TestClient, session: Session, gold: Scenario, post: Post
) -> None:
    deck(client)
    price(client, "Au", 3600, "¤/oz")
    assert "Apply a price deck" in client.get(f"{GOLD}/products").text
    page = f"{GOLD}/take/deck?deck=Street"
    text = client.get(page).text
    assert "3500 ¤/oz" in text
    assert "3600 ¤/oz" in text
    assert "NPV after tax" in text
    before = value(session, gold)
    answer = post(page, f"{GOLD}/take/deck", deck="Street", seen=hidden(text)["seen"], why="Budget")
    assert answer.status_code == 303, answer.text
    assert value(session, gold) != before
    assert "Undo last change" in client.get(f"{GOLD}/products").text


def test_a_deck_that_changed_after_the_look_is_a_conflict(
    client: TestClient, gold: Scenario, post: Post
) -> None:
    deck(client)
    row = price(client, "Au", 3600, "¤/oz")
    page = f"{GOLD}/take/deck?deck=Street"
    seen = hidden(client.get(page).text)["seen"]
    body = {"part": "deck_prices", "key": row["key"], "values": {"price": {"value": [3700], "unit": "¤/oz"}}}
    change(client, body)
    answer = post(page, f"{GOLD}/take/deck", deck="Street", seen=seen)
    assert answer.status_code == 409
    assert "3600" in answer.text
    assert "3700" in answer.text


def test_pages_without_a_choice_say_what_is_missing(client: TestClient, gold: Scenario) -> None:
    assert "Nothing to apply yet" in client.get(f"{GOLD}/take/deck").text
    assert "Nothing to apply yet" in client.get(f"{GOLD}/take/terms").text
    assert "needs no exchange rate" in client.get(f"{GOLD}/take/rates").text
    assert client.get(f"{GOLD}/take/rates?as_of=soon").status_code == 422
    assert client.get(f"{GOLD}/take/deck?deck=Nowhere").status_code == 422


def test_what_was_taken_leaves_with_the_project_document(client: TestClient, gold: Scenario) -> None:
    deck(client)
    price(client, "Au", 3600, "¤/oz")
    take(client, "deck", deck="Street")
    document = client.get("/api/projects/diamba-sud/export?format=json").json()
    (parameter,) = [each for each in document["scenarios"][0]["parameters"] if each["name"] == "gold_price"]
    assert parameter["base"] == {"value": 3600.0, "unit": "¤/oz"}
    document["project"]["slug"] = "copy"
    assert client.post("/api/imports/document", json=document).status_code == 201
