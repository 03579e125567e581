"""A scenario's overview, its inputs, and the dashboard: the published figures, on the page and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.models import Entered, EnteredRow, Scenario, ValuationTerms
from tests.features.conftest import GOLD

Counter = Callable[[], AbstractContextManager[list[str]]]


def test_it_works(client: TestClient, gold: Scenario) -> None:
    page = client.get(GOLD).text
    for words in ("NPV before tax", "IRR before tax", "Cash flow by year", "Where the figures come from"):
        assert words in page
    assert gold.project.source in page.replace("&#39;", "'")


def test_the_api_gives_the_published_value(client: TestClient, gold: Scenario) -> None:
    valuation = client.get(f"/api{GOLD}/valuation").json()
    indicators = {item["key"]: item for item in valuation["indicators"]}
    # Table 22.5 prints 1,379 and 70 %; tonnes, grades and recoveries are rounded (case 09: tolerance 7.8).
    assert indicators["npv_pre_tax"]["value"] == pytest.approx(1379e6, abs=7.8e6)
    assert indicators["irr_pre_tax"]["value"] == pytest.approx(0.70, abs=0.005)
    assert valuation["currency"] == "USD"
    assert valuation["problems"] == []
    lines = {line["key"]: line for line in valuation["lines"]}
    assert lines["refining"]["entered"]
    assert not lines["revenue"]["entered"]


def test_the_page_and_the_api_agree(client: TestClient, gold: Scenario) -> None:
    valuation = client.get(f"/api{GOLD}/valuation").json()
    value = next(item["value"] for item in valuation["indicators"] if item["key"] == "npv_after_tax")
    assert f'value="{value / 1e6!r}"' in client.get(GOLD).text


def test_a_scenario_without_terms_says_what_to_mend(
    client: TestClient, gold: Scenario, session: Session
) -> None:
    session.execute(delete(ValuationTerms).where(ValuationTerms.scenario_id == gold.id))
    session.flush()
    page = client.get(GOLD)
    assert page.status_code == 200
    assert f'{GOLD}/parts/terms/new">valuation terms, discount rate</a>: give a discount rate' in page.text
    assert client.get(f"{GOLD}/parts/terms/new").status_code == 200
    answer = client.get(f"/api{GOLD}/valuation")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "valuation terms, discount rate"
    assert "No value yet" in client.get("/").text


def test_a_number_out_of_bounds_is_named_with_its_year(
    client: TestClient, session: Session, gold: Scenario
) -> None:
    held = gold.sources[0].ore
    gold.sources[0].ore = Entered((*held.values[:2], -5.0, *held.values[3:]), held.unit, held.driver)
    session.flush()
    text = client.get(GOLD).text
    row = f"{GOLD}/parts/sources/{gold.sources[0].id}"
    assert f'{row}">ore source &#39;Open pits&#39;, ore</a>: zero or more (it is -5 in 2028)' in text
    assert client.get(row).status_code == 200


def test_a_row_inside_another_is_led_to(client: TestClient, session: Session, gold: Scenario) -> None:
    metal = gold.processes[0].metals[0]
    metal.recovery = Entered((0.9,), "km", None)
    session.flush()
    words = f"process &#39;{metal.process}&#39;, {metal.metal}, recovery"
    assert f'{GOLD}/parts/process_metals/{metal.id}">{words}</a>' in client.get(GOLD).text


def test_a_cash_flow_that_does_not_tie_out_is_marked_wherever_it_shows(
    client: TestClient, gold: Scenario, session: Session
) -> None:
    never_comes_back = Entered((5.0, *[0.0] * 11), "M¤")
    session.add(EnteredRow(scenario_id=gold.id, line="working_capital_change", row=never_comes_back))
    session.flush()
    run = client.post(f"/api{GOLD}/runs", json={"trials": 256, "seed": 1}).json()["id"]
    assert client.get(f"/api{GOLD}/valuation").json()["problems"]
    text = client.get(GOLD).text
    assert "does not tie out" in text
    assert (
        f'<a href="{GOLD}/fiscal">Working capital</a>, 2037: it must close to zero by then; 5,000,000' in text
    )
    assert "does not tie out" in client.get(f"/runs/{run}").text
    assert "Does not tie out" in client.get("/").text


def test_inputs_show_everything_as_entered(client: TestClient, gold: Scenario) -> None:
    page = client.get(f"{GOLD}/inputs").text
    for words in ("2,358,000", "2.67", "head_grade_factor", "State royalty", "M¤"):
        assert words in page
    levy = gold.levies[0]
    assert f'{GOLD}/parts/levies/{levy.id}">{levy.name}</a>' in page
    for words in ("Head grade", "basis: amount for each period, as entered", "category: site administration"):
        assert words in page
    document = client.get(f"/api{GOLD}/inputs").json()
    assert document["periods"][0] == "2026"
    quantities = [
        (part["name"], quantity["unit"])
        for section in document["sections"]
        for part in section["parts"]
        for quantity in part["quantities"]
    ]
    assert ("Mill › Au", "g/t") in quantities


def test_the_dashboard_shows_what_projects_are_worth(client: TestClient, gold: Scenario) -> None:
    page = client.get("/").text
    assert "Diamba Sud" in page
    assert "NPV after tax" in page


def test_an_empty_dashboard_says_what_to_do(client: TestClient) -> None:
    page = client.get("/").text
    assert "No projects yet" in page
    assert "--seed-demo" in page


@pytest.mark.parametrize("tail", ["", "/inputs", "/parameters", "/simulations"])
def test_an_unknown_scenario_is_not_found(client: TestClient, gold: Scenario, tail: str) -> None:
    assert client.get(f"/projects/diamba-sud/scenarios/another{tail}").status_code == 404
    assert client.get(f"/projects/nobody/scenarios/feasibility-study{tail}").status_code == 404


@pytest.mark.parametrize(
    ("tail", "most"), [("", 32), ("/inputs", 32), ("/parameters", 3), ("/simulations", 5)]
)
def test_pages_ask_a_bounded_number_of_questions(
    client: TestClient, gold: Scenario, query_counter: Counter, tail: str, most: int
) -> None:
    with query_counter() as queries:
        client.get(GOLD + tail)
    assert len(queries) <= most
