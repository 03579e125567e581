"""Projects: list, create, change, and each way to fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import Project, ProjectMember, Scenario, ValuationTerms
from app.models.clone import clone_scenario
from app.planning.slugs import slugify
from app.valuation import kept
from app.valuation.evaluate import Valuation, evaluate_scenario
from tests import persons
from tests.conftest import ClientAs
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
    assert len(queries) <= 5


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


def listed(client: TestClient, **query: object) -> list[str]:
    found = client.get("/api/projects", params=query)
    assert found.status_code == 200, found.text
    return [item["slug"] for item in found.json()["items"]]


def test_the_list_says_what_the_base_scenario_is_worth(client: TestClient, gold: Scenario) -> None:
    there = client.get("/api/projects/diamba-sud/scenarios/feasibility-study/valuation").json()
    wanted = {each["key"]: each["value"] for each in there["indicators"]}
    (item,) = client.get("/api/projects").json()["items"]
    assert (item["base"], item["waits"]) == ("feasibility-study", False)
    assert {key: each["value"] for key, each in item["indicators"].items()} == {
        key: wanted[key] for key in ("npv_after_tax", "npv_pre_tax", "irr_after_tax", "payback")
    }
    assert "Feasibility study" in client.get("/projects").text


def test_a_kept_value_is_never_older_than_the_inputs(
    client: TestClient,
    session: Session,
    gold: Scenario,
    query_counter: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    def npv() -> float:
        (item,) = client.get("/api/projects").json()["items"]
        found: float = item["indicators"]["npv_after_tax"]["value"]
        return found

    before = npv()
    with query_counter() as queries:
        assert npv() == before
    assert not [query for query in queries if "INSERT" in query]
    session.execute(update(ValuationTerms).values(discount_rate_values=[0.2]))
    assert npv() != before


def test_inputs_without_a_value_are_said_to_have_none(
    client: TestClient, session: Session, gold: Scenario
) -> None:
    session.execute(delete(ValuationTerms))
    (item,) = client.get("/api/projects").json()["items"]
    assert (item["indicators"], item["waits"]) == ({}, False)
    assert "No value yet" in client.get("/projects").text


def many(session: Session, gold: Scenario, count: int) -> None:
    """Add projects with a copy of the gold mine as their base."""
    for number in range(count):
        project = Project(slug=f"mine-{number}", name=f"Mine {number}", currency="USD", commodity="Copper")
        session.add(project)
        session.flush()
        copy = clone_scenario(session, gold, slug="copy", name=f"Copy {number}")
        copy.project_id, copy.is_base = project.id, True
    session.flush()


def test_a_page_values_a_few_and_asks_again_for_the_others(
    client: TestClient, session: Session, gold: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(session, gold, 6)
    valued: list[int] = []

    def counted(of_request: Session, scenario_id: int) -> Valuation:
        valued.append(scenario_id)
        return evaluate_scenario(of_request, scenario_id)

    monkeypatch.setattr(kept, "evaluate_scenario", counted)
    page = client.get("/projects").text
    assert len(valued) == kept.MOST_VALUED
    assert page.count("Being valued") == 7 - kept.MOST_VALUED
    again = re.search(r'data-poll="([^"]+)"', page)
    assert again
    rows = client.get(again[1].replace("&amp;", "&")).text
    assert "Being valued" not in rows
    assert "data-poll" not in rows
    assert "<main" not in rows
    client.get("/projects")
    assert len(valued) == 7


def test_a_list_full_of_values_costs_the_same(
    client: TestClient,
    session: Session,
    gold: Scenario,
    query_counter: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    def cost(address: str) -> int:
        client.get(address)
        with query_counter() as queries:
            client.get(address)
        return len(queries)

    addresses = ("/projects", "/api/projects", "/")
    few = [cost(address) for address in addresses]
    many(session, gold, 3)
    assert [cost(address) for address in addresses] == few


def test_filters_and_sorts(client: TestClient, client_as: ClientAs, session: Session, gold: Scenario) -> None:
    me = persons.person(session, RoleName.PROJECT_MANAGER)
    copper = Project(slug="berg", name="Berg", currency="CAD", commodity="Copper", private=True)
    session.add(copper)
    session.flush()
    session.add(ProjectMember(project_id=copper.id, user_id=me.id, role=RoleName.VIEWER))
    session.flush()
    mine = client_as(user=me)
    assert listed(mine, commodity="copper") == ["berg"]
    assert listed(mine, private=True) == ["berg"]
    assert listed(mine, mine=True) == ["berg"]
    assert listed(client, mine=True) == []
    assert listed(client_as(RoleName.VIEWER)) == ["diamba-sud"]
    assert "Copper" not in client_as(RoleName.VIEWER).get("/projects").text
    for sort, order in (
        ("npv", ["berg", "diamba-sud"]),
        ("irr", ["diamba-sud", "berg"]),
        ("payback", ["diamba-sud", "berg"]),
        ("commodity", ["berg", "diamba-sud"]),
    ):
        assert listed(mine, sort=sort) == order, sort
    assert client.get("/api/projects", params={"sort": "size"}).status_code == 422
    page = mine.get("/projects", params={"commodity": "Copper", "private": True, "sort": "irr"}).text
    assert '<option value="Copper" selected>' in page
    assert 'id="private" name="private" type="checkbox" value="true" checked' in page


def test_states_of_the_list(client: TestClient, gold: Scenario) -> None:
    assert "Nothing passes the filters" in client.get("/projects?private=true").text
    assert "Nothing has “zinc”" in client.get("/projects?q=zinc").text
    assert "Nothing on this page" in client.get("/projects?page=9").text


def test_figures_follow_the_readers_locale(client_as: ClientAs, session: Session, gold: Scenario) -> None:
    person = persons.person(session, RoleName.VIEWER)
    person.locale = "de"
    session.flush()
    assert re.search(
        r"<data[^>]*>\d+,\d+</data> <span class=\"unit\">%", client_as(user=person).get("/projects").text
    )
