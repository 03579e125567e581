"""A scenario and a project from their beginning to their end, with the ways back."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Project, Scenario
from tests.features.conftest import GOLD, SAME_ORIGIN, Post

PROJECT = "/projects/diamba-sud"
NEW = {
    "name": "Starter pit",
    "start": "2027-01-01",
    "length": "quarter",
    "count": "40",
    "discount_rate": "7.5",
    "note": "",
}


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient) -> None:
    client.headers.update(SAME_ORIGIN)


def test_a_scenario_is_begun_and_named(client: TestClient, post: Post, gold: Scenario) -> None:
    answer = post(f"{PROJECT}/new-scenario", **NEW)
    assert answer.headers["location"] == f"{PROJECT}/scenarios/starter-pit/production"
    terms = client.get(f"/api{PROJECT}/scenarios/starter-pit/parts/terms").json()[0]
    assert terms["values"]["discount_rate"] == {"value": 7.5, "unit": "%"}
    assert client.get(f"{PROJECT}/scenarios/starter-pit/production").status_code == 200
    renamed = post(f"{PROJECT}/scenarios/starter-pit/edit", name="Starter", note="Small pit first")
    assert renamed.status_code == 303
    state = client.get(f"/api{PROJECT}/scenarios/starter-pit/name").json()
    assert (state["name"], state["note"], state["is_base"]) == ("Starter", "Small pit first", False)
    body = {"name": "Late", "version": 1}
    assert client.put(f"/api{PROJECT}/scenarios/starter-pit/name", json=body).status_code == 409


def test_the_first_scenario_of_a_project_is_its_base(client: TestClient) -> None:
    client.post("/api/projects", json={"name": "Fresh", "currency": "USD"})
    body = {"start": "2027-01-01", "count": 3, "discount_rate": 0.08}
    first = client.post("/api/projects/fresh/scenarios", json=body | {"name": "One"}).json()
    second = client.post("/api/projects/fresh/scenarios", json=body | {"name": "Two"}).json()
    assert (first["is_base"], second["is_base"]) == (True, False)
    assert client.put("/api/projects/fresh/scenarios/two/base").json()["is_base"]
    assert not client.get("/api/projects/fresh/scenarios/one/name").json()["is_base"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Feasibility study 2026"}, "name"),
        ({"start": "soon"}, "start"),
        ({"count": "0"}, "count"),
        ({"count": "99999"}, "count"),
        ({"discount_rate": "800"}, "discount_rate"),
        ({"length": "decade"}, "length"),
    ],
)
def test_a_bad_beginning_comes_back_as_typed(
    post: Post, gold: Scenario, typed: dict[str, str], field: str
) -> None:
    answer = post(f"{PROJECT}/new-scenario", **NEW | {"note": "Kept as typed"} | typed)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "Kept as typed" in answer.text


def test_a_deleted_project_says_what_went_and_comes_back(
    client: TestClient, post: Post, gold: Scenario, session: Session
) -> None:
    value = client.get(f"/api{GOLD}/valuation").json()
    assert "goes with 1 scenario, 0 revisions, 0 simulation runs" in client.get(PROJECT).text
    answer = post(PROJECT, f"{PROJECT}/delete")
    assert answer.headers["location"] == "/deleted"
    for gone in (PROJECT, GOLD, f"/api{GOLD}/valuation"):
        assert client.get(gone).status_code == 404
    assert "Diamba Sud" not in client.get("/projects?archived=true").text
    (row,) = client.get("/api/deleted").json()
    assert (row["kind"], row["name"]) == ("project", "Diamba Sud")
    back = post("/deleted", f"/deleted/project/{row['id']}/restore")
    assert back.headers["location"] == PROJECT
    assert client.get(f"/api{GOLD}/valuation").json() == value
    assert client.get("/api/deleted").json() == []


def test_a_deleted_scenario_comes_back_through_the_api(client: TestClient, gold: Scenario) -> None:
    gone = client.delete(f"/api{GOLD}").json()
    assert gone == {"scenarios": 1, "revisions": 0, "runs": 0, "comments": 0}
    assert client.get(GOLD).status_code == 404
    assert client.get(PROJECT).status_code == 200
    (row,) = client.get("/api/deleted").json()
    assert client.post(f"/api/deleted/scenario/{row['id']}/restore").status_code == 204
    assert client.get(GOLD).status_code == 200


def test_for_good_needs_the_name_typed_out(
    client: TestClient, post: Post, gold: Scenario, session: Session
) -> None:
    assert client.delete(f"/api/deleted/project/{gold.project_id}?name=Diamba Sud").status_code == 404
    client.delete(f"/api{PROJECT}")
    wrong = post("/deleted", f"/deleted/project/{gold.project_id}/erase", name="diamba")
    assert (wrong.status_code, "typed out" in wrong.text) == (422, True)
    right = post("/deleted", f"/deleted/project/{gold.project_id}/erase", name="Diamba Sud")
    assert right.status_code == 303
    for table in (Project, Scenario):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_an_archived_project_is_locked_until_it_is_restored(
    client: TestClient, post: Post, gold: Scenario
) -> None:
    assert post(PROJECT, f"{PROJECT}/archive", archived="on").status_code == 303
    assert client.get(f"{PROJECT}/new-scenario").status_code == 403
    assert client.get(f"{GOLD}/edit").status_code == 403
    assert "archived on" in client.get(PROJECT).text
    assert client.put(f"/api{PROJECT}/archive", json={"archived": False}).json() == {"archived": False}
    assert client.get(f"{PROJECT}/new-scenario").status_code == 200


def test_a_deleted_project_leaves_its_address_and_comes_back_beside_the_new_one(client: TestClient) -> None:
    mine = {"name": "Berg", "currency": "CAD"}
    client.post("/api/projects", json=mine)
    client.delete("/api/projects/berg")
    assert client.post("/api/projects", json=mine).json()["slug"] == "berg"
    (deleted,) = client.get("/api/deleted").json()
    assert client.post(f"/api/deleted/project/{deleted['id']}/restore").status_code == 204
    assert client.get("/api/projects/berg-2").json()["name"] == "Berg"
    assert client.get("/api/projects").json()["total"] == 2


def test_a_deleted_scenario_leaves_its_name_and_comes_back_under_another(
    client: TestClient, gold: Scenario
) -> None:
    where = "/api/projects/diamba-sud/scenarios"
    body = {"name": "Plan B", "start": "2026-01-01", "count": 3, "discount_rate": 0.08}
    for _ in range(2):
        assert client.post(where, json=body).json()["slug"] == "plan-b"
        assert client.delete(f"{where}/plan-b").status_code == 200
    for deleted in client.get("/api/deleted").json():
        client.post(f"/api/deleted/scenario/{deleted['id']}/restore")
    scenarios = client.get("/api/projects/diamba-sud").json()["scenarios"]
    names = {(scenario["slug"], scenario["name"]) for scenario in scenarios}
    assert {("plan-b", "Plan B"), ("plan-b-2", "Plan B (2)")} <= names


def test_no_project_takes_the_address_of_a_page(client: TestClient) -> None:
    made = client.post("/api/projects", json={"name": "New", "currency": "USD"}).json()
    assert made["slug"] == "new-2"


def test_what_was_deleted_pages(client: TestClient, session: Session) -> None:
    gone = {"currency": "USD", "deleted_at": func.now()}
    session.add_all(Project(slug=f"gone-{number}", name=f"Gone {number}", **gone) for number in range(60))
    session.flush()
    assert "1 to 50 of 60" in client.get("/deleted").text
    assert len(client.get("/api/deleted", params={"page": 2}).json()) == 10
