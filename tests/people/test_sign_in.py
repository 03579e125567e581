"""Signing in and out as a browser meets it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, func, select, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import AuditEvent, Password, SignIn, User
from app.people import passwords
from app.people.asking import MARK
from app.people.secrets import digest
from tests import persons
from tests.conftest import ClientAs
from tests.people.conftest import enter, send

SESSION = "__Host-calminer_session"


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_it_works_and_ends(stranger: TestClient, ada: User, session: Session) -> None:
    assert stranger.get("/projects").headers["location"] == "/sign-in?next=%2Fprojects"
    entered = enter(stranger, ada.email.upper(), next="/projects")
    assert (entered.status_code, entered.headers["location"]) == (303, "/projects")
    page = stranger.get("/projects")
    assert page.status_code == 200
    assert ada.name in page.text
    assert send(stranger, "/account", "/sign-out").headers["location"] == "/sign-in"
    assert stranger.get("/projects").status_code == 303
    assert actions(session) == ["signed_in", "signed_out"]


def test_the_cookie_is_bound_to_this_host_and_out_of_reach(stranger: TestClient, ada: User) -> None:
    cookies = enter(stranger, ada.email).headers.get_list("set-cookie")
    own = next(cookie for cookie in cookies if cookie.startswith(f"{SESSION}="))
    for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert part in own
    assert "Domain" not in own


@pytest.mark.usefixtures("full_strength")
def test_the_database_holds_no_usable_secret(stranger: TestClient, session: Session) -> None:
    ada = persons.person(session, password=persons.PASSWORD)
    enter(stranger, ada.email)
    secret = stranger.cookies[SESSION]
    assert len(secret) >= 43
    kept = session.scalars(select(SignIn)).one()
    assert kept.token_digest == digest(secret)
    assert secret.encode() not in kept.token_digest
    stored = session.scalars(select(Password.hash)).one()
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize("kind", ["unknown", "wrong password", "deactivated", "no password"])
def test_every_failure_looks_the_same(
    app: FastAPI, stranger: TestClient, ada: User, session: Session, kind: str
) -> None:
    email, password = ada.email, persons.PASSWORD
    if kind == "unknown":
        email = "nobody@mine.example"
    if kind == "wrong password":
        password = "another few words here"
    if kind == "deactivated":
        ada.active = False
    if kind == "no password":
        email = persons.person(session).email
    response = enter(stranger, email, password)
    assert response.status_code == 422
    assert "E-mail address and password do not go together" in response.text
    assert SESSION not in response.headers.get("set-cookie", "")
    assert password not in response.text
    assert actions(session) == ["sign_in_failed"]
    with persons.browser(app) as other:
        reference = enter(other, "somebody.else@mine.example", "wrong but long enough")
    assert len(reference.text.replace("somebody.else@mine.example", "")) == len(
        response.text.replace(email, "")
    )


def test_a_failure_hashes_as_often_as_a_success(
    stranger: TestClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real = passwords._hasher.verify_and_update

    def count(password: str, known: str) -> tuple[bool, str | None]:
        seen.append(known)
        return real(password, known)

    monkeypatch.setattr(passwords._hasher, "verify_and_update", count)
    enter(stranger, ada.email, "wrong words in a row")
    enter(stranger, "nobody@mine.example", "wrong words in a row")
    assert len(seen) == 2
    assert seen[1] == passwords.nobodys_hash()
    assert seen[0].split("$")[:4] == seen[1].split("$")[:4]


def test_a_secret_that_was_planted_is_not_taken_over(stranger: TestClient, ada: User) -> None:
    stranger.cookies.set(SESSION, "x" * 43, domain="testserver.local", path="/")
    enter(stranger, ada.email)
    assert stranger.cookies[SESSION] != "x" * 43


def test_signing_in_again_ends_what_the_browser_had(
    stranger: TestClient, app: FastAPI, ada: User, session: Session
) -> None:
    enter(stranger, ada.email)
    before = stranger.cookies[SESSION]
    enter(stranger, ada.email)
    assert stranger.cookies[SESSION] != before
    assert session.scalar(select(func.count(SignIn.id))) == 1
    with persons.browser(app) as thief:
        thief.cookies.set(SESSION, before, domain="testserver.local", path="/")
        assert thief.get("/projects").status_code == 303


@pytest.mark.parametrize("how", ["sign out", "revoke", "deactivate", "rights", "idle", "expired"])
def test_an_ended_secret_opens_nothing(app: FastAPI, client_as: ClientAs, session: Session, how: str) -> None:
    person = persons.person(session, RoleName.ANALYST)
    client = client_as(user=person)
    administrator = client_as(user=persons.person(session, RoleName.ADMINISTRATOR, password=persons.PASSWORD))
    secret = client.cookies[SESSION]
    assert client.get("/projects").status_code == 200
    kept = session.scalars(select(SignIn).where(SignIn.user_id == person.id)).one()
    match how:
        case "sign out":
            send(client, "/account", "/sign-out")
        case "revoke":
            other = client_as(user=person)
            assert send(other, "/account", f"/account/sign-ins/{kept.id}/end").status_code == 303
        case "deactivate":
            assert send(administrator, f"/people/{person.id}", role="analyst").status_code == 303
        case "rights":
            assert send(administrator, f"/people/{person.id}", role="viewer", active="on").status_code == 303
        case "idle":
            session.execute(update(SignIn).values(seen_at=func.now() - text("interval '13 hours'")))
        case "expired":
            session.execute(update(SignIn).values(expires_at=func.now()))
    with persons.browser(app) as thief:
        thief.cookies.set(SESSION, secret, domain="testserver.local", path="/")
        assert thief.get("/projects").status_code == 303
        assert thief.get("/api/projects").status_code == 401


def test_a_change_of_rights_counts_from_the_next_request(client_as: ClientAs, session: Session) -> None:
    person = persons.person(session, RoleName.VIEWER)
    client = client_as(user=person)
    assert client.get("/projects/new").status_code == 403
    person.roles[0].role = RoleName.PROJECT_MANAGER
    session.flush()
    assert client.get("/projects/new").status_code == 200


def test_anybody_elses_sign_in_is_not_there(client_as: ClientAs, session: Session, ada: User) -> None:
    theirs = persons.person(session, RoleName.VIEWER)
    client_as(user=theirs)
    kept = session.scalars(select(SignIn).where(SignIn.user_id == theirs.id)).one()
    client = client_as(user=ada)
    assert send(client, "/account", f"/account/sign-ins/{kept.id}/end").status_code == 404
    assert session.get(SignIn, kept.id) is not None


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "projects",
        "/ /evil",
        "http:/evil.example",
        "",
    ],
)
def test_nobody_is_led_away(stranger: TestClient, ada: User, target: str) -> None:
    assert enter(stranger, ada.email, next=target).headers["location"] == "/"
    shown = stranger.get("/sign-in", params={"next": target}).text
    assert 'name="next" value="/"' in shown


def test_the_form_needs_its_token(stranger: TestClient, ada: User) -> None:
    stranger.get("/sign-in")
    sent = {"email": ada.email, "password": persons.PASSWORD}
    assert stranger.post("/sign-in", data=sent).status_code == 403
    assert stranger.get("/projects").status_code == 303


def test_a_token_of_before_signing_in_is_worth_nothing_after(stranger: TestClient, ada: User) -> None:
    import re

    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', stranger.get("/sign-in").text)
    assert token
    enter(stranger, ada.email)
    assert stranger.post("/sign-out", data={"csrf_token": token[1]}).status_code == 403


def test_who_asks_costs_one_question(client: TestClient) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        client.get("/account/tokens")
        client.get("/docs")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sum(MARK in statement for statement in asked) == 2
    assert not any("sign_ins" in statement for statement in asked if MARK not in statement)


def test_open_pages_ask_nothing(
    stranger: TestClient, query_counter: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with query_counter() as queries:
        assert stranger.get("/sign-in").status_code == 200
        assert stranger.get("/health").status_code == 200
    assert queries == []


def test_a_piece_of_a_page_is_refused_and_not_redirected(stranger: TestClient) -> None:
    response = stranger.get("/projects", headers={"Sec-Fetch-Dest": "empty"})
    assert response.status_code == 401


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-User", "X-Remote-User", "Remote-User"],
)
def test_headers_of_the_caller_name_neither_person_nor_place(
    stranger: TestClient, ada: User, session: Session, header: str
) -> None:
    stranger.headers[header] = ada.email if "User" in header else "203.0.113.7"
    assert stranger.get("/projects").status_code == 303
    enter(stranger, ada.email)
    assert session.scalars(select(SignIn.address)).one() == "testclient"


def test_another_host_name_leads_nowhere_else(stranger: TestClient) -> None:
    response = stranger.get("/projects", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert response.headers["location"] == "/sign-in?next=%2Fprojects"


@pytest.mark.parametrize("allowed", [True, False])
def test_plain_http_is_for_whoever_asks_for_it(
    app: FastAPI, ada: User, monkeypatch: pytest.MonkeyPatch, allowed: bool
) -> None:
    from app.settings import get_settings

    monkeypatch.setenv("CALMINER_INSECURE_COOKIES", str(allowed).lower())
    get_settings.cache_clear()
    try:
        with persons.browser(app) as client:
            client.base_url = client.base_url.copy_with(scheme="http")
            entered = enter(client, ada.email)
            assert (SESSION in entered.headers.get("set-cookie", "")) is not allowed
            assert client.get("/projects").status_code == (200 if allowed else 303)
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
