"""Roles in one project, and projects that only their members may know of: nothing of them shows anywhere."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import Project, ProjectMember, Scenario, SimulationRun, User
from app.seed.demo import documents
from app.seed.document import load_project
from tests import persons
from tests.conftest import ClientAs
from tests.people.conftest import send

GOLD = "/projects/diamba-sud"


def member(session: Session, project: Project, role: RoleName, general: RoleName | None = None) -> User:
    person = persons.person(session, general)
    session.add(ProjectMember(project_id=project.id, user_id=person.id, role=role))
    session.flush()
    return person


@pytest.mark.parametrize(("general", "status"), [(RoleName.ANALYST, 404), (RoleName.ADMINISTRATOR, 200)])
def test_no_id_in_a_body_opens_it(
    client_as: ClientAs, session: Session, secret: Project, general: RoleName, status: int
) -> None:
    scenario = session.scalars(select(Scenario.id)).one()
    body = {"scenario_id": scenario, "iterations": 200}
    answer = client_as(general).post("/api/simulations/run", json=body)
    assert answer.status_code == status, answer.text
    viewer = client_as(user=member(session, secret, RoleName.VIEWER, general=RoleName.ANALYST))
    assert viewer.post("/api/simulations/run", json=body).status_code == 403
    analyst = client_as(user=member(session, secret, RoleName.ANALYST))
    assert analyst.post("/api/simulations/run", json=body).status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/projects",
        "/projects?archived=true",
        "/api/projects",
        "/api/places?q=dia",
        f"{GOLD}",
        f"{GOLD}/people",
    ],
)
def test_no_page_shows_it(client_as: ClientAs, secret: Project, page: str) -> None:
    text = client_as(RoleName.PROJECT_MANAGER).get(page).text
    assert secret.name not in text.replace("diamba-sud", "")
    assert client_as(RoleName.ADMINISTRATOR).get(page).status_code == 200


def test_counts_leave_it_out(client_as: ClientAs, secret: Project) -> None:
    assert client_as(RoleName.ANALYST).get("/api/projects").json()["total"] == 0
    assert client_as(RoleName.ADMINISTRATOR).get("/api/projects").json()["total"] == 1


def test_comparing_a_run_of_ones_own_with_a_hidden_one(
    client_as: ClientAs, session: Session, secret: Project
) -> None:
    load_project(session, documents()["vizcachitas"])
    session.flush()
    own = session.scalars(select(Scenario).join(Project).where(Project.slug == "vizcachitas")).first()
    assert own
    run = SimulationRun(scenario_id=own.id, seed=1, trials=100, spec={}, inputs={}, engine_version="0")
    session.add(run)
    session.flush()
    hidden = session.scalars(select(SimulationRun.id).where(SimulationRun.id != run.id)).one()
    answer = client_as(RoleName.ANALYST).get(f"/api/runs/{run.id}/differences/{hidden}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("role", "edit", "save"), [(RoleName.VIEWER, 403, 403), (RoleName.PROJECT_MANAGER, 200, 303)]
)
def test_a_member_has_the_role_of_the_project(
    client_as: ClientAs, session: Session, secret: Project, role: RoleName, edit: int, save: int
) -> None:
    client = client_as(user=member(session, secret, role))
    assert client.get("/").status_code == 200
    assert client.get("/api/projects").json()["total"] == 1
    assert client.get(GOLD).status_code == 200
    assert client.get(f"{GOLD}/edit").status_code == edit
    assert client.get("/projects/new").status_code == 403, "a role in a project is no role elsewhere"
    version = session.scalar(select(Project.version))
    body = {"name": "Other", "currency": "USD", "version": version}
    assert client.put("/api/projects/diamba-sud", json=body).status_code == (403 if save == 403 else 200)


def test_a_general_role_does_not_count_in_a_private_project(
    client_as: ClientAs, session: Session, secret: Project
) -> None:
    person = member(session, secret, RoleName.VIEWER, general=RoleName.PROJECT_MANAGER)
    client = client_as(user=person)
    assert client.get(GOLD).status_code == 200
    assert client.get(f"{GOLD}/edit").status_code == 403
    secret.private = False
    session.flush()
    assert client.get(f"{GOLD}/edit").status_code == 200


def test_a_member_without_a_general_role_sees_nothing_else(
    client_as: ClientAs, session: Session, secret: Project
) -> None:
    load_project(session, documents()["vizcachitas"])
    session.flush()
    client = client_as(user=member(session, secret, RoleName.ANALYST))
    assert [item["slug"] for item in client.get("/api/projects").json()["items"]] == ["diamba-sud"]
    assert client.get("/projects/vizcachitas").status_code == 404


def test_templates_offer_what_the_policy_allows(
    client_as: ClientAs, secret: Project, session: Session
) -> None:
    viewer = client_as(user=member(session, secret, RoleName.VIEWER))
    manager = client_as(user=member(session, secret, RoleName.PROJECT_MANAGER))
    assert "Edit project" not in viewer.get(GOLD).text
    assert "Edit project" in manager.get(GOLD).text
    assert 'href="/people"' not in manager.get(GOLD).text
    assert 'href="/people"' in client_as(RoleName.ADMINISTRATOR).get(GOLD).text


def test_a_manager_shares_a_project(client_as: ClientAs, session: Session, secret: Project) -> None:
    manager = client_as(user=member(session, secret, RoleName.PROJECT_MANAGER))
    guest = persons.person(session)
    home = f"{GOLD}/people"
    assert send(manager, home, person=str(guest.id), role="viewer").status_code == 303
    browser = client_as(user=guest)
    assert browser.get(GOLD).status_code == 200
    assert guest.name in manager.get(home).text
    assert send(manager, home, f"{home}/{guest.id}/remove").status_code == 303
    assert browser.get(GOLD).status_code == 303, "a change of rights ends the sign-in"
    assert client_as(user=guest).get(GOLD).status_code == 404


def test_whoever_changes_their_own_rights_gets_a_new_secret(
    client_as: ClientAs, session: Session, secret: Project
) -> None:
    person = member(session, secret, RoleName.PROJECT_MANAGER, RoleName.PROJECT_MANAGER)
    manager, elsewhere = client_as(user=person), client_as(user=person)
    before = manager.cookies["__Host-calminer_session"]
    home = f"{GOLD}/people"
    assert send(manager, home, person=str(person.id), role="project_manager").status_code == 303
    assert manager.cookies["__Host-calminer_session"] == before, "nothing changed"
    secret.private = False
    session.flush()
    assert send(manager, home, person=str(person.id), role="viewer").status_code == 303
    assert manager.cookies["__Host-calminer_session"] != before
    assert manager.get(home).status_code == 200
    assert elsewhere.get(home).status_code == 303


@pytest.mark.parametrize("role", ["administrator", "root", ""])
def test_no_role_of_everywhere_is_given_in_a_project(
    client_as: ClientAs, session: Session, secret: Project, role: str
) -> None:
    manager = client_as(user=member(session, secret, RoleName.PROJECT_MANAGER))
    guest = persons.person(session)
    assert send(manager, f"{GOLD}/people", person=str(guest.id), role=role).status_code == 422
    assert session.scalar(select(func.count()).where(ProjectMember.user_id == guest.id)) == 0


def test_whoever_hides_a_project_stays_on_it(client_as: ClientAs, session: Session, secret: Project) -> None:
    secret.private = False
    session.flush()
    manager = client_as(RoleName.PROJECT_MANAGER)
    home = f"{GOLD}/people"
    assert send(manager, home, f"{home}/private", private="on").status_code == 303
    assert manager.get(home).status_code == 200
    assert client_as(RoleName.PROJECT_MANAGER).get(GOLD).status_code == 404


def test_nothing_is_added_to_queries_where_nothing_is_hidden(client_as: ClientAs, session: Session) -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    client: TestClient = client_as(RoleName.VIEWER)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        client.get("/projects")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert not any("NOT IN" in statement for statement in asked)
