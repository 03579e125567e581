"""The tabs of a scenario's parts: a form for every row, its JSON twin, undo, and each way to fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.engine.kinds import ScenarioStatus
from app.features.parts.pages import TAB_TEXTS
from app.models import Entered, Scenario
from app.planning.parts import PARTS
from tests.features.conftest import GOLD, SAME_ORIGIN
from tests.thorough import some

ALL = "/projects/everything/scenarios/base"
API = f"/api{ALL}"


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient) -> None:
    client.headers.update(SAME_ORIGIN)


def row(client: TestClient, part: str, index: int = 0) -> dict[str, Any]:
    found: list[dict[str, Any]] = client.get(f"{API}/parts/{part}").json()
    return found[index]


class Fields(HTMLParser):
    """The fields of a form as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Any] = {}
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.area, self.found[name] = name, ""
        elif tag == "option" and ("selected" in given or self.select not in self.found):
            self.found[self.select] = value
        elif tag == "input" and given.get("type") != "checkbox":
            self.found[name] = value
        elif tag == "input" and "checked" in given:
            self.found[name] = [*self.found.get(name, []), value]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""


def filled(client: TestClient, page: str) -> dict[str, Any]:
    """Return what a browser would send back from the form of a row as it stands."""
    text = client.get(page).text
    start = text.index("data-what-if")
    fields = Fields()
    fields.feed(text[text.rindex("<form", 0, start) : text.index("</form>", start)])
    return fields.found


@pytest.mark.parametrize("tab", TAB_TEXTS)
def test_every_tab_shows_every_row_of_its_parts(client: TestClient, everything: Scenario, tab: str) -> None:
    text = client.get(f"{ALL}/{tab}").text
    for part in PARTS.values():
        if part.tab == tab:
            for each in client.get(f"{API}/parts/{part.key}").json():
                assert f'/parts/{part.key}/{each["key"]}"' in text


def test_a_total_stands_by_period_as_its_schedule_spreads_it(
    client: TestClient, everything: Scenario
) -> None:
    line = client.get(f"{ALL}/costs").text.split('data-row="capital:')[1].split("</tr>")[0]
    assert 'data-spread="schedule"' in line
    assert re.findall(r'data-value="([^"]*)"', line) == [
        "40.0",
        "60.0",
        *["0.0"] * (everything.period_count - 2),
    ]
    assert "M USD" in line


@pytest.mark.parametrize("part", some([*PARTS]))
def test_a_form_sent_back_as_it_is_changes_nothing(
    client: TestClient, everything: Scenario, part: str
) -> None:
    before = [each["values"] for each in client.get(f"{API}/parts/{part}").json()]
    address = f"{ALL}/parts/{part}/{row(client, part)['key']}"
    answer = client.post(address, data=filled(client, address))
    assert answer.status_code == 303, answer.text
    assert [each["values"] for each in client.get(f"{API}/parts/{part}").json()] == before


def test_a_row_is_edited_and_the_edit_undone(
    client: TestClient, everything: Scenario, session: Session
) -> None:
    line = row(client, "costs")
    address = f"{ALL}/parts/costs/{line['key']}"
    sent = filled(client, address) | {
        "rate": "4,250.5",
        "rate.unit": "k¤",
        "basis": "per_year",
        "why": "Tender",
    }
    answer = client.post(address, data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ALL}/costs")
    assert row(client, "costs")["values"]["rate"] == {"value": 4250.5, "unit": "k¤"}
    assert client.get(f"{API}/revisions").json()["items"][0]["note"] == "Tender"
    page = client.get(f"{ALL}/costs").text
    assert "Undo last change" in page
    number = page.partition('name="revision" value="')[2].partition('"')[0]
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    undone = client.post(f"{ALL}/undo", data={"csrf_token": token, "revision": number, "tab": "costs"})
    assert undone.headers["location"] == f"{ALL}/costs"
    assert row(client, "costs")["values"] == line["values"]
    late = client.post(f"{ALL}/undo", data={"csrf_token": token, "revision": number, "tab": "costs"})
    assert late.status_code == 409


def test_a_row_is_added_and_deleted_with_a_way_back(client: TestClient, everything: Scenario) -> None:
    new = f"{ALL}/parts/parameters/new"
    sent = filled(client, new) | {
        "name": "power_price",
        "label": "Power price",
        "base": "95",
        "base.unit": "¤/MWh",
    }
    assert client.post(new, data=sent).headers["location"] == f"{ALL}/parameters"
    added = row(client, "parameters", -1)
    assert added["values"]["base"] == {"value": 95, "unit": "¤/MWh"}
    address = f"{ALL}/parts/parameters/{added['key']}"
    gone = filled(client, address)
    answer = client.post(
        f"{address}/delete", data={"csrf_token": gone["csrf_token"], "version": gone["version"]}
    )
    assert answer.status_code == 303
    assert row(client, "parameters", -1)["name"] != "power_price"
    assert client.get(address).status_code == 404


def test_rows_are_added_one_after_the_other(client: TestClient, everything: Scenario) -> None:
    new = f"{ALL}/parts/processes/new"
    sent = filled(client, new) | {"another": "on"}
    for name in ("Leach pad", "Sorter"):
        assert client.post(new, data=sent | {"name": name}).headers["location"] == new
    assert [row(client, "processes", index)["name"] for index in (-2, -1)] == ["Leach pad", "Sorter"]
    assert "another" not in filled(client, f"{ALL}/parts/processes/{row(client, 'processes')['key']}")


def test_a_row_without_schedules_offers_them_in_the_grid(client: TestClient, everything: Scenario) -> None:
    values = {"process": "Leach pad", "metal": "Ag"}
    changes = [{"part": "processes", "values": {"name": "Leach pad"}}]
    client.post(f"{API}/changes", json={"changes": [*changes, {"part": "process_metals", "values": values}]})
    pad, silver = row(client, "processes", -1)["key"], row(client, "process_metals", -1)["key"]
    page = client.get(f"{ALL}/production").text
    wanted = {f"processes:{pad}:ore": "t", f"process_metals:{silver}:grade": "g/t"}
    for place, unit in {**wanted, f"process_metals:{silver}:recovery": "%"}.items():
        assert f'data-row="{place}" data-version="1" data-unit="{unit}" data-spread' in page
    fed = next(each["key"] for each in client.get(f"{API}/parts/processes").json() if each["name"] == "Mill")
    assert f'data-row="processes:{fed}:ore"' not in page


@pytest.mark.parametrize(
    ("currency", "unit", "stored"),
    [("", "MUSD", "M¤"), ("", "M USD", "M¤"), ("CAD", "CAD", "¤"), ("CAD", "USD", None), ("", "USDT", None)],
)
def test_a_unit_may_name_the_currency_of_its_row(
    client: TestClient, everything: Scenario, currency: str, unit: str, stored: str | None
) -> None:
    address = f"{ALL}/parts/closures/{row(client, 'closures')['key']}"
    sent = filled(client, address) | {"currency": currency, "spend": "5", "spend.unit": unit}
    answer = client.post(address, data=sent)
    assert answer.status_code == (303 if stored else 422), answer.text
    if stored:
        assert row(client, "closures")["values"]["spend"] == {"value": 5, "unit": stored}


def test_so_may_both_units_of_steps(client: TestClient, everything: Scenario) -> None:
    new = f"{ALL}/parts/levies/new"
    steps = {"steps.x": "0 1000", "steps.x_unit": "USD/oz", "steps.y": "3 3.5", "steps.y_unit": "%"}
    by_step = {"name": "By step", "base": "gross_revenue", "kind": "stepped_price", "price_of": "Au"}
    answer = client.post(new, data=filled(client, new) | by_step | steps)
    assert answer.status_code == 303, answer.text
    stored = {"x": [0, 1000], "x_unit": "¤/oz", "y": [3, 3.5], "y_unit": "%"}
    assert row(client, "levies", -1)["values"]["steps"] == stored


@pytest.mark.parametrize("key", ["999999", "9" * 19, "new", "only"])
def test_deleting_what_is_gone_is_a_lost_race(client: TestClient, everything: Scenario, key: str) -> None:
    sent = filled(client, f"{ALL}/parts/costs/{row(client, 'costs')['key']}")
    answer = client.post(f"{ALL}/parts/costs/{key}/delete", data=sent)
    assert answer.status_code == 409
    assert "no longer there" in answer.text


def test_what_others_refer_to_is_not_deleted(client: TestClient, everything: Scenario) -> None:
    address = f"{ALL}/parts/sources/{row(client, 'sources')['key']}"
    sent = filled(client, address)
    answer = client.post(
        f"{address}/delete", data={"csrf_token": sent["csrf_token"], "version": sent["version"]}
    )
    assert answer.status_code == 422
    assert "still referred to" in answer.text


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"rate": "a lot"}, "rate", "a number"),
        ({"rate": ""}, "rate", "ill this in"),
        ({"rate": "1 2"}, "rate", "one value, or 3"),
        ({"rate.unit": "¤/furlong"}, "rate", "a unit that CalMiner knows"),
        ({"rate.unit": ""}, "rate", "unit must not be empty"),
        ({"rate": "1 ¤/furlong"}, "rate", "a unit that CalMiner knows"),
        ({"name": ""}, "name", "ill this in"),
        ({"first": "1.5"}, "first", "a whole number"),
        ({"first": "2", "last": "1"}, "last", "not before the first period"),
        ({"basis": "per_wish"}, "basis", "one of"),
    ],
)
def test_a_bad_value_comes_back_as_typed_beside_its_field(
    client: TestClient, everything: Scenario, typed: dict[str, str], field: str, words: str
) -> None:
    before = row(client, "costs")
    address = f"{ALL}/parts/costs/{before['key']}"
    answer = client.post(address, data=filled(client, address) | {"note": "Kept as typed"} | typed)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert words in answer.text
    assert "Kept as typed" in answer.text
    assert row(client, "costs") == before


def test_a_quantity_that_is_empty_begins_with_the_usual_unit(
    client: TestClient, everything: Scenario
) -> None:
    sent = filled(client, f"{ALL}/parts/process_metals/{row(client, 'process_metals')['key']}")
    assert (sent["metal"], sent["grade"], sent["grade.unit"]) == ("Au", "", "g/t")
    assert (sent["recovery"], sent["recovery.unit"]) == ("", "%")
    assert (sent["release"].split(), sent["release.unit"]) == (["75", "25"], "%")


def test_a_unit_typed_behind_a_number_is_its_unit(client: TestClient, everything: Scenario) -> None:
    before = row(client, "costs")
    address = f"{ALL}/parts/costs/{before['key']}"
    for unit in ("", before["values"]["rate"]["unit"]):
        sent = filled(client, address) | {"rate": "2.5k¤/kt", "rate.unit": unit, "rate.driver": ""}
        assert client.post(address, data=sent).status_code == 303
        assert row(client, "costs")["values"]["rate"] == {"value": 2.5, "unit": "k¤/kt"}


def test_a_bad_value_is_named_as_its_form_names_it(client: TestClient, everything: Scenario) -> None:
    address = f"{ALL}/parts/depreciation/new"
    levy = row(client, "levies")["values"]["name"]
    sent = filled(client, address) | {"name": "Own", "levy": levy}
    answer = client.post(address, data=sent)
    assert answer.status_code == 422
    assert ">In place of: a class where a levy is chosen" in answer.text


def test_a_lost_race_shows_both_values(client: TestClient, everything: Scenario) -> None:
    line = row(client, "costs")
    address = f"{ALL}/parts/costs/{line['key']}"
    mine = filled(client, address) | {"note": "mine"}
    change = {"part": "costs", "key": line["key"], "version": line["version"], "values": {"note": "theirs"}}
    assert client.post(f"{API}/changes", json={"changes": [change]}).status_code == 200
    answer = client.post(address, data=mine)
    assert answer.status_code == 409
    assert "theirs" in answer.text
    assert "mine" in answer.text
    late = client.post(f"{API}/changes", json={"changes": [change]})
    assert (late.status_code, late.json()["theirs"], late.json()["yours"]) == (
        409,
        {"Note": "theirs"},
        {"Note": "theirs"},
    )


def test_several_rows_are_one_revision_or_none(
    client: TestClient, everything: Scenario, session: Session
) -> None:
    source, line = row(client, "sources"), row(client, "costs")
    changes: list[dict[str, Any]] = [
        {
            "part": "sources",
            "key": source["key"],
            "version": 1,
            "values": {"ore": {"value": [1, 2, 3], "unit": "kt"}},
        },
        {"part": "costs", "key": line["key"], "version": 1, "values": {"rate": {"value": "x", "unit": "¤"}}},
    ]
    refused = client.post(f"{API}/changes", json={"changes": changes})
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["changes[1].rate"]
    session.refresh(everything.sources[0])
    assert everything.sources[0].ore != Entered((1.0, 2.0, 3.0), "kt")
    saved = client.post(f"{API}/changes", json={"changes": changes[:1], "note": "New plan"}).json()
    assert saved["revision"] == 2
    assert saved["rows"][0]["values"]["ore"] == {"value": [1, 2, 3], "unit": "kt"}


def test_a_what_if_answers_on_both_doors_and_stores_nothing(client: TestClient, gold: Scenario) -> None:
    api = f"/api{GOLD}"
    price = next(
        each for each in client.get(f"{api}/parts/parameters").json() if each["name"] == "gold_price"
    )
    change = {"part": "parameters", "key": price["key"], "values": {"base": {"value": 4000, "unit": "¤/oz"}}}
    answer = client.post(f"{api}/what-if", json={"changes": [change]}).json()
    assert [effect["key"] for effect in answer["effects"]] == [
        "npv_after_tax",
        "irr_after_tax",
        "payback",
        "aisc",
    ]
    assert all(effect["change"] for effect in answer["effects"][:3])
    fragment = client.post(f"{GOLD}/what-if", json={"changes": [change]})
    assert (fragment.status_code, "NPV after tax" in fragment.text) == (200, True)
    assert client.get(f"{api}/parts/parameters").json()[0] == price
    assert client.get(f"{api}/revisions").json()["total"] == 0


def test_a_what_if_of_a_form_says_what_stands_in_the_way(client: TestClient, gold: Scenario) -> None:
    key = client.get(f"/api{GOLD}/parts/terms").json()[0]["key"]
    address = f"{GOLD}/parts/terms/{key}"
    sent = filled(client, address)
    good = client.post(f"{address}/what-if", data=sent | {"discount_rate": "9"})
    assert (good.status_code, "NPV after tax" in good.text) == (200, True)
    bad = client.post(f"{address}/what-if", data=sent | {"discount_rate": "nine"})
    assert (bad.status_code, "No value as typed" in bad.text) == (200, True)
    wrong = client.post(f"{address}/what-if", data=sent | {"discount_rate.unit": "h"})
    assert (wrong.status_code, "No value as typed" in wrong.text) == (200, True)


@pytest.mark.parametrize("status", [ScenarioStatus.APPROVED, ScenarioStatus.ARCHIVED])
def test_a_locked_scenario_refuses_and_offers_no_button(
    client: TestClient, everything: Scenario, session: Session, status: ScenarioStatus
) -> None:
    line = row(client, "costs")
    address = f"{ALL}/parts/costs/{line['key']}"
    sent = filled(client, address)
    everything.status = status
    session.flush()
    assert ">Save<" not in client.get(address).text
    tab = client.get(f"{ALL}/costs").text
    assert "Add cost line" not in tab
    assert "data-grid-editable" not in tab
    assert client.post(address, data=sent).status_code == 403
    change = {"part": "costs", "key": line["key"], "values": {"note": "x"}}
    assert client.post(f"{API}/changes", json={"changes": [change]}).status_code == 403


@pytest.mark.parametrize("address", ["parts/wishes", "parts/wishes/new", "parts/costs/999", "parts/costs/x"])
def test_what_is_not_there_is_not_found(client: TestClient, everything: Scenario, address: str) -> None:
    assert client.get(f"{ALL}/{address}").status_code == 404


@pytest.mark.parametrize(("tab", "most"), [("production", 32), ("costs", 32), ("fiscal", 32)])
def test_a_tab_takes_a_bounded_number_of_queries(
    client: TestClient,
    gold: Scenario,
    query_counter: Callable[[], AbstractContextManager[list[str]]],
    tab: str,
    most: int,
) -> None:
    with query_counter() as queries:
        assert client.get(f"{GOLD}/{tab}").status_code == 200
    assert len(queries) <= most


def test_the_parts_describe_themselves(client: TestClient) -> None:
    found = {part["key"]: part for part in client.get("/api/parts").json()}
    assert set(found) == set(PARTS)
    rate = next(each for each in found["costs"]["fields"] if each["name"] == "basis")
    assert "per_t_mined" in rate["choices"]
