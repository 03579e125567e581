"""The settings: each page and its JSON twin, the record of changes, the way back, and each way to fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import AuditEvent, Scenario
from app.planning.shared.parts import SHARED
from app.seed.document import load_project
from app.valuation.own_units import know_own_units
from app.valuation.units import measure
from tests.conftest import ClientAs
from tests.features.conftest import SAME_ORIGIN, Post
from tests.planning.conftest import everything

API = "/api/settings"


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient) -> None:
    client.headers.update(SAME_ORIGIN)


def change(client: TestClient, *changes: dict[str, Any], status: int = 200) -> Any:
    answer = client.post(f"{API}/changes", json={"changes": list(changes)})
    assert answer.status_code == status, answer.text
    return answer.json()


def add(client: TestClient, part: str, **values: Any) -> dict[str, Any]:
    found: dict[str, Any] = change(client, {"part": part, "values": values})["rows"][0]
    return found


def errors(answer: Any) -> dict[str, str]:
    return {error["field"]: error["allowed"] for error in answer["errors"]}


def deck(client: TestClient, name: str = "Street", **values: Any) -> dict[str, Any]:
    made = {
        "name": name,
        "as_of": "2026-03-31",
        "source": "Survey of brokers",
        "first_year": 2026,
        "years": 3,
    }
    return add(client, "decks", **(made | values))


def price(
    client: TestClient, commodity: str, numbers: Any, unit: str, name: str = "Street"
) -> dict[str, Any]:
    return add(
        client,
        "deck_prices",
        deck=name,
        commodity=commodity,
        currency="USD",
        price={"value": numbers if isinstance(numbers, list) else [numbers], "unit": unit},
    )


def smelter(client: TestClient) -> dict[str, Any]:
    made = add(
        client,
        "smelters",
        name="Benchmark 2026",
        as_of="2026-01-01",
        source="Annual benchmark",
        currency="USD",
        treatment={"value": 80, "unit": "¤/t"},
    )
    add(client, "smelter_metals", terms="Benchmark 2026", metal="Cu", payable={"value": 96.5, "unit": "%"})
    add(
        client,
        "smelter_penalties",
        terms="Benchmark 2026",
        element="As",
        threshold={"value": 0.2, "unit": "%"},
        step={"value": 0.1, "unit": "%"},
        rate={"value": 2.5, "unit": "¤/t"},
    )
    return made


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


@pytest.fixture
def used(session: Session) -> Scenario:
    """A scenario that uses currencies, headings and units."""
    made = load_project(session, everything()).scenarios[0]
    session.flush()
    return made


def test_what_scenarios_use_says_where_and_stays(client: TestClient, used: Scenario) -> None:
    heading = next(line.heading for line in used.costs if line.heading)
    for part, key in (("currencies", "CAD"), ("headings", heading), ("units", "Mt")):
        found = client.get(f"{API}/{part}/{key}/uses").json()
        assert [each["scenario_slug"] for each in found] == ["base"], part
        assert "Project everything" in client.get(f"/settings/{part}/{key}").text
        assert client.get(f"{API}/{part}/{key}").json()["key"] == key
        gone = client.post(f"{API}/changes", json={"changes": [{"part": part, "key": key, "remove": True}]})
        assert gone.status_code == 403, part
    assert "1 scenario uses" in gone.text or "built in" in gone.text
    change(client, {"part": "headings", "key": heading, "values": {"active": False}})
    assert "Not offered" in client.get("/settings/headings").text


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


def test_a_cost_category_moves_among_its_like(client: TestClient, post: Post) -> None:
    def order() -> list[str]:
        rows = client.get(f"{API}/headings").json()["rows"]
        return [row["key"] for row in rows if row["values"]["section"] == "operating"]

    first, second = order()[:2]
    post("/settings/headings", f"/settings/headings/{first}/move", direction="down")
    assert order()[:2] == [second, first]
    post("/settings/headings", f"/settings/headings/{second}/move", direction="up")
    assert order()[:2] == [second, first]


def test_a_heading_that_is_not_offered_stays_on_its_line(client: TestClient, used: Scenario) -> None:
    heading = next(line.heading for line in used.costs if line.heading)
    line = next(line for line in used.costs if line.heading == heading)
    change(client, {"part": "headings", "key": heading, "values": {"active": False}})
    here = "/projects/everything/scenarios/base/parts/costs"
    assert f'value="{heading}" selected' in client.get(f"{here}/{line.id}").text
    other = client.get("/projects/everything/scenarios/base/parts/capital/new").text
    assert f'value="{heading}"' in other


def test_built_in_units_are_locked(client: TestClient) -> None:
    body = {"part": "units", "key": "t", "values": {"factor": 2}}
    assert client.post(f"{API}/changes", json={"changes": [body]}).status_code == 403
    change(client, {"part": "units", "key": "t", "values": {"label": "metric tonne"}})
    assert "Built in" in client.get("/settings/units").text
    percent = client.get(f"{API}/units/~25~").json()
    assert percent["values"]["code"] == "%"
    assert client.get("/settings/units/~25~").status_code == 200


def test_a_unit_of_ones_own_is_read_in_scenarios(
    client: TestClient, session: Session, used: Scenario
) -> None:
    add(client, "units", code="skip", label="Skip of ore", kind="mass", factor=12.5, system="none")
    know_own_units(session)
    assert measure("¤/skip").to_base(25.0) == 2.0
    address = "/api/projects/everything/scenarios/base"
    row = client.get(f"{address}/parts/costs").json()[0]
    held = {"rate": {"value": 25, "unit": "¤/skip"}, "basis": "per_t_mined"}
    body = {"part": "costs", "key": row["key"], "values": held}
    assert client.post(f"{address}/changes", json={"changes": [body]}).status_code == 200
    assert client.get("/projects/everything/scenarios/base/costs").status_code == 200
    assert [each["places"] for each in client.get(f"{API}/units/skip/uses").json()] == [["cost lines"]]
    for values in ({"factor": 13.0}, {"kind": "volume"}):
        body = {"part": "units", "key": "skip", "values": values}
        assert client.post(f"{API}/changes", json={"changes": [body]}).status_code == 403
    gone = client.post(f"{API}/changes", json={"changes": [{"part": "units", "key": "skip", "remove": True}]})
    assert gone.status_code == 403


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


def rates(client: TestClient, code: str = "CAD") -> dict[str, float]:
    rows = client.get(f"{API}/exchange_rates", params={"owner": code}).json()["rows"]
    return {row["values"]["as_of"]: row["values"]["rate"] for row in rows}


def block(*lines: tuple[str, str, str]) -> dict[str, str]:
    names = ("as_of", "rate", "source")
    return {
        f"{name}.{place}": text
        for place, line in enumerate(lines)
        for name, text in zip(names, line, strict=True)
    }


def test_a_block_of_rates_is_typed_changed_and_emptied(client: TestClient, post: Post) -> None:
    page = "/settings/currencies/CAD/rates?quoted_in=USD"
    answer = post(
        page, **block(("2026-01-31", "0.73", "bank"), ("28/02/2026", "0.74", ""), ("31.03.2026", "0.75", ""))
    )
    assert answer.status_code == 303, answer.text
    assert rates(client) == {"2026-01-31": 0.73, "2026-02-28": 0.74, "2026-03-31": 0.75}
    kept = {"was.0": "2026-03-31", "version.0": "1", "was.1": "2026-02-28", "version.1": "1"}
    answer = post(page, **kept, **block(("2026-03-31", "0.76", ""), ("", "", ""), ("2026-04-30", "0.77", "")))
    assert answer.status_code == 303, answer.text
    assert rates(client) == {"2026-01-31": 0.73, "2026-03-31": 0.76, "2026-04-30": 0.77}
    text = client.get(page).text
    assert text.index("2026-04-30") < text.index("2026-01-31")


@pytest.mark.parametrize(
    ("lines", "field", "words"),
    [
        ([("2026-01-31", "a lot", "")], "rate.0", "A number such as"),
        ([("2026-01-31", "-1", "")], "rate.0", "Greater than 0"),
        ([("soon", "0.7", "")], "as_of.0", "A date such as"),
        ([("2026-01-31", "", "")], "rate.0", "Fill this in"),
        ([("2026-01-31", "0.7", ""), ("2026-01-31", "0.8", "")], "as_of.1", "A day that no other line has"),
    ],
)
def test_a_bad_cell_keeps_the_block(
    client: TestClient, post: Post, lines: list[tuple[str, str, str]], field: str, words: str
) -> None:
    answer = post(
        "/settings/currencies/CAD/rates?quoted_in=USD", **block(*lines, ("2026-06-30", "0.9", "kept"))
    )
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert words in answer.text
    assert 'value="kept"' in answer.text
    assert rates(client) == {}


def test_a_day_of_another_page_is_not_overwritten(client: TestClient, post: Post) -> None:
    add(client, "exchange_rates", currency="CAD", quoted_in="USD", as_of="2026-01-31", rate=0.7)
    answer = post("/settings/currencies/CAD/rates?quoted_in=USD", **block(("2026-01-31", "0.9", "")))
    assert answer.status_code == 422
    assert "its rate is 0.7 already" in answer.text


def test_a_rate_that_somebody_changed_first_is_a_conflict(client: TestClient, post: Post) -> None:
    made = add(client, "exchange_rates", currency="CAD", quoted_in="USD", as_of="2026-01-31", rate=0.7)
    change(client, {"part": "exchange_rates", "key": made["key"], "values": {"rate": 0.8}})
    stale = {"was.0": "2026-01-31", "version.0": "1"}
    answer = post("/settings/currencies/CAD/rates?quoted_in=USD", **stale, **block(("2026-01-31", "0.9", "")))
    assert answer.status_code == 409
    assert "0.8" in answer.text


def test_lists_paginate_within_a_bounded_number_of_queries(
    client: TestClient, query_counter: Callable[..., Any]
) -> None:
    for month in range(1, 13):
        for day in range(1, 7):
            add(
                client,
                "exchange_rates",
                currency="CAD",
                quoted_in="USD",
                as_of=f"2026-{month:02}-{day:02}",
                rate=1,
            )
    page = client.get("/settings/currencies/CAD/rates?quoted_in=USD")
    assert "1 to 50 of 72" in page.text
    assert "51 to 72 of 72" in client.get("/settings/currencies/CAD/rates?quoted_in=USD&page=2").text
    with query_counter() as queries:
        client.get("/settings/currencies")
    assert len(queries) <= 8
    with query_counter() as queries:
        client.get("/settings/units/t")
    assert len(queries) <= 10


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
