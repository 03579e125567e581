"""One-time links: the first administrator, invitations, forgotten passwords."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import LinkPurpose, OneTimeLink, SignIn, User, UserRole
from app.people import links
from app.people.secrets import digest
from tests import persons
from tests.conftest import ClientAs
from tests.people.conftest import NEW, enter, send

FIRST = {"name": "Ada Moreno", "email": "ada@mine.example", **NEW}


def first_link(session: Session) -> str:
    path = links.issue_for_first_administrator(session)
    assert path
    session.flush()
    return path


def test_the_first_administrator_signs_up_once(stranger: TestClient, session: Session) -> None:
    path = first_link(session)
    assert stranger.get(path).status_code == 200, "looking uses nothing up"
    done = send(stranger, path, **FIRST)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert stranger.get("/people").status_code == 200
    person = session.scalars(select(User).where(User.email == "ada@mine.example")).one()
    assert [item.role for item in person.roles] == [RoleName.ADMINISTRATOR]
    assert stranger.get(path).status_code == 404
    assert links.issue_for_first_administrator(session) is None


def test_a_second_first_administrator_is_one_too_many(stranger: TestClient, session: Session) -> None:
    path = first_link(session)
    persons.person(session, RoleName.ADMINISTRATOR, password=persons.PASSWORD)
    assert stranger.get(path).status_code == 404


def test_a_newer_link_ends_the_older_one(stranger: TestClient, session: Session) -> None:
    older, newer = first_link(session), first_link(session)
    assert stranger.get(older).status_code == 404
    assert stranger.get(newer).status_code == 200


def test_the_database_holds_a_digest_alone(session: Session) -> None:
    secret = first_link(session).removeprefix(links.PATH)
    kept = session.scalars(select(OneTimeLink)).one()
    assert kept.token_digest == digest(secret)
    assert len(secret) >= 43


@pytest.mark.parametrize(
    ("fields", "field", "why"),
    [
        ({"password": "short", "repeated": "short"}, "password", "at least 12 characters; this has 5"),
        ({"password": "aaaaaaaaaaaaaaaa", "repeated": "aaaaaaaaaaaaaaaa"}, "password", "repeats"),
        ({"password": "qwertyuiop1234", "repeated": "qwertyuiop1234"}, "password", "repeats"),
        ({"password": "ada moreno digs deep", "repeated": "ada moreno digs deep"}, "password", "your name"),
        ({"repeated": "seven quiet drills above"}, "repeated", "the same password again"),
        ({"name": " "}, "name", "1 to 100 characters"),
        ({"email": "nobody"}, "email", "an address such as"),
        ({"email": "a@b\r\nBcc: c@d"}, "email", "an address such as"),
    ],
)
def test_what_is_wrong_is_said(
    stranger: TestClient, session: Session, fields: dict[str, str], field: str, why: str
) -> None:
    path = first_link(session)
    response = send(stranger, path, **{**FIRST, **fields})
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert why in response.text
    assert fields.get("password", "quiet drills") not in response.text
    assert stranger.get(path).status_code == 200, "a mistake does not use the link up"


def test_an_invitation(client_as: ClientAs, stranger: TestClient, session: Session) -> None:
    import re

    administrator = client_as(RoleName.ADMINISTRATOR)
    shown = send(administrator, "/people", name="Grace", email="grace@mine.example", role="analyst")
    assert shown.status_code == 201
    assert shown.headers["cache-control"] == "no-store"
    address = re.search(r"https://testserver(/link/[\w-]+)", shown.text)
    assert address
    assert "grace@mine.example" in stranger.get(address[1]).text
    assert enter(stranger, "grace@mine.example", NEW["password"]).status_code == 422, "not before the link"
    assert send(stranger, address[1], **NEW).headers["location"] == "/"
    assert stranger.get("/projects").status_code == 200
    assert stranger.get("/people").status_code == 403


def test_the_form_of_an_invitation_sets_nothing_but_the_password(
    stranger: TestClient, session: Session
) -> None:
    person = persons.person(session, RoleName.VIEWER)
    path = links.issue(session, LinkPurpose.INVITATION, user_id=person.id)
    more = {"name": "Root", "email": "root@evil.example", "role": "administrator", "active": "on", "id": "1"}
    send(stranger, path, **NEW, **more)
    session.refresh(person)
    roles = session.scalars(select(UserRole.role).where(UserRole.user_id == person.id)).all()
    assert (person.email.startswith("person"), list(roles)) == (True, [RoleName.VIEWER])


def test_a_reset_signs_everybody_else_out(
    client_as: ClientAs, stranger: TestClient, session: Session, ada: User
) -> None:
    import re

    thief, administrator = client_as(user=ada), client_as(RoleName.ADMINISTRATOR)
    shown = send(administrator, f"/people/{ada.id}", f"/people/{ada.id}/link")
    address = re.search(r"https://testserver(/link/[\w-]+)", shown.text)
    assert address
    assert thief.get("/projects").status_code == 200, "until the link is used nothing changes"
    send(stranger, address[1], **NEW)
    assert thief.get("/projects").status_code == 303
    assert session.scalar(select(func.count(SignIn.id)).where(SignIn.user_id == ada.id)) == 1
    assert enter(stranger, ada.email).status_code == 422
    assert enter(stranger, ada.email, NEW["password"]).status_code == 303


@pytest.mark.parametrize("how", ["expired", "deactivated", "made up"])
def test_a_link_that_ended(
    stranger: TestClient, session: Session, ada: User, client_as: ClientAs, how: str
) -> None:
    path = links.issue(session, LinkPurpose.RESET, user_id=ada.id)
    form = stranger.get(path).text
    assert "csrf_token" in form
    if how == "expired":
        session.execute(update(OneTimeLink).values(expires_at=func.now()))
    if how == "deactivated":
        administrator = persons.person(session, RoleName.ADMINISTRATOR, password=persons.PASSWORD)
        send(client_as(user=administrator), f"/people/{ada.id}", role="analyst")
    if how == "made up":
        path = links.PATH + "x" * 43
    response = stranger.get(path)
    assert response.status_code == 404
    assert "This link has ended" in response.text


def test_two_at_once_use_a_link_once(session: Session, ada: User) -> None:
    links.issue(session, LinkPurpose.RESET, user_id=ada.id)
    link = session.scalars(select(OneTimeLink)).one()
    assert [links.consume(session, link.id) for _ in range(2)] == [True, False]


def test_without_mail_the_page_says_whom_to_ask(stranger: TestClient, ada: User, session: Session) -> None:
    assert "Ask one of its administrators" in stranger.get("/forgotten").text
