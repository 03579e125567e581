"""What the tabs show beside what was entered, against hand calculations and against the valuation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.engine.fleets import fleets
from app.features.parts.derived.tabs import DERIVED
from app.models import EnteredRow, Scenario
from app.models.entered import Entered
from app.seed.document import load_project
from app.valuation.evaluate import evaluate_scenario
from tests.by_hand import hand, q
from tests.features.conftest import GOLD, SAME_ORIGIN
from tests.planning.conftest import everything
from tests.seeds import Seeds, base_scenario

MINE = "/projects/hand/scenarios/base"
API = f"/api{MINE}"


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient) -> None:
    client.headers.update(SAME_ORIGIN)


def by_hand(session: Session) -> None:
    load_project(session, hand())


@pytest.fixture
def seeds(seeds: Seeds) -> Seeds:
    return {**seeds, "scenario": by_hand}


@pytest.fixture
def scenario(session: Session) -> Scenario:
    return base_scenario(session, "hand")


def rows(client: TestClient, tab: str) -> dict[str, dict[str, Any]]:
    """Return the derived rows of a tab by key."""
    found = client.get(f"{API}/derived/{tab}").json()
    return {row["key"]: row for table in found["tables"] for row in table["rows"]}


def cells(client: TestClient, tab: str, key: str) -> list[dict[str, Any]]:
    """Return the lines of a list of a tab, by heading."""
    lists = {each["key"]: each for each in client.get(f"{API}/derived/{tab}").json()["lists"]}
    return [dict(zip(lists[key]["headings"], row, strict=True)) for row in lists[key]["rows"]]


def test_production_by_hand(client: TestClient, scenario: Scenario) -> None:
    found = rows(client, "production")
    assert (found["strip_ratio"]["values"], found["strip_ratio"]["unit"]) == ([3, 2, 1, 1], "t/t")
    assert found["strip_ratio"]["total"] == pytest.approx(10 / 6)
    assert (found["in_feed.Cu"]["values"], found["in_feed.Cu"]["unit"]) == ([10, 20, 20, 10], "kt")
    assert found["head_grade.Cu"]["total"] == pytest.approx(1)
    assert found["recovery.Cu"]["total"] == pytest.approx(90)
    assert found["recovered.Cu"]["total"] == pytest.approx(54)
    assert found["payable.Cu"]["total"] == pytest.approx(54 * 0.96)
    assert found["concentrate.Concentrate"]["total"] == pytest.approx(54 / 0.25)
    assert found["ore_mined"]["total"] == pytest.approx(6)


def test_an_overrun_names_the_period_and_the_amounts(client: TestClient, scenario: Scenario) -> None:
    (notice,) = client.get(f"{API}/derived/production").json()["notices"]
    assert notice["title"] == "Pit is mined beyond its reserve from 2030 on"
    for amount in ("6.000 Mt", "5.500 Mt", "500.0 kt"):
        assert amount.replace(" kt", "").replace(" Mt", "") in notice["text"] or "0.5000" in notice["text"]
    page = client.get(f"{MINE}/production").text
    assert notice["title"] in page
    overview = client.get(MINE).text
    assert (
        f'<a href="{MINE}/production">Reserve of Pit</a>, 2030: cumulative ore must stay within' in overview
    )
    assert "the reserve of 5,500,000 t; it is 6,000,000 t by then" in overview
    assert "does not tie out" not in overview
    valued = client.get(f"{API}/valuation").json()
    assert (valued["problems"], [each["field"] for each in valued["warnings"]]) == ([], ["reserves.Pit"])


def test_a_heap_shows_what_is_in_process_and_what_nobody_sells(
    client: TestClient, scenario: Scenario
) -> None:
    (metal,) = client.get(f"{API}/parts/process_metals").json()
    release = {"release": {"value": [60, 40], "unit": "%"}}
    change = {"part": "process_metals", "key": metal["key"], "version": metal["version"], "values": release}
    assert client.post(f"{API}/changes", json={"changes": [change]}).status_code == 200
    found = rows(client, "production")
    assert "recovery.Cu" not in found
    # Of 9, 18, 18 and 9 kt each year's 40 % come out a year later.
    assert found["recovered.Cu"]["values"] == pytest.approx([5.4, 14.4, 18, 12.6])
    assert found["in_process.Cu"]["values"] == pytest.approx([3.6, 7.2, 7.2, 3.6])
    assert found["in_process.Cu"]["total"] is None
    notices = client.get(f"{API}/derived/production").json()["notices"]
    assert notices[1]["title"] == "Cu is still in process when the schedule ends"
    assert "3.600 kt of it come out after 2030 and are not sold" in notices[1]["text"]
    overview = client.get(MINE).text
    assert "Cu in process</a>, 2030: all of it must come out by then to be sold; 6.67 % of what" in overview


def test_what_does_not_tie_out_stands_on_the_tab_where_it_is_entered(
    client: TestClient, session: Session, scenario: Scenario
) -> None:
    never_comes_back = Entered((5.0, 0.0, 0.0, 0.0), "M¤")
    session.add(EnteredRow(scenario_id=scenario.id, line="working_capital_change", row=never_comes_back))
    session.flush()
    wrong = {
        "about": "Working capital",
        "period": "2030",
        "allowed": "it must close to zero by then; 5,000,000 is left",
    }
    assert client.get(f"{API}/derived/fiscal").json()["tie_outs"] == [wrong]
    assert client.get(f"{API}/derived/production").json()["tie_outs"] == []
    words = "<li>Working capital, 2030: it must close to zero by then; 5,000,000 is left</li>"
    assert words in client.get(f"{MINE}/fiscal").text
    assert words not in client.get(f"{MINE}/production").text


def test_costs_by_hand(client: TestClient, scenario: Scenario) -> None:
    found = rows(client, "costs")
    # 16 Mt of rock at 2, 6 Mt of ore at 10.
    assert found["opex.Mining"]["total"] == pytest.approx(32)
    assert found["opex.Milling"]["total"] == pytest.approx(60)
    lines = {line["Line"]: line for line in cells(client, "costs", "cost_lines")}
    assert lines["Mining"]["Share, %"] == pytest.approx(100 * 32 / 92)
    assert lines["Mining"]["Basis"] == "By tonne of rock moved, ore and waste"
    assert lines["Mining"]["Escalation"] == "0 % a year"
    assert lines["Milling"]["Escalation"] == "general inflation"
    assert lines["Milling"]["Currency"] == "USD, the scenario's"
    whole = found["opex"]["total"]
    assert found["opex_per_t"]["total"] == pytest.approx(whole / 6)


def test_consumption_by_hand(client: TestClient, scenario: Scenario) -> None:
    lines = {line["Resource"]: line for line in cells(client, "consumption", "resources")}
    power, diesel = lines["Power"], lines["Diesel"]
    assert (power["Used over the life"], power["Unit"]) == (pytest.approx(120), "GWh")
    assert power["Cost, M USD"] == pytest.approx(12)
    assert (diesel["Used over the life"], diesel["Unit"]) == (pytest.approx(8000), "thousand L")
    assert diesel["Cost, M USD"] == pytest.approx(9.6)
    assert diesel["Share, %"] == pytest.approx(100 * 9.6 / 21.6)
    assert diesel["Mean price, USD by unit"] == pytest.approx(1.2)
    found = rows(client, "consumption")
    assert found["consumption.Power"]["values"] == pytest.approx([20, 40, 40, 20])
    assert found["consumption_cost"]["total"] == pytest.approx(21.6)


def test_equipment_by_hand(client: TestClient, scenario: Scenario, session: Session) -> None:
    found = rows(client, "equipment")
    # 7,008 available hours a unit and year (2028 has 7,027.2): 12,000 h need two, 20,000 h three.
    assert found["required"]["values"] == [2, 3, 3, 2]
    assert found["held"]["values"] == [2, 2, 2, 2]
    assert (found["short"]["values"], found["short"]["total"]) == ([0, 1, 1, 0], 1)
    assert found["used"]["values"][0] == pytest.approx(100 * 12000 / (2 * 7008))
    # 32,000 h a unit by 2030 at a life of 15,000: replaced when it has run 15,000 and 30,000.
    assert found["replaced"]["values"] == [0, 2, 0, 2]
    assert found["money.replacement"]["values"] == pytest.approx([0, 6, 0, 6])
    (notice,) = client.get(f"{API}/derived/equipment").json()["notices"]
    assert notice["title"] == "Trucks: too few units from 2028 on"
    assert "2 periods" in notice["text"]
    flow = evaluate_scenario(session, scenario.id)
    plan = fleets(flow.inputs).classes["Trucks"]
    assert plan.money.replacement.sum() == pytest.approx(flow.cash_flow["capital.replacement"].sum())


def test_the_fleet_of_many_periods_is_shown_by_year(client: TestClient, session: Session) -> None:
    document = hand()
    (mine,) = document["scenarios"]
    mine["periods"] = [{"length": "month", "count": 72}]
    for part in (*mine["sources"], *mine["processes"][0]["feeds"]):
        part["ore"] = q(100, "kt")
    mine["sources"][0]["waste"] = q(100, "kt")
    mine["equipment"][0]["hours"] = q(1000, "h")
    load_project(session, document)
    session.flush()
    table = client.get(f"{API}/derived/equipment").json()["tables"][0]
    assert table["columns"] == ["2027", "2028", "2029", "2030", "2031", "2032"]
    found = {row["key"]: row for row in table["rows"]}
    assert found["hours"]["values"] == [12000] * 6
    assert found["held"]["values"] == [2] * 6
    # A unit has run 500 h a month: 15,000 h after 30 and 60 months.
    assert found["replaced"]["values"] == [0, 0, 2, 0, 2, 0]


def test_maintenance_by_hand(client: TestClient, scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.context.today", lambda: date(2027, 4, 10))
    due = cells(client, "maintenance", "due")
    # A unit runs 6,000 h in 2027: a service every 365 / 6 days, from 2 March on; two units each.
    # Three were logged, so one of the second pair, of 2 May, is open.
    services = [line for line in due if line["Plan"] == "Service"]
    assert [line["Units"] for line in services[:2]] == [1, 2]
    assert services[0]["State"] == "due soon"
    assert services[0]["Downtime, h"] == 8
    assert all(line["State"] != "overdue" for line in due)
    found = rows(client, "maintenance")
    assert found["Service.planned_events"]["values"][0] == 12
    assert found["Service.done_events"]["values"][0] == 3
    assert found["Service.planned_cost"]["values"][0] == pytest.approx(60)
    assert found["Service.done_cost"]["values"][0] == pytest.approx(18)
    assert found["Unplanned work.done_cost"]["values"][0] == pytest.approx(7)
    states = {line["Plan"]: line for line in cells(client, "maintenance", "plans")}
    assert (states["Service"]["Asked for until today"], states["Service"]["Logged"]) == (2, 3)
    assert states["Inspection"]["Every"] == "365 days"


def test_what_was_not_done_is_overdue(
    client: TestClient, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.context.today", lambda: date(2027, 5, 20))
    services = [line for line in cells(client, "maintenance", "due") if line["Plan"] == "Service"]
    assert [line["State"] for line in services[:2]] == ["overdue", "later"]
    (notice,) = client.get(f"{API}/derived/maintenance").json()["notices"]
    assert notice["title"] == "Maintenance is overdue"
    assert "Service on Trucks" in notice["text"]


def test_the_dashboard_reminds_of_what_is_due(
    client: TestClient,
    scenario: Scenario,
    monkeypatch: pytest.MonkeyPatch,
    query_counter: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    monkeypatch.setattr("app.web.context.today", lambda: date(2027, 1, 10))
    assert "Maintenance due" not in client.get("/").text
    monkeypatch.setattr("app.web.context.today", lambda: date(2027, 8, 10))
    with query_counter() as queries:
        text = client.get("/").text
    assert len(queries) < 20
    assert f'href="{MINE}/maintenance">Service' in text
    assert "Overdue" in text
    assert "Inspection" not in text.partition("Latest simulation")[0]
    scenario.project.archived_at = datetime(2027, 1, 1, tzinfo=UTC)
    assert "Maintenance due" not in client.get("/").text


def test_fiscal_by_hand(client: TestClient, scenario: Scenario) -> None:
    found = rows(client, "fiscal")
    # 54 kt recovered, 96 % payable at 8,000: 414.72 M, of which 3 %.
    assert found["levy.State royalty"]["total"] == pytest.approx(414.72 * 0.03)
    assert found["effective_rate"]["total"] == pytest.approx(30)
    working = found["working_capital"]["values"]
    assert working[0] == pytest.approx(69.12 * 30 / 365)
    assert working[-1] == pytest.approx(0)
    assert found["working_capital"]["total"] is None
    take = {line[""]: line for line in cells(client, "fiscal", "take")}
    whole = next(key for key in take["Together"] if key.startswith("Undiscounted"))
    assert take["Together"][whole] == pytest.approx(
        found["royalties"]["total"] + found["income_tax"]["total"], rel=1e-9
    )


def test_shares_by_hand(client: TestClient, scenario: Scenario) -> None:
    """A free tenth takes a tenth of every positive year; the owner has the rest and pays for all."""
    assert "after_tax_cash_flow" not in rows(client, "fiscal")
    state = {"name": "State", "share": q(10, "%"), "carry": "always"}
    plant = {"name": "Plant", "kind": "initial", "amount": q([80, 0, 0, 0], "M¤")}
    changes = [{"part": "interests", "values": state}, {"part": "capital", "values": plant}]
    assert client.post(f"{API}/changes", json={"changes": changes}).status_code == 200
    found = rows(client, "fiscal")
    whole = found["after_tax_cash_flow"]["values"]
    assert min(whole) < 0 < max(whole)
    received = [0.1 * max(value, 0) for value in whole]
    assert found["interest.State"]["values"] == pytest.approx(received)
    left = [value - share for value, share in zip(whole, received, strict=True)]
    assert found["attributable_cash_flow"]["values"] == pytest.approx(left)
    holders = {line[""]: line for line in cells(client, "fiscal", "holders")}
    present = next(key for key in holders["Owner"] if key.startswith("Present"))
    figures = {each["key"]: each for each in client.get(f"{API}/valuation").json()["indicators"]}
    assert holders["Owner"][present] == pytest.approx(figures["npv_attributable"]["value"] / 1e6)
    assert holders["State"][present] + holders["Owner"][present] == pytest.approx(
        figures["npv_after_tax"]["value"] / 1e6
    )


@pytest.mark.parametrize("tab", DERIVED)
def test_the_page_of_a_tab_shows_what_its_api_says(client: TestClient, scenario: Scenario, tab: str) -> None:
    found = client.get(f"{API}/derived/{tab}").json()
    text = client.get(f"{MINE}/{tab}").text
    assert found["tables"]
    for each in (*found["tables"], *found["lists"]):
        assert f'id="derived-{each["key"].replace(" ", "-")}"' in text
    for table in found["tables"]:
        assert all(len(row["values"]) == len(table["columns"]) for row in table["rows"])
    assert all(notice["title"] in text for notice in found["notices"])


def test_a_scenario_that_has_no_value_shows_its_parts_alone(client: TestClient, session: Session) -> None:
    load_project(session, everything())
    session.flush()
    for tab in DERIVED:
        assert client.get(f"/api/projects/everything/scenarios/base/derived/{tab}").status_code == 422
        assert client.get(f"/projects/everything/scenarios/base/{tab}").status_code == 200


def test_a_tab_without_more_to_show(client: TestClient, gold: Scenario) -> None:
    assert client.get(f"/api{GOLD}/derived/terms").status_code == 404
