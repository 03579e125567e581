"""Generating production through both doors: looked at, written as one revision, and each way to fail."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName, ScenarioStatus
from app.models import Scenario
from tests.conftest import ClientAs
from tests.features.conftest import GOLD, SAME_ORIGIN

PAGE, API = f"{GOLD}/production/generate", f"/api{GOLD}/production"
#: Of 20 Mt at 2,500 kt a year from the third year on; 2028 and 2032 have 366 days.
BODY: dict[str, Any] = {
    "source": "Open pits",
    "process": "Mill",
    "reserve": {"value": 20, "unit": "Mt"},
    "strip_ratio": 4,
    "ore_a_day": {"value": 7, "unit": "kt"},
    "idle_days": 10,
    "availability": 0.95,
    "ramp_up": [0.5],
    "first": 2,
    "grades": {"Au": {"value": 1.8, "unit": "g/t"}},
}


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient, gold: Scenario) -> None:
    client.headers.update(SAME_ORIGIN)


def filled(client: TestClient) -> dict[str, str]:
    """Return what a browser would send from the form as it stands."""
    text = client.get(PAGE).text
    form = text[text.index("data-what-if") : text.index("</form>", text.index("data-what-if"))]
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        assert chosen
        found[name] = chosen[1]
    return {name: value for name, value in found.items() if name not in {"act", "uncover"}}


def revisions(client: TestClient) -> int:
    return int(client.get(f"/api{GOLD}/revisions").json()["total"])


def test_the_api_shows_a_schedule_and_stores_nothing(client: TestClient) -> None:
    before = client.get(f"/api{GOLD}/valuation").json()
    shown = client.post(f"{API}/preview", json=BODY).json()
    assert client.get(f"/api{GOLD}/valuation").json() == before
    ore = [period["ore"] for period in shown["periods"]]
    assert sum(ore) + shown["left"] == pytest.approx(20e6)
    assert ore[:2] == [0, 0]
    first = shown["periods"][2]
    assert first["ore"] == pytest.approx(first["capacity"])
    assert ore[2] == pytest.approx(ore[3] / 2, rel=0.01)
    assert [period["waste"] for period in shown["periods"]] == pytest.approx([4 * each for each in ore])
    assert shown["grades"]["Au"] == pytest.approx(1.8e-6)
    assert shown["taylor_life"] == pytest.approx(0.2 * (20e6 / 0.90718474) ** 0.25)
    effect = {each["key"]: each for each in shown["effects"]}
    assert effect["npv_after_tax"]["before"] != effect["npv_after_tax"]["after"]


def test_what_the_preview_says_of_npv_is_what_writing_it_does(client: TestClient) -> None:
    promised = client.post(f"{API}/preview", json=BODY).json()["effects"][0]
    before = revisions(client)
    answer = client.post(f"{API}/generate", json=BODY | {"note": "Scoping"})
    assert answer.status_code == 200, answer.text
    newest = client.get(f"/api{GOLD}/revisions").json()
    assert newest["total"] - before == (1 if before else 2)
    assert newest["items"][0]["note"] == "Scoping"
    assert newest["items"][0]["number"] == answer.json()["revision"]
    value = next(
        each["value"]
        for each in client.get(f"/api{GOLD}/valuation").json()["indicators"]
        if each["key"] == promised["key"]
    )
    assert value / 1e6 == pytest.approx(promised["after"], rel=1e-9)


def test_a_schedule_looked_at_before_somebody_elses_change_is_not_written(client: TestClient) -> None:
    client.post(f"{API}/generate", json=BODY)
    seen = revisions(client)
    client.post(f"{API}/generate", json=BODY | {"first": 3})
    lost = client.post(f"{API}/generate", json=BODY | {"revision": seen})
    assert lost.status_code == 409
    assert {lost.json()["theirs"]["Newest revision"], lost.json()["yours"]["Newest revision"]} == {
        seen,
        seen + 1,
    }


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reserve": {"value": 1, "unit": "h"}}, "reserve"),
        ({"reserve": {"value": 1, "unit": "nothing"}}, "reserve"),
        ({"reserve": None}, "reserve"),
        ({"grades": {"Au": {"value": 1, "unit": "t"}}}, "grade.Au"),
        ({"ore_a_day": {"value": 0, "unit": "t"}}, "ore_a_day"),
        ({"availability": 2}, "availability"),
        ({"first": 99}, "first"),
        ({"recoveries": {"Au": 1.5}}, "recovery.Au"),
        ({"curve": {"metal": "Au", "grades": [0, 1], "masses": [1]}}, "reserve"),
        ({"curve": {"metal": "Au", "grades": [0], "masses": [1]}, "reserve": None}, "curve_grades"),
        ({"unit": "lb"}, "unit"),
        ({"source": "North pit"}, "process"),
    ],
)
def test_what_the_api_refuses(client: TestClient, changed: dict[str, Any], field: str) -> None:
    answer = client.post(f"{API}/preview", json=BODY | changed)
    assert answer.status_code == 422, answer.text
    assert field in {problem["field"] for problem in answer.json()["errors"]}
    assert client.post(f"{API}/generate", json=BODY | changed).status_code == 422
    assert revisions(client) == 0


def test_a_curve_gives_reserve_and_grade(client: TestClient) -> None:
    curve = {
        "metal": "Au",
        "grades": [0, 1, 3],
        "grade_unit": "g/t",
        "masses": [10, 10],
        "mass_unit": "Mt",
        "cut_off": 1,
    }
    asked = BODY | {"reserve": None, "curve": curve, "grades": {}, "strip_ratio": 0}
    shown = client.post(f"{API}/preview", json=asked).json()
    assert (shown["reserve"], shown["grades"]["Au"]) == pytest.approx((10e6, 2e-6))
    assert shown["strip_ratio"] == pytest.approx(1)


def test_the_form_is_filled_from_what_there_is(client: TestClient) -> None:
    fields = filled(client)
    assert (fields["source"], fields["process"], fields["unit"]) == ("Open pits", "Mill", "Mt")
    assert float(fields["reserve"]) == pytest.approx(20.501)
    assert fields["first"] == "2"
    assert fields["metal.0"] == "Au"


def test_the_page_shows_the_schedule_and_writes_it(client: TestClient) -> None:
    fields = filled(client) | {"ore_a_day": "7,000", "ramp_up": "50 75"}
    shown = client.post(PAGE, data=fields | {"act": "show"})
    assert shown.status_code == 200, shown.text
    assert "Write the schedule" in shown.text
    assert "Generated schedule by period" in shown.text
    assert revisions(client) == 0
    written = client.post(PAGE, data=fields | {"act": "write", "why": "Faster"})
    assert (written.status_code, written.headers["location"]) == (303, f"{GOLD}/production")
    assert client.get(f"/api{GOLD}/revisions").json()["items"][0]["note"] == "Faster"
    assert "Generate production" in client.get(f"{GOLD}/production").text


def test_what_was_typed_comes_back_with_what_is_wrong(client: TestClient) -> None:
    fields = filled(client) | {
        "reserve": "a lot",
        "availability": "120",
        "metal.1": "",
        "grade.1": "2",
        "act": "show",
    }
    answer = client.post(PAGE, data=fields)
    assert answer.status_code == 422
    assert 'value="a lot"' in answer.text
    for name in ("reserve", "availability", "metal.1"):
        assert f'id="{name}-error"' in answer.text
    beside = client.post(PAGE, data=filled(client) | {"grade.0": "200", "grade_unit.0": "%", "act": "show"})
    assert (beside.status_code, 'id="grade.0-error"' in beside.text) == (422, True)


def test_the_live_effect_of_the_form(client: TestClient) -> None:
    panel = client.post(f"{PAGE}/what-if", data=filled(client) | {"ore_a_day": "9000"})
    assert panel.status_code == 200
    assert "NPV" in panel.text
    wrong = client.post(f"{PAGE}/what-if", data=filled(client) | {"ore_a_day": "0"})
    assert "more than 0" in wrong.text


def test_a_lost_race_on_the_page(client: TestClient) -> None:
    fields = filled(client)
    client.post(f"{API}/generate", json=BODY)
    answer = client.post(PAGE, data=fields | {"act": "write"})
    assert answer.status_code == 409


def test_who_may(client: TestClient, client_as: ClientAs, session: Session, gold: Scenario) -> None:
    reader = client_as(RoleName.VIEWER)
    reader.headers.update(SAME_ORIGIN)
    assert reader.post(f"{API}/preview", json=BODY).status_code == 200
    assert reader.post(f"{API}/generate", json=BODY).status_code == 403
    assert "Show the schedule" not in reader.get(PAGE).text
    gold.status = ScenarioStatus.APPROVED
    session.flush()
    assert client.post(f"{API}/generate", json=BODY).status_code == 403


def test_an_empty_scenario_is_planned_from_its_form(client: TestClient) -> None:
    client.post("/api/projects", json={"name": "Fresh", "currency": "USD"})
    client.post(
        "/api/projects/fresh/scenarios",
        json={"name": "One", "start": "2027-01-01", "count": 4, "discount_rate": 0.08},
    )
    text = client.get("/projects/fresh/scenarios/one/production/generate").text
    assert 'value="Pit"' in text
    body = BODY | {"source": "Pit", "process": "Mill", "recoveries": {"Au": 0.9}}
    answer = client.post("/api/projects/fresh/scenarios/one/production/generate", json=body)
    assert answer.status_code == 200, answer.text
    lines = client.get("/api/projects/fresh/scenarios/one/valuation").json()["lines"]
    assert next(line for line in lines if line["key"] == "recovered.Au")["values"][2] > 0


PHASES = [
    {"name": "North", "reserve": {"value": 4, "unit": "Mt"}, "strip_ratio": 2},
    {"name": "South", "reserve": {"value": 6, "unit": "Mt"}, "strip_ratio": 5},
]


def test_pits_mined_in_order_through_both_doors(client: TestClient) -> None:
    grades = [{"Au": {"value": grade, "unit": "g/t"}} for grade in (2.5, 1.2)]
    phases = [phase | {"grades": grade} for phase, grade in zip(PHASES, grades, strict=True)]
    body = BODY | {"reserve": None, "grades": {}, "phases": phases}
    shown = client.post(f"{API}/preview", json=body).json()
    north, south = zip(*(period["phases"] for period in shown["periods"]), strict=True)
    assert (sum(north), sum(south)) == pytest.approx((4e6, 6e6))
    assert shown["periods"][2]["grades"]["Au"] == pytest.approx(2.5e-6)
    pasted = "North\t4\t2\t2.5\r\nSouth; 6; 5; 1.2"
    fields = filled(client) | {"phases": pasted, "ore_a_day": "7,000", "grade_unit.0": "g/t", "act": "show"}
    page = client.post(PAGE, data=fields)
    assert page.status_code == 200, page.text
    for words in ("South", "Grade of Au", "2.500"):
        assert words in page.text
    for line, said in (("North; much", "line 1"), ("North; 4; 2; 2.5; 9", "line 1"), ("A; -4; 2", "line 1")):
        wrong = client.post(PAGE, data=fields | {"phases": line})
        assert (wrong.status_code, said in wrong.text, 'id="phases-error"' in wrong.text) == (422, True, True)
    assert client.post(f"{API}/generate", json=body).status_code == 200
    (metal,) = client.get(f"/api{GOLD}/parts/source_metals").json()
    assert metal["values"]["grade"]["value"][2] == pytest.approx(2.5)
