"""Who is called by name in a comment learns of it, and nobody else."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import ProjectMember, Scenario, User
from tests import persons
from tests.conftest import ClientAs
from tests.features.conftest import GOLD
from tests.features.talk import HERE, line, say


def test_who_is_called_learns_of_it(
    client: TestClient, client_as: ClientAs, gold: Scenario, ada: User
) -> None:
    made = say(client, "Could you check this, @ada moreno? And @Nobody.", part="costs", line=line(client))
    assert made["mentions"] == ["Ada Moreno"]
    hers = client_as(user=ada)
    assert 'aria-label="Mentions, 1 unread"' in hers.get("/projects").text
    assert "Could you check this" in hers.get("/").text
    found = hers.get("/api/mentions").json()
    assert (found["total"], found["unread"], found["items"][0]["line"]) == (1, 1, line(client))
    page = hers.get("/mentions").text
    assert '<span class="mention">@ada moreno</span>' in page
    assert "@Nobody" in page
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)
    assert token
    opened = hers.post(f"/mentions/{made['id']}", data={"csrf_token": token[1]})
    assert opened.headers["location"] == f"{GOLD}/comments/{made['id']}"
    there = hers.get(opened.headers["location"])
    assert there.headers["location"].endswith(f"#comment-{made['id']}")
    assert hers.get("/api/mentions", params={"unread": True}).json()["total"] == 0
    assert hers.get("/api/mentions").json()["items"][0]["read_at"]
    assert 'aria-label="Mentions"' in hers.get("/projects").text


def test_all_are_read_at_once_and_nobody_elses(
    client: TestClient, client_as: ClientAs, session: Session, gold: Scenario, ada: User
) -> None:
    other = persons.person(session, RoleName.VIEWER)
    made = [say(client, f"{number} @Ada Moreno @{other.name}")["id"] for number in range(3)]
    hers, theirs = client_as(user=ada), client_as(user=other)
    assert hers.put(f"/api/mentions/{made[0]}/read").status_code == 204
    assert hers.get("/api/mentions").json()["unread"] == 2
    assert hers.post("/api/mentions/read").status_code == 204
    assert hers.get("/api/mentions").json()["unread"] == 0
    assert theirs.get("/api/mentions").json()["unread"] == 3
    assert client.put(f"/api/mentions/{made[0]}/read").status_code == 404


def test_calling_oneself_is_no_news(client_as: ClientAs, gold: Scenario, ada: User) -> None:
    hers = client_as(user=ada)
    say(hers, "@Ada Moreno: do not forget")
    assert hers.get("/api/mentions").json()["unread"] == 0


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@Ada Moreno", ["Ada Moreno"]),
        ("(@ADA MORENO)", ["Ada Moreno"]),
        ("@Ada Morenos", []),
        ("mail ada@Ada Moreno", []),
        ("@@Ada Moreno", []),
        ("@Ada", []),
        ("@Ada Moreno Ruiz and @Ada Moreno", ["Ada Moreno", "Ada Moreno Ruiz"]),
        ("@Ada Moreno Ruiz", ["Ada Moreno Ruiz"]),
    ],
)
def test_a_handle_is_a_whole_name(
    client: TestClient, session: Session, gold: Scenario, ada: User, text: str, called: list[str]
) -> None:
    persons.person(session, RoleName.VIEWER).name = "Ada Moreno Ruiz"
    session.flush()
    assert say(client, text)["mentions"] == called


def test_two_people_of_one_name_have_handles_of_their_own(
    client: TestClient, session: Session, gold: Scenario, ada: User
) -> None:
    other = persons.person(session, RoleName.VIEWER)
    other.name = "ada moreno"
    session.flush()
    offered = client.get(f"{HERE}/people", params={"q": "mor"}).json()
    handles = {f"Ada Moreno #{ada.id}", f"ada moreno #{other.id}"}
    assert {each["handle"] for each in offered} == handles
    made = say(client, f"@Ada Moreno #{ada.id} only, and @Ada Moreno is nobody")
    assert made["mentions"] == [f"Ada Moreno #{ada.id}"]


def test_another_text_calls_others_and_tells_nobody_twice(
    client: TestClient, client_as: ClientAs, session: Session, gold: Scenario, ada: User
) -> None:
    other = persons.person(session, RoleName.VIEWER)
    made = say(client, "@Ada Moreno, look")
    hers = client_as(user=ada)
    hers.post("/api/mentions/read")
    where = f"{HERE}/{made['id']}"
    change = {"text": f"@Ada Moreno and @{other.name}, look", "version": made["version"]}
    changed = client.put(where, json=change)
    assert changed.json()["edited_at"]
    assert hers.get("/api/mentions").json()["unread"] == 0
    assert client_as(user=other).get("/api/mentions").json()["unread"] == 1
    client.put(where, json={"text": "Never mind", "version": changed.json()["version"]})
    assert hers.get("/api/mentions").json()["total"] == 0


def test_a_private_project_says_nothing_to_others(
    client: TestClient, client_as: ClientAs, session: Session, gold: Scenario, ada: User
) -> None:
    made = say(client, "Secret: @Ada Moreno")
    gold.project.private = True
    session.flush()
    hers = client_as(user=ada)
    assert 'aria-label="Mentions"' in hers.get("/projects").text
    assert hers.get("/api/mentions").json() == {"total": 0, "unread": 0, "page": 1, "items": []}
    assert "Secret" not in hers.get("/mentions").text + hers.get("/").text
    for method, address in (
        ("GET", HERE),
        ("GET", f"{HERE}/people"),
        ("GET", f"{HERE}/{made['id']}"),
        ("DELETE", f"{HERE}/{made['id']}"),
        ("PUT", f"/api/mentions/{made['id']}/read"),
        ("GET", f"{GOLD}/comments"),
    ):
        assert hers.request(method, address).status_code == 404, address
    assert say(client, "Still not @Ada Moreno")["mentions"] == []
    assert client.get(f"{HERE}/people", params={"q": "ada"}).json() == []
    session.add(ProjectMember(project_id=gold.project_id, user_id=ada.id, role=RoleName.VIEWER))
    session.flush()
    assert client.get(f"{HERE}/people", params={"q": "ada"}).json()[0]["handle"] == "Ada Moreno"
    assert hers.get("/api/mentions").json()["unread"] == 1


def test_a_member_of_one_project_alone_learns_of_it_too(
    client: TestClient, client_as: ClientAs, session: Session, gold: Scenario
) -> None:
    guest = persons.person(session)
    session.add(ProjectMember(project_id=gold.project_id, user_id=guest.id, role=RoleName.VIEWER))
    session.flush()
    say(client, f"What do you think, @{guest.name}?")
    theirs = client_as(user=guest)
    assert theirs.get("/api/mentions").json()["unread"] == 1
    assert "What do you think" in theirs.get("/mentions").text


def test_who_left_is_not_offered(client: TestClient, session: Session, gold: Scenario, ada: User) -> None:
    persons.person(session).name = "Ada Without A Role"
    ada.active = False
    session.flush()
    assert client.get(f"{HERE}/people", params={"q": "ada"}).json() == []
