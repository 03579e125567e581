"""Fiscal presets through both doors, and each way to fail."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName, ScenarioStatus
from app.models import Scenario
from app.planning.presets import presets
from tests.conftest import ClientAs
from tests.features.conftest import GOLD, SAME_ORIGIN, Post

PAGE = f"{GOLD}/fiscal/presets"


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient, gold: Scenario) -> None:
    client.headers.update(SAME_ORIGIN)


def test_the_api_lists_every_preset_with_its_sources(client: TestClient) -> None:
    found = client.get("/api/fiscal-presets").json()
    assert [each["key"] for each in found] == list(presets())
    assert all(each["sources"] and each["left_out"] for each in found)


def test_what_the_preview_says_is_what_applying_does(client: TestClient) -> None:
    before = client.get(f"/api{GOLD}/valuation").json()
    shown = client.post(f"/api{PAGE}/ghana/preview", json={}).json()
    assert client.get(f"/api{GOLD}/valuation").json() == before
    npv = shown["effects"][0]
    assert npv["after"] < npv["before"]
    written = client.post(f"/api{PAGE}/ghana", json={"note": "As in Accra", "revision": 0})
    assert written.status_code == 200, written.text
    newest = client.get(f"/api{GOLD}/revisions").json()["items"][0]
    assert (newest["number"], newest["note"]) == (written.json()["revision"], "As in Accra")
    assert newest["summary"] == "Fiscal preset applied: Ghana, as of 2021-12-31"
    after = {each["key"]: each["value"] for each in client.get(f"/api{GOLD}/valuation").json()["indicators"]}
    assert after[npv["key"]] / 1e6 == pytest.approx(npv["after"])


def test_a_preset_looked_at_before_somebody_elses_change(client: TestClient) -> None:
    client.post(f"/api{PAGE}/ghana", json={})
    assert client.post(f"/api{PAGE}/senegal", json={"revision": 1}).status_code == 409


def test_what_cannot_be_applied_is_said(client: TestClient, post: Post) -> None:
    assert client.post(f"/api{PAGE}/atlantis", json={}).status_code == 404
    refused = client.post(f"/api{PAGE}/queensland", json={})
    assert refused.status_code == 422
    assert "AUD" in refused.text
    page = post(f"{PAGE}/queensland", revision="0", why="")
    assert page.status_code == 422
    assert "AUD" in page.text
    assert client.get(f"/api{GOLD}/revisions").json()["total"] == 0


def test_the_pages_show_apply_and_lead_back(client: TestClient, post: Post) -> None:
    assert "Fiscal presets" in client.get(f"{GOLD}/fiscal").text
    listed = client.get(PAGE).text
    assert all(f'/fiscal/presets/{key}"' in listed for key in presets())
    shown = client.get(f"{PAGE}/ghana").text
    assert "Minerals Commission of Ghana" in shown
    assert "national fiscal stabilisation levy" in shown
    assert "Share: 10 %; Carried: " in shown
    answer = post(f"{PAGE}/ghana", revision="0", why="Try", keep_levies="on")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{GOLD}/fiscal")
    fiscal = client.get(f"{GOLD}/fiscal").text
    assert "Mineral royalty" in fiscal
    assert "Social fund" in fiscal
    assert "Undo last change" in fiscal


def test_the_live_effect_of_the_choices(client: TestClient) -> None:
    text = client.get(f"{PAGE}/ghana").text
    token = text.partition('name="csrf_token" value="')[2].partition('"')[0]
    kept = client.post(f"{PAGE}/ghana/what-if", data={"csrf_token": token, "keep_levies": "on"})
    gone = client.post(f"{PAGE}/ghana/what-if", data={"csrf_token": token})
    assert kept.status_code == gone.status_code == 200
    assert kept.text != gone.text


def test_who_may(client: TestClient, client_as: ClientAs, session: Session, gold: Scenario) -> None:
    reader = client_as(RoleName.VIEWER)
    reader.headers.update(SAME_ORIGIN)
    assert reader.post(f"/api{PAGE}/ghana/preview", json={}).status_code == 200
    assert reader.post(f"/api{PAGE}/ghana", json={}).status_code == 403
    assert "Apply Ghana" not in reader.get(f"{PAGE}/ghana").text
    gold.status = ScenarioStatus.APPROVED
    session.flush()
    assert client.post(f"/api{PAGE}/ghana", json={}).status_code == 403
