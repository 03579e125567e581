"""Projects: list, create, change, and each way to fail."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Project, Scenario
from app.planning.slugs import slugify
from tests.features.conftest import Post

MINE = {"name": "Los Ricos – Süd", "currency": "USD"}


def test_it_works(client: TestClient, post: Post) -> None:
    made = post("/projects/new", **MINE, country="Mexico")
    assert (made.status_code, made.headers["location"]) == (303, "/projects/los-ricos-sud")
    page = client.get("/projects/los-ricos-sud").text
    assert "Los Ricos – Süd" in page
    assert "Mexico" in page
    assert "Los Ricos – Süd" in client.get("/projects").text


def test_a_bad_form_comes_back_as_typed(post: Post, session: Session) -> None:
    answer = post("/projects/new", name="", currency="USD", description="Typed with care")
    assert answer.status_code == 422
    assert "Typed with care" in answer.text
    assert 'id="name-error"' in answer.text
    assert session.scalars(select(Project)).all() == []


def test_an_unknown_currency_is_named(client: TestClient) -> None:
    answer = client.post("/api/projects", json=MINE | {"currency": "XXX"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["field"], error["value"]) == ("currency", "XXX")
    assert "currencies" in error["allowed"]


def test_two_projects_of_one_name_have_addresses_of_their_own(client: TestClient) -> None:
    slugs = [client.post("/api/projects", json=MINE).json()["slug"] for _ in range(3)]
    assert slugs == ["los-ricos-sud", "los-ricos-sud-2", "los-ricos-sud-3"]


def test_a_lost_race_shows_both_sides(client: TestClient) -> None:
    client.post("/api/projects", json=MINE)
    first = client.put("/api/projects/los-ricos-sud", json=MINE | {"version": 1, "country": "Mexico"})
    assert first.json()["version"] == 2
    second = client.put("/api/projects/los-ricos-sud", json=MINE | {"version": 1, "country": "México"})
    assert second.status_code == 409
    assert second.json()["theirs"]["Country"] == "Mexico"
    assert second.json()["yours"]["Country"] == "México"
    assert client.get("/api/projects/los-ricos-sud").json()["country"] == "Mexico"


def test_a_lost_race_in_a_form_is_a_page_with_both_values(client: TestClient, post: Post) -> None:
    client.post("/api/projects", json=MINE)
    client.put("/api/projects/los-ricos-sud", json=MINE | {"version": 1, "country": "Mexico"})
    page = "/projects/los-ricos-sud/edit"
    answer = post(page, **MINE, country="Honduras", version="1")
    assert answer.status_code == 409
    assert "Mexico" in answer.text
    assert "Honduras" in answer.text


@pytest.mark.parametrize("address", ["/projects/nobody", "/projects/nobody/edit", "/projects/Not_a_slug"])
def test_an_unknown_project_is_not_found(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_search_finds_what_is_meant_and_takes_signs_literally(client: TestClient) -> None:
    for name in ("Berg", "100% copper", "Whistler"):
        client.post("/api/projects", json={"name": name, "currency": "CAD"})
    found = client.get("/api/projects", params={"q": "%"}).json()
    assert [item["name"] for item in found["items"]] == ["100% copper"]
    assert client.get("/api/projects", params={"q": "BERG"}).json()["total"] == 1


def test_the_command_palette_finds_projects_and_scenarios(client: TestClient, gold: Scenario) -> None:
    found = client.get("/api/places", params={"q": "diamba"}).json()
    assert [place["hint"] for place in found] == ["Project", "Scenario"]
    assert all(client.get(place["href"]).status_code == 200 for place in found)
    assert client.get("/api/places", params={"q": "%"}).json() == []


def test_the_list_pages(client: TestClient, session: Session) -> None:
    session.add_all(Project(slug=f"mine-{n}", name=f"Mine {n:03}", currency="USD") for n in range(120))
    session.flush()
    assert "1 to 50 of 120" in client.get("/projects").text
    last = client.get("/api/projects", params={"page": 3}).json()
    assert (last["total"], len(last["items"])) == (120, 20)


def test_the_list_costs_the_same_for_many_projects(
    client: TestClient,
    session: Session,
    query_counter: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    session.add_all(Project(slug=f"mine-{n}", name=f"Mine {n}", currency="USD") for n in range(60))
    session.flush()
    with query_counter() as queries:
        client.get("/projects")
    assert len(queries) <= 3


def test_an_archived_project_leaves_the_list(client: TestClient, gold: Scenario, session: Session) -> None:
    gold.project.archived_at = gold.project.created_at
    session.flush()
    assert client.get("/api/projects").json()["total"] == 0
    assert client.get("/api/projects", params={"archived": True}).json()["total"] == 1


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Diamba Sud", "diamba-sud"), ("  --  ", "project"), ("Złoto № 5", "zoto-no-5"), ("x" * 300, "x" * 80)],
)
def test_slugs(name: str, slug: str) -> None:
    assert slugify(name) == slug
