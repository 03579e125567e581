"""The settings: each page and its JSON twin, the record of changes, the way back, and each way to fail."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import AuditEvent
from app.planning.shared.parts import SHARED
from tests.conftest import ClientAs
from tests.features.conftest import SAME_ORIGIN, Post
from tests.features.settings import API, add, change, deck, errors, price, smelter


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient) -> None:
    client.headers.update(SAME_ORIGIN)


@pytest.fixture
def filled(client: TestClient) -> None:
    """A row in every part."""
    deck(client)
    price(client, "Au", [3600, 3500, 3400], "¤/oz")
    smelter(client)
    add(
        client,
        "exchange_rates",
        currency="CAD",
        quoted_in="USD",
        as_of="2026-03-31",
        rate=0.74,
        source="bank",
    )


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("part", SHARED)
def test_every_part_has_its_list_its_row_and_its_twin(client: TestClient, part: str) -> None:
    found = client.get(f"{API}/{part}").json()
    assert found["total"] >= 1
    row = found["rows"][0]
    assert client.get(f"{API}/{part}/{row['key']}").json() == row
    assert client.get(f"{API}/{part}/{row['key']}/uses").status_code == 200
    page = client.get(f"/settings/{part}/{row['key']}")
    assert page.status_code == 200, page.text
    assert client.get(f"/settings/{part}", follow_redirects=True).status_code == 200
    described = {each["key"]: each for each in client.get(API).json()}[part]
    assert {field["name"] for field in described["fields"]} == set(row["values"])


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("part", SHARED)
def test_a_row_saved_as_it_is_changes_nothing(client: TestClient, session: Session, part: str) -> None:
    before = session.scalars(select(AuditEvent.id)).all()
    row = client.get(f"{API}/{part}").json()["rows"][0]
    body = {"part": part, "key": row["key"], "version": row["version"], "values": row["values"]}
    assert change(client, body)["rows"] == [row]
    assert session.scalars(select(AuditEvent.id)).all() == before


def test_the_overview_and_the_sidebar_lead_there(client: TestClient) -> None:
    text = client.get("/settings").text
    assert 'href="/settings/decks"' in text
    assert 'href="/settings"' in client.get("/projects").text


def test_an_empty_list_says_what_belongs_there(client: TestClient) -> None:
    assert "No price decks yet" in client.get("/settings/decks").text


@pytest.mark.parametrize(
    "address", ["/settings/nothing", "/settings/decks/987", "/settings/currencies/ZZZ/rates"]
)
def test_what_is_not_there_is_not_found(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_change_stands_in_the_record(client: TestClient, session: Session) -> None:
    made = deck(client)
    body = {"part": "decks", "key": made["key"], "version": 1, "values": {"source": "A better survey"}}
    change(client, body)
    last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
    assert (last.action, last.subject, last.subject_id) == ("setting_changed", "decks", made["key"])
    assert last.detail["Source"] == "Survey of brokers → A better survey"


def test_a_lost_race_shows_both_sides(client: TestClient) -> None:
    made = deck(client)
    for source in ("Theirs", "Mine"):
        body = {"part": "decks", "key": made["key"], "version": 1, "values": {"source": source}}
        answer = client.post(f"{API}/changes", json={"changes": [body]})
    assert answer.status_code == 409
    assert (answer.json()["theirs"], answer.json()["yours"]) == ({"Source": "Theirs"}, {"Source": "Mine"})


def test_a_lost_race_in_the_browser_is_a_page_with_both(client: TestClient, post: Post) -> None:
    change(client, {"part": "currencies", "key": "CHF", "values": {"name": "Swiss francs"}})
    answer = post(
        "/settings/currencies/CHF", version="1", code="CHF", name="Franken", symbol="Fr", decimals="2"
    )
    assert answer.status_code == 409
    assert "Swiss francs" in answer.text
    assert "Franken" in answer.text


@pytest.mark.parametrize(
    ("part", "values", "field", "words"),
    [
        ("currencies", {"code": "chf", "name": "Franc", "symbol": "F"}, "code", "three capital letters"),
        ("currencies", {"code": "USD", "name": "Dollar", "symbol": "$"}, "code", "USD is there already"),
        ("currencies", {"code": "XAU", "name": " ", "symbol": "g"}, "name", "fill this in"),
        ("currencies", {"code": "XAU", "name": "Gold", "symbol": "g", "decimals": 12}, "decimals", "from 0"),
        (
            "exchange_rates",
            {"currency": "USD", "quoted_in": "USD", "as_of": "2026-01-01", "rate": 1},
            "quoted_in",
            "another currency",
        ),
        (
            "exchange_rates",
            {"currency": "CAD", "quoted_in": "USD", "as_of": "2026-01-01", "rate": 0},
            "rate",
            "greater than 0",
        ),
        (
            "exchange_rates",
            {"currency": "CAD", "quoted_in": "XXX", "as_of": "2026-01-01", "rate": 1},
            "quoted_in",
            "one of the currencies",
        ),
        (
            "exchange_rates",
            {"currency": "CAD", "quoted_in": "USD", "as_of": "soon", "rate": 1},
            "as_of",
            "a date",
        ),
        (
            "units",
            {"code": "oz", "label": "ounce", "kind": "mass", "factor": 1, "system": "troy"},
            "code",
            "oz",
        ),
        (
            "units",
            {"code": "a/b", "label": "x", "kind": "mass", "factor": 1, "system": "none"},
            "code",
            "letters",
        ),
        (
            "units",
            {"code": "bcm", "label": "x", "kind": "money", "factor": 1, "system": "none"},
            "kind",
            "one of",
        ),
        (
            "units",
            {"code": "bcm", "label": "x", "kind": "mass", "factor": 0, "system": "none"},
            "factor",
            "greater",
        ),
        ("headings", {"code": "Big Pit", "label": "x", "section": "capital"}, "code", "small letters"),
        ("headings", {"code": "new", "label": "x", "section": "capital"}, "code", "small letters"),
        ("headings", {"code": "pit", "label": "x", "section": "operating"}, "category", "an engine category"),
        ("decks", {"name": "A", "as_of": "2026-01-01", "source": " ", "first_year": 2026}, "source", "fill"),
        (
            "decks",
            {"name": "A", "as_of": "2026-01-01", "source": "x", "first_year": 12},
            "first_year",
            "1900",
        ),
        ("decks", {"name": "A", "as_of": "2026-01-01", "first_year": 2026}, "source", "fill this in"),
        ("smelters", {"name": "A", "as_of": "2026-01-01", "source": "x", "lag": -1}, "lag", "at least 0"),
        (
            "smelters",
            {"name": "A", "as_of": "2026-01-01", "source": "x", "moisture": {"value": 180, "unit": "%"}},
            "moisture",
            "from 0 to 100 %",
        ),
        (
            "smelters",
            {"name": "A", "as_of": "2026-01-01", "source": "x", "freight": {"value": 1, "unit": "h"}},
            "freight",
            "a unit that measures ¤/t",
        ),
        (
            "smelters",
            {"name": "A", "as_of": "2026-01-01", "source": "x", "freight": {"value": 1, "unit": "¤/furlong"}},
            "freight",
            "a unit that CalMiner knows",
        ),
        ("deck_prices", {"deck": "None", "commodity": "Au", "currency": "USD"}, "price", "fill this in"),
    ],
)
def test_a_bad_value_names_its_field(
    client: TestClient, part: str, values: dict[str, Any], field: str, words: str
) -> None:
    found = errors(change(client, {"part": part, "values": values}, status=422))
    assert words in found[f"changes[0].{field}"]


def test_a_price_needs_its_deck_and_one_price_for_each_year(client: TestClient) -> None:
    values = {"commodity": "Au", "currency": "USD", "price": {"value": [1, 2], "unit": "¤/oz"}}
    lost = change(client, {"part": "deck_prices", "values": values | {"deck": "Nowhere"}}, status=422)
    assert errors(lost) == {"changes[0].deck": "a price deck that is there"}
    deck(client)
    short = change(client, {"part": "deck_prices", "values": values | {"deck": "Street"}}, status=422)
    assert errors(short) == {"changes[0].price": "one price, or 3: one for each year of the deck"}


def test_a_longer_deck_goes_on_and_a_shorter_one_loses_nothing(client: TestClient) -> None:
    made = deck(client)
    price(client, "Au", [3600, 3500, 3400], "¤/oz")
    change(client, {"part": "decks", "key": made["key"], "values": {"years": 5}})
    row = client.get(f"{API}/deck_prices").json()["rows"][0]
    assert row["values"]["price"]["value"] == [3600, 3500, 3400, 3400, 3400]
    change(client, {"part": "decks", "key": made["key"], "values": {"years": 3}})
    refused = change(client, {"part": "decks", "key": made["key"], "values": {"years": 2}}, status=422)
    assert "Au has a price of its own" in errors(refused)["changes[0].years"]


def test_one_bad_change_of_many_changes_nothing(client: TestClient) -> None:
    good = {"part": "currencies", "key": "CHF", "values": {"name": "Changed"}}
    bad = {"part": "currencies", "key": "EUR", "values": {"decimals": 99}}
    assert list(errors(change(client, good, bad, status=422))) == ["changes[1].decimals"]
    assert client.get(f"{API}/currencies/CHF").json()["values"]["name"] != "Changed"


def test_a_removed_deck_comes_back_with_its_prices(client: TestClient, post: Post) -> None:
    made = deck(client)
    price(client, "Au", [3600, 3500, 3400], "¤/oz")
    address = f"/settings/decks/{made['key']}"
    assert post(address, f"{address}/remove").status_code == 303
    assert client.get(f"{API}/deck_prices").json()["total"] == 0
    (gone,) = client.get(f"{API}/decks/removed").json()
    assert gone["name"] == "Street"
    assert "Bring back" in client.get("/settings/decks").text
    assert post("/settings/decks", f"/settings/decks/removed/{gone['id']}/restore").status_code == 303
    assert client.get(f"{API}/decks/removed").json() == []
    row = client.get(f"{API}/deck_prices").json()["rows"][0]
    assert row["values"]["price"]["value"] == [3600, 3500, 3400]
    assert client.post(f"{API}/decks/removed/{gone['id']}/restore").status_code == 404


def test_a_name_that_was_taken_meanwhile_keeps_the_removed_one_away(client: TestClient) -> None:
    made = deck(client)
    change(client, {"part": "decks", "key": made["key"], "version": 1, "remove": True})
    deck(client)
    (gone,) = client.get(f"{API}/decks/removed").json()
    answer = client.post(f"{API}/decks/removed/{gone['id']}/restore")
    assert answer.status_code == 422
    assert "there already" in answer.text


def test_a_currency_that_decks_need_stays(client: TestClient) -> None:
    add(client, "currencies", code="XTS", name="Test", symbol="T")
    add(client, "exchange_rates", currency="XTS", quoted_in="USD", as_of="2026-01-01", rate=2)
    gone = client.post(
        f"{API}/changes", json={"changes": [{"part": "currencies", "key": "XTS", "remove": True}]}
    )
    assert gone.status_code == 403
    assert "Exchange rates need" in gone.json()["detail"]


def test_an_unused_cost_category_goes_and_comes_back(client: TestClient) -> None:
    add(client, "headings", code="grade-control", label="Grade control", section="capital")
    change(client, {"part": "headings", "key": "grade-control", "remove": True})
    (gone,) = client.get(f"{API}/headings/removed").json()
    assert (
        client.post(f"{API}/headings/removed/{gone['id']}/restore").json()["rows"][0]["key"]
        == "grade-control"
    )


def test_everybody_who_reads_sees_and_administrators_change(client_as: ClientAs) -> None:
    for role in (RoleName.VIEWER, RoleName.PROJECT_MANAGER):
        other = client_as(role)
        other.headers.update(SAME_ORIGIN)
        page = other.get("/settings/currencies/USD")
        assert page.status_code == 200
        assert "Administrators change the settings" in page.text
        assert ">Save<" not in page.text
        body = {"changes": [{"part": "currencies", "key": "USD", "values": {"name": "Buck"}}]}
        assert other.post(f"{API}/changes", json=body).status_code == 403


def test_a_form_comes_back_as_typed(client: TestClient, post: Post) -> None:
    fields = {
        "name": "Deck",
        "as_of": "",
        "source": "x",
        "first_year": "2026",
        "years": "1",
        "money_basis": "real",
    }
    answer = post("/settings/decks/new", **fields)
    assert answer.status_code == 422
    assert 'value="Deck"' in answer.text
    answer = post("/settings/decks/new", **(fields | {"as_of": "2026-01-01", "active": "on"}))
    assert answer.status_code == 303
    key = client.get(f"{API}/decks").json()["rows"][0]["key"]
    assert answer.headers["location"].endswith(f"/settings/decks/{key}")
    new = "/settings/deck_prices/new?deck=Deck"
    made = {"deck": "Deck", "commodity": "Cu", "currency": "USD", "price": "4,5", "price.unit": "¤/lb"}
    assert post(new, "/settings/deck_prices/new", **made).status_code == 422
    assert post(new, "/settings/deck_prices/new", **(made | {"price": "4.5"})).status_code == 303
    assert "Cu" in client.get(f"/settings/decks/{key}").text
