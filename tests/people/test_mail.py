"""Letters on their way: a real mail server, plain, STARTTLS and TLS, and one that is away."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import AuditEvent, LinkPurpose, OneTimeLink, User
from app.people import links, mail, throttle
from tests import persons
from tests.conftest import ClientAs
from tests.people import mail_server
from tests.people.conftest import NEW, Configure, enter, send
from tests.people.mail_server import Taken

SAME = "If there is an account with this address, a link is on its way to it."


@pytest.fixture
def server(configure: Configure, tmp_path: Path) -> Iterator[Taken]:
    """A plain mail server, which the settings name."""
    with mail_server.running("none", tmp_path) as taken:
        configure(taken.port)
        yield taken


@pytest.fixture
def away(configure: Configure) -> None:
    """Settings that name a mail server which is not there."""
    configure(1)


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
@pytest.mark.parametrize("login", [False, True])
def test_a_forgotten_password(
    configure: Configure,
    stranger: TestClient,
    session: Session,
    ada: User,
    tmp_path: Path,
    security: str,
    login: bool,
) -> None:
    with mail_server.running(security, tmp_path, login=login) as server:
        known = {"user": mail_server.USER, "password": mail_server.PASSWORD} if login else {}
        configure(server.port, security, **known)
        asked = send(stranger, "/forgotten", email=ada.email.upper())
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in")
    assert server.encrypted == [security != "none"]
    assert server.recipients == [[ada.email]]
    (letter,) = server.letters
    assert (letter["To"], letter["From"]) == (ada.email, "calminer@mine.example")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert ada.name in letter.get_content()
    assert enter(stranger, ada.email).status_code == 303, "the old password counts until the link is used"
    assert send(stranger, server.link(), **NEW).status_code == 303
    assert enter(stranger, ada.email).status_code == 422
    assert enter(stranger, ada.email, NEW["password"]).status_code == 303
    assert stranger.get(server.link()).status_code == 404, "once"


@pytest.mark.parametrize("why", ["unknown", "deactivated"])
def test_who_has_no_account_gets_the_same_answer_and_no_mail(
    stranger: TestClient, session: Session, ada: User, server: Taken, why: str
) -> None:
    ada.active = why != "deactivated"
    email = ada.email if why == "deactivated" else "nobody@mine.example"
    answer = send(stranger, "/forgotten", email=email)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert SAME in stranger.get("/sign-in").text
    assert server.letters == []
    assert session.scalar(select(func.count(OneTimeLink.id))) == 0
    assert email not in str(session.execute(select(AuditEvent.detail, AuditEvent.subject)).all())


def test_the_answer_waits_for_nothing_that_depends_on_the_account(
    stranger: TestClient, ada: User, server: Taken, session: Session
) -> None:
    """Before the answer leaves, only the limits are counted; the account is looked up after it."""
    from app.features.signin import pages

    asked: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages.letters, "reset", lambda *_: asked.append("later"))
        for email in (ada.email, "nobody@mine.example"):
            send(stranger, "/forgotten", email=email)
    assert asked == ["later", "later"]
    assert acts(session) == []
    assert session.scalar(select(func.count(OneTimeLink.id))) == 0


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ("away", "refused"),
        ("refuses", "452"),
        ("wrong password", "535"),
        ("no encryption", "STARTTLS"),
        ("wrong authority", "certificate"),
    ],
)
def test_a_mail_server_in_trouble(
    configure: Configure,
    stranger: TestClient,
    session: Session,
    ada: User,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    trouble: str,
    said: str,
) -> None:
    invitation = links.issue(session, LinkPurpose.RESET, user_id=ada.id, created_by=ada.id)
    with ExitStack() as held:
        port, security, user = 1, "none", ""
        if trouble == "refuses":
            taken = held.enter_context(mail_server.running("none", tmp_path))
            taken.refuse, port = "452 no room", taken.port
        if trouble == "wrong password":
            user, port = (
                "somebody",
                held.enter_context(mail_server.running("none", tmp_path, login=True)).port,
            )
        if trouble == "no encryption":
            security, port = "starttls", held.enter_context(mail_server.running("none", tmp_path)).port
        if trouble == "wrong authority":
            security, port = "tls", held.enter_context(mail_server.running("tls", tmp_path)).port
            held.enter_context(pytest.MonkeyPatch.context()).delenv("SSL_CERT_FILE")
        configure(port, security, user)
        with caplog.at_level(logging.ERROR, logger="app.people.mail"):
            answer = send(stranger, "/forgotten", email=ada.email)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert SAME in stranger.get("/sign-in").text
    (line,) = [record.getMessage() for record in caplog.records if record.name == "app.people.mail"]
    assert f"to person {ada.id} was not sent: 127.0.0.1:{port} did not take it" in line
    assert said in line
    assert ada.email not in line
    assert acts(session) == ["link_mailed", "mail_failed"]
    assert enter(stranger, ada.email).status_code == 303, "the password is as it was"
    assert stranger.get(invitation).status_code == 200, "what an administrator handed over still works"


def test_letters_are_limited(stranger: TestClient, ada: User, server: Taken, session: Session) -> None:
    codes = [send(stranger, "/forgotten", email=ada.email).status_code for _ in range(7)]
    assert codes == [303] * 5 + [429] * 2
    assert len(server.letters) == throttle.PER_LETTER.attempts
    assert session.scalar(select(func.count(OneTimeLink.id))) == 1, "a newer link ends the older one"


def test_an_invitation_is_mailed_as_well(client_as: ClientAs, stranger: TestClient, server: Taken) -> None:
    administrator = client_as(RoleName.ADMINISTRATOR)
    shown = send(administrator, "/people", name="Grace", email="grace@mine.example", role="analyst")
    assert "It goes out by mail as well." in shown.text
    assert server.link() in shown.text
    assert server.recipients == [["grace@mine.example"]]
    assert send(stranger, server.link(), **NEW).headers["location"] == "/"


def test_an_invitation_through_the_api_is_mailed_as_well(client: TestClient, server: Taken) -> None:
    body = {"name": "Grace", "email": "grace@mine.example", "role": "viewer"}
    answer = client.post("/api/people", json=body).json()
    assert answer["mailed"] is True
    assert answer["link"].endswith(server.link())


def test_an_invitation_while_the_mail_server_is_away(
    client_as: ClientAs, away: None, stranger: TestClient, session: Session
) -> None:
    import re

    administrator = client_as(RoleName.ADMINISTRATOR)
    shown = send(administrator, "/people", name="Grace", email="grace@mine.example", role="viewer")
    address = re.search(r"https://testserver(/link/[\w-]+)", shown.text)
    assert address
    assert stranger.get(address[1]).status_code == 200
    assert acts(session) == ["invited", "mail_failed"]


@pytest.mark.parametrize(
    "address", ["a,b@mine.example", "a@mine.example>", '"a"@mine.example', "a@b@c", "a@mine.example;x"]
)
def test_no_address_reaches_more_than_one_person(client: TestClient, server: Taken, address: str) -> None:
    answer = client.post("/api/people", json={"name": "Grace", "email": address})
    assert answer.status_code == 422
    assert server.letters == []


def test_an_address_that_the_server_cannot_take_is_a_line_in_the_log(
    server: Taken, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="app.people.mail"):
        assert mail.send("x" * 70 + "@mine.example", "Subject", "text", "somebody new") in {True, False}
        assert not mail.send("line\nbreak@mine.example", "Subject", "text", "somebody new")
    assert "was not sent" in caplog.text


def test_links_end_with_a_change_of_password(
    client_as: ClientAs, stranger: TestClient, session: Session, ada: User
) -> None:
    path = links.issue(session, LinkPurpose.RESET, user_id=ada.id)
    client = client_as(user=ada)
    changed = {"current": persons.PASSWORD, **NEW}
    assert send(client, "/account", "/account/password", **changed).status_code == 303
    assert stranger.get(path).status_code == 404
