"""Opening an account oneself: off by default, the same answer for everybody, and nothing before the link."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.errors import InvalidInput
from app.models import AuditEvent, LinkPurpose, OneTimeLink, User
from app.people import accounts, links
from app.settings import get_settings
from tests import persons
from tests.people import mail_server
from tests.people.conftest import NEW, Configure, enter, send
from tests.people.mail_server import Taken

GRACE = {"name": "Grace Hopper", "email": "grace@mine.example"}
SENT = "A message is on its way to this address."


@pytest.fixture
def server(configure: Configure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Taken]:
    """A mail server, and an installation at which people may open accounts."""
    monkeypatch.setenv("CALMINER_SIGN_UP", "true")
    with mail_server.running("none", tmp_path) as taken:
        configure(taken.port)
        yield taken


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def people(session: Session) -> int:
    return session.scalar(select(func.count(User.id))) or 0


def test_it_works(stranger: TestClient, session: Session, server: Taken) -> None:
    assert 'href="/sign-up"' in stranger.get("/sign-in").text
    asked = send(stranger, "/sign-up", **GRACE)
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in")
    assert SENT in stranger.get("/sign-in").text
    assert people(session) == 0, "nobody before the link is used"
    assert server.recipients == [["grace@mine.example"]]
    path = server.link()
    assert "grace@mine.example" in stranger.get(path).text
    assert send(stranger, path, **NEW).headers["location"] == "/"
    person = session.scalars(select(User)).one()
    assert (person.name, person.email) == (GRACE["name"], GRACE["email"])
    assert accounts.general_role(accounts.find(session, person.id)) is RoleName.VIEWER
    assert stranger.get("/projects").status_code == 200
    assert stranger.get("/projects/new").status_code == 403
    assert stranger.get(path).status_code == 404, "once"
    assert acts(session) == ["sign_up_asked", "signed_up", "password_changed", "link_used"]
    signed_up = session.scalars(select(AuditEvent).where(AuditEvent.action == "signed_up")).one()
    assert (signed_up.actor_id, signed_up.detail) == (person.id, {"roles": ["viewer"]})


def test_it_is_off_by_default(stranger: TestClient) -> None:
    assert "/sign-up" not in stranger.get("/sign-in").text
    assert stranger.get("/sign-up").status_code == 404
    assert send(stranger, "/sign-in", "/sign-up", **GRACE).status_code == 404


@pytest.mark.parametrize("missing", ["CALMINER_SMTP_HOST", "CALMINER_PUBLIC_URL"])
def test_without_mail_the_setting_is_refused(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    given = {"CALMINER_SMTP_HOST": "mail.mine.example", "CALMINER_PUBLIC_URL": "https://x.example"}
    monkeypatch.setenv("CALMINER_SIGN_UP", "true")
    for name, value in given.items():
        monkeypatch.setenv(name, "" if name == missing else value)
    get_settings.cache_clear()
    try:
        with pytest.raises(InvalidInput, match="without mail nobody can prove that an address is theirs"):
            get_settings()
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


@pytest.mark.parametrize("role", ["none", "viewer", "analyst", "project_manager"])
def test_the_role_is_the_operators_choice(
    stranger: TestClient, session: Session, server: Taken, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setenv("CALMINER_SIGN_UP_ROLE", role)
    get_settings.cache_clear()
    path = links.issue(session, LinkPurpose.SIGN_UP, **GRACE)
    more = {"role": "administrator", "roles": "administrator", "email": "root@evil.example", "active": "on"}
    send(stranger, path, **NEW, **more)
    person = session.scalars(select(User)).one()
    held = accounts.general_role(accounts.find(session, person.id))
    assert (person.email, held or "none") == (GRACE["email"], role)


@pytest.mark.parametrize("role", ["administrator", "root"])
def test_nobody_signs_up_as_an_administrator(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    monkeypatch.setenv("CALMINER_SIGN_UP_ROLE", role)
    get_settings.cache_clear()
    try:
        with pytest.raises(InvalidInput, match="CALMINER_SIGN_UP_ROLE"):
            get_settings()
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


@pytest.mark.parametrize("known", ["new", "has an account", "invited", "deactivated"])
def test_the_answer_is_the_same(stranger: TestClient, session: Session, server: Taken, known: str) -> None:
    if known != "new":
        person = persons.person(session, RoleName.ANALYST)
        person.email, person.active = GRACE["email"], known != "deactivated"
        session.flush()
    if known == "invited":
        invitation = links.issue(session, LinkPurpose.INVITATION, user_id=person.id, created_by=person.id)
    answer = send(stranger, "/sign-up", **GRACE | {"email": "GRACE@mine.example"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert SENT in stranger.get("/sign-in").text
    assert people(session) == (0 if known == "new" else 1)
    told = [letter.get_content() for letter in server.letters]
    assert len(told) == (0 if known == "deactivated" else 1)
    if known in {"has an account", "invited"}:
        assert "You have one already" in told[0]
        assert "/link/" not in told[0]
        assert "https://testserver/forgotten" in told[0]
    if known == "invited":
        assert stranger.get(invitation).status_code == 200


def test_the_account_is_looked_up_after_the_answer(
    stranger: TestClient, session: Session, server: Taken, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    later: list[object] = []
    monkeypatch.setattr("app.people.letters.sign_up", lambda *given: later.append(given[2]))
    for email in (ada.email, "nobody@mine.example"):
        send(stranger, "/sign-up", name="Somebody", email=email)
    assert later == [ada.email, "nobody@mine.example"]
    assert acts(session) == []


@pytest.mark.parametrize(
    ("fields", "field", "why"),
    [
        ({"name": " "}, "name", "1 to 100 characters"),
        ({"name": "x" * 101}, "name", "1 to 100 characters"),
        ({"email": "grace"}, "email", "An address such as"),
        ({"email": "a@b\r\nBcc: c@d"}, "email", "An address such as"),
        ({"email": "grace@evil.example"}, "email", "An address at mine.example or mill.example"),
        ({"email": "grace@mine.example.evil.example"}, "email", "An address at mine.example"),
    ],
)
def test_what_is_wrong_is_said(
    stranger: TestClient,
    session: Session,
    server: Taken,
    monkeypatch: pytest.MonkeyPatch,
    fields: dict[str, str],
    field: str,
    why: str,
) -> None:
    monkeypatch.setenv("CALMINER_SIGN_UP_DOMAINS", "mine.example,mill.example")
    get_settings.cache_clear()
    answer = send(stranger, "/sign-up", **GRACE | fields)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert why in answer.text
    assert (server.letters, acts(session)) == ([], [])


def test_a_weak_password_is_told_why(stranger: TestClient, session: Session, server: Taken) -> None:
    path = links.issue(session, LinkPurpose.SIGN_UP, **GRACE)
    weak = {"password": "grace digs a deep pit", "repeated": "grace digs a deep pit"}
    answer = send(stranger, path, **weak)
    assert answer.status_code == 422
    assert "nothing of your name" in answer.text.lower()
    assert people(session) == 0
    assert stranger.get(path).status_code == 200


def test_it_is_limited(stranger: TestClient, session: Session, server: Taken) -> None:
    sent = [send(stranger, "/sign-up", **GRACE | {"email": f"g{number}@mine.example"}) for number in range(7)]
    assert [answer.status_code for answer in sent] == [303] * 5 + [429] * 2
    assert "Too many letters were asked for" in sent[-1].text
    assert len(server.letters) == 5


def test_a_newer_link_ends_the_older_one_and_no_other(
    stranger: TestClient, session: Session, server: Taken
) -> None:
    first = links.issue_for_first_administrator(session)
    older = links.issue(session, LinkPurpose.SIGN_UP, **GRACE)
    other = links.issue(session, LinkPurpose.SIGN_UP, name="Joan", email="joan@mine.example")
    newer = links.issue(session, LinkPurpose.SIGN_UP, name="Grace", email="Grace@Mine.example")
    found = [stranger.get(path).status_code for path in (str(first), older, other, newer)]
    assert found == [200, 404, 200, 200]


@pytest.mark.parametrize("how", ["account", "switched off"])
def test_a_link_that_has_no_more_to_do(
    stranger: TestClient, session: Session, server: Taken, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    path = links.issue(session, LinkPurpose.SIGN_UP, **GRACE)
    if how == "account":
        persons.person(session, RoleName.ANALYST).email = "GRACE@mine.example"
        session.flush()
    else:
        monkeypatch.setenv("CALMINER_SIGN_UP", "false")
        get_settings.cache_clear()
    assert stranger.get(path).status_code == 404


def test_the_record_does_not_keep_what_was_typed(
    stranger: TestClient, session: Session, server: Taken
) -> None:
    send(stranger, "/sign-up", name="my password", email="my-password@typed.example")
    kept = session.execute(select(AuditEvent.detail, AuditEvent.subject, AuditEvent.subject_id)).all()
    assert "typed.example" not in str(kept)
    assert "my password" not in str(kept)
    assert session.scalars(select(OneTimeLink.email)).one() == "my-password@typed.example"


def test_while_the_mail_server_is_away(
    configure: Configure, stranger: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALMINER_SIGN_UP", "true")
    configure(1)
    assert send(stranger, "/sign-up", **GRACE).status_code == 303
    assert SENT in stranger.get("/sign-in").text
    assert acts(session) == ["sign_up_asked", "mail_failed"]


def test_whoever_opened_one_signs_in(stranger: TestClient, session: Session, server: Taken) -> None:
    path = links.issue(session, LinkPurpose.SIGN_UP, **GRACE)
    assert enter(stranger, GRACE["email"], NEW["password"]).status_code == 422
    send(stranger, path, **NEW)
    stranger.cookies.clear()
    assert enter(stranger, GRACE["email"], NEW["password"]).status_code == 303
