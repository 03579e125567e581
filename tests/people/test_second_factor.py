"""The second factor, with an authenticator of its own library beside the page."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import RecoveryCode, SecondFactor, User
from app.people import second_factor
from app.settings import get_settings
from tests import persons
from tests.conftest import ClientAs
from tests.people.conftest import enter, send

HOME = "/account/second-factor"


@pytest.fixture
def authenticator(client_as: ClientAs, ada: User, session: Session) -> tuple[pyotp.TOTP, list[str]]:
    """Ada's authenticator after she switched it on, and her recovery codes."""
    client = client_as(user=ada)
    send(client, HOME, f"{HOME}/begin")
    shown = client.get(HOME).text
    secret = re.search(r"type the key <code class=\"secret\">([A-Z2-7]{32})</code>", shown)
    assert secret
    made = pyotp.TOTP(secret[1])
    done = send(client, HOME, f"{HOME}/confirm", code=made.now())
    assert done.status_code == 201
    codes = re.findall(r"<li><code class=\"secret\">([a-z2-7-]+)</code>", done.text)
    session.execute(update(SecondFactor).values(last_step=0))
    return made, codes


def test_the_password_alone_no_longer_opens_anything(
    stranger: TestClient, ada: User, authenticator: tuple[pyotp.TOTP, list[str]]
) -> None:
    halfway = enter(stranger, ada.email, next="/projects")
    assert halfway.headers["location"] == "/sign-in/second"
    assert "__Host-calminer_session" not in stranger.cookies
    assert stranger.get("/projects").status_code == 303
    done = send(stranger, "/sign-in/second", code=authenticator[0].now())
    assert done.headers["location"] == "/projects"
    assert stranger.get("/projects").status_code == 200


def test_a_code_counts_once(
    stranger: TestClient, ada: User, authenticator: tuple[pyotp.TOTP, list[str]], session: Session
) -> None:
    code = authenticator[0].now()
    assert second_factor.check(session, ada.id, code)
    enter(stranger, ada.email)
    assert send(stranger, "/sign-in/second", code=code).status_code == 422


def test_a_recovery_code_counts_once(
    stranger: TestClient, ada: User, authenticator: tuple[pyotp.TOTP, list[str]], session: Session
) -> None:
    codes = authenticator[1]
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    enter(stranger, ada.email)
    assert send(stranger, "/sign-in/second", code=codes[0].upper()).is_redirect
    enter(stranger, ada.email)
    assert send(stranger, "/sign-in/second", code=codes[0]).status_code == 422
    left = session.scalar(select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == ada.id))
    assert left == second_factor.RECOVERY_CODES - 1


@pytest.mark.parametrize("seconds", [-120, -60, 60, 120])
def test_a_code_of_another_time(
    ada: User, authenticator: tuple[pyotp.TOTP, list[str]], session: Session, seconds: int
) -> None:
    code = authenticator[0].at(time.time() + seconds)
    assert not second_factor.check(session, ada.id, code)


def test_guesses_are_limited(
    stranger: TestClient, ada: User, authenticator: tuple[pyotp.TOTP, list[str]]
) -> None:
    enter(stranger, ada.email)
    codes = [send(stranger, "/sign-in/second", code=f"{number:06d}").status_code for number in range(7)]
    assert codes[-1] == 429
    assert send(stranger, "/sign-in/second", code=authenticator[0].now()).status_code == 429


@pytest.mark.parametrize("mark", ["", "x" * 40, "WzEsICIvIl0.made.up"])
def test_nobody_gets_halfway_without_the_password(stranger: TestClient, mark: str) -> None:
    stranger.cookies.set("__Host-calminer_halfway", mark, domain="testserver.local", path="/")
    assert stranger.get("/sign-in/second").headers["location"] == "/sign-in"


def test_a_dump_does_not_hold_the_secret(
    ada: User, authenticator: tuple[pyotp.TOTP, list[str]], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = session.scalars(select(SecondFactor.secret)).one()
    assert authenticator[0].secret.encode() not in kept
    other = get_settings().model_copy(update={"secret_key": type(get_settings().secret_key)("y" * 40)})
    monkeypatch.setattr("app.people.sealing.get_settings", lambda: other)
    assert not second_factor.check(session, ada.id, authenticator[0].now())


def test_its_picture_is_there_until_it_is_on(client_as: ClientAs, ada: User) -> None:
    client = client_as(user=ada)
    assert client.get(f"{HOME}/picture.svg").status_code == 404
    send(client, HOME, f"{HOME}/begin")
    picture = client.get(f"{HOME}/picture.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.headers["cache-control"] == "no-store"
    assert picture.text.startswith("<?xml")
    assert "style=" not in picture.text


def test_a_wrong_first_code_switches_nothing_on(client_as: ClientAs, stranger: TestClient, ada: User) -> None:
    client = client_as(user=ada)
    send(client, HOME, f"{HOME}/begin")
    assert send(client, HOME, f"{HOME}/confirm", code="000000").status_code == 422
    assert enter(stranger, ada.email).headers["location"] == "/"


def test_switching_off_needs_a_code(
    client_as: ClientAs, ada: User, authenticator: tuple[pyotp.TOTP, list[str]], stranger: TestClient
) -> None:
    client = client_as(user=ada)
    assert send(client, HOME, f"{HOME}/off", code="000000").status_code == 422
    assert send(client, HOME, f"{HOME}/off", code=authenticator[0].now()).is_redirect
    assert enter(stranger, ada.email).headers["location"] == "/"


def test_beginning_again_does_not_replace_one_in_use(
    client_as: ClientAs, ada: User, authenticator: tuple[pyotp.TOTP, list[str]], session: Session
) -> None:
    second_factor.begin(session, ada.id)
    assert second_factor.check(session, ada.id, authenticator[0].now())


def test_an_administrator_helps_who_lost_it(
    client_as: ClientAs, ada: User, authenticator: tuple[pyotp.TOTP, list[str]], stranger: TestClient
) -> None:
    administrator = client_as(user=None, role=RoleName.ADMINISTRATOR)
    page = f"/people/{ada.id}"
    assert "Second factor" in administrator.get(page).text
    assert send(administrator, page, f"{page}/second-factor/remove").is_redirect
    assert enter(stranger, ada.email, persons.PASSWORD).headers["location"] == "/"
