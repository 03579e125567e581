"""API tokens: made on a page, used by programs."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import ApiToken, Project, TokenScope, User
from app.people import tokens
from app.people.secrets import digest
from tests import persons
from tests.conftest import ClientAs
from tests.people.conftest import send


def bearer(client: TestClient, session: Session, user: User, *scopes: TokenScope) -> str:
    _, secret = tokens.create(session, user.id, name="pipeline", scopes=scopes, days=30)
    client.headers["Authorization"] = f"Bearer {secret}"
    return secret


def test_it_is_shown_once_and_opens_the_api(
    client_as: ClientAs, stranger: TestClient, session: Session
) -> None:
    client = client_as(RoleName.ANALYST)
    made = send(client, "/account/tokens", name="pipeline", days="30", read="on")
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    secret = re.search(r"calminer_[\w-]{43}", made.text)
    assert secret
    again = client.get("/account/tokens").text
    assert secret[0] not in again
    assert secret[0][:13] in again
    kept = session.scalars(select(ApiToken)).one()
    assert kept.token_digest == digest(secret[0])
    response = stranger.get("/api/projects", headers={"Authorization": f"bearer {secret[0]}"})
    assert response.status_code == 200
    assert "Never" not in client.get("/account/tokens").text.split("Your API tokens")[1].split("</tbody>")[0]


def test_it_needs_neither_origin_nor_form_token(stranger: TestClient, session: Session) -> None:
    owner = persons.person(session, RoleName.PROJECT_MANAGER)
    bearer(stranger, session, owner, TokenScope.WRITE, TokenScope.READ)
    del stranger.headers["Sec-Fetch-Site"]
    created = stranger.post("/api/projects", json={"name": "North pit", "currency": "USD"})
    assert created.status_code == 201


def test_it_never_does_more_than_its_owner(stranger: TestClient, session: Session) -> None:
    bearer(stranger, session, persons.person(session, RoleName.VIEWER), *TokenScope)
    assert stranger.get("/api/projects").status_code == 200
    assert stranger.post("/api/projects", json={"name": "North", "currency": "USD"}).status_code == 403
    assert stranger.get("/api/people").status_code == 403


@pytest.mark.parametrize("how", ["revoked", "expired", "deactivated", "made up", "empty", "not bearer"])
def test_a_token_that_opens_nothing(
    client_as: ClientAs, stranger: TestClient, session: Session, ada: User, how: str
) -> None:
    secret = bearer(stranger, session, ada, TokenScope.READ)
    assert stranger.get("/api/projects").status_code == 200
    kept = session.scalars(select(ApiToken)).one()
    match how:
        case "revoked":
            assert send(
                client_as(user=ada), "/account/tokens", f"/account/tokens/{kept.id}/revoke"
            ).is_redirect
        case "expired":
            session.execute(update(ApiToken).values(expires_at=func.now()))
        case "deactivated":
            ada.active = False
        case "made up":
            stranger.headers["Authorization"] = "Bearer calminer_" + "x" * 43
        case "empty":
            stranger.headers["Authorization"] = "Bearer "
        case "not bearer":
            stranger.headers["Authorization"] = f"Token {secret}"
    response = stranger.get("/api/projects")
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"


def test_a_bad_token_is_not_made_good_by_a_cookie(client: TestClient) -> None:
    assert client.get("/api/projects").status_code == 200
    assert client.get("/api/projects", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_pages_take_no_token(stranger: TestClient, session: Session, ada: User) -> None:
    bearer(stranger, session, ada, *TokenScope)
    assert stranger.get("/projects").status_code == 303
    assert stranger.get("/account/tokens").status_code == 303


def test_anybody_elses_token_is_not_there(client_as: ClientAs, session: Session, ada: User) -> None:
    token, _ = tokens.create(session, ada.id, name="t", scopes=[TokenScope.READ], days=1)
    other = client_as(RoleName.ADMINISTRATOR)
    assert send(other, "/account/tokens", f"/account/tokens/{token.id}/revoke").status_code == 404
    assert "calminer_" not in other.get("/account/tokens").text.split("<h2")[0]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"days": "9999"}, "days"),
        ({"read": ""}, "scopes"),
        ({"name": "x" * 101}, "name"),
    ],
)
def test_what_is_wrong_is_said(
    client: TestClient, session: Session, fields: dict[str, str], field: str
) -> None:
    wanted = {"name": "pipeline", "days": "30", "read": "on"} | fields
    sent = {name: value for name, value in wanted.items() if value or name == "name"}
    response = send(client, "/account/tokens", **sent)
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert session.scalar(select(func.count(ApiToken.id))) == 0


def test_last_use_is_noted_once_a_minute(stranger: TestClient, session: Session, ada: User) -> None:
    bearer(stranger, session, ada, TokenScope.READ)
    stranger.get("/api/me")
    first = session.scalars(select(ApiToken.last_used_at)).one()
    stranger.get("/api/me")
    assert first is not None
    assert session.scalars(select(ApiToken.last_used_at)).one() == first


def test_the_document_declares_it(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all(operation["security"] == [{"token": []}] for operation in operations)


def test_me(stranger: TestClient, session: Session, ada: User) -> None:
    bearer(stranger, session, ada, TokenScope.READ, TokenScope.RUN)
    answer = stranger.get("/api/me").json()
    assert answer["roles"] == ["analyst"]
    assert answer["permissions"] == ["signed_in", "read", "run"]


def test_a_project_that_was_made_through_a_token_is_there(stranger: TestClient, session: Session) -> None:
    bearer(stranger, session, persons.person(session, RoleName.PROJECT_MANAGER), TokenScope.WRITE)
    stranger.post("/api/projects", json={"name": "Deep level", "currency": "USD"})
    assert session.scalars(select(Project.name).where(Project.slug == "deep-level")).one() == "Deep level"
    assert stranger.get("/api/projects").status_code == 403, "it may write and not read"
