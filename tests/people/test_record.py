"""The record of acts: complete, unchangeable, filtered, exported."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import AuditEvent, User
from app.people import audit
from app.people.logs import log_with_request_ids
from app.web import context
from tests import persons
from tests.conftest import ClientAs
from tests.people.conftest import enter, send


@pytest.fixture
def administrator(client_as: ClientAs, session: Session) -> TestClient:
    return client_as(user=persons.person(session, RoleName.ADMINISTRATOR, password=persons.PASSWORD))


def acts(session: Session) -> list[tuple[str, str]]:
    found = session.execute(select(AuditEvent.action, AuditEvent.subject).order_by(AuditEvent.id))
    return [(row.action, row.subject) for row in found]


def test_what_people_do_is_on_it(
    administrator: TestClient, stranger: TestClient, ada: User, session: Session
) -> None:
    enter(stranger, ada.email, "wrong words in a row")
    enter(stranger, ada.email)
    send(stranger, "/account/tokens", name="t", days="30", read="on")
    send(administrator, f"/people/{ada.id}", role="viewer", active="on")
    send(administrator, "/people", name="Grace", email="grace@mine.example", role="viewer")
    assert acts(session) == [
        ("sign_in_failed", "user"),
        ("signed_in", "user"),
        ("token_created", "api_token"),
        ("rights_changed", "user"),
        ("invited", "user"),
    ]


def test_every_line_names_its_request(stranger: TestClient, ada: User, session: Session) -> None:
    stranger.headers["X-Request-ID"] = "from-the-proxy-1"
    enter(stranger, ada.email)
    assert session.scalars(select(AuditEvent.request_id)).all() == ["from-the-proxy-1"]


def test_it_keeps_no_secret(
    stranger: TestClient, ada: User, administrator: TestClient, session: Session
) -> None:
    enter(stranger, "nobody@mine.example", "my own password typed here")
    enter(stranger, "my own password typed here@x", "another")
    enter(stranger, ada.email)
    send(stranger, "/account/tokens", name="t", days="30", read="on")
    send(administrator, "/people", name="Grace", email="grace@mine.example", role="viewer")
    told = " ".join(str(row) for row in session.scalars(select(AuditEvent.detail)))
    for secret in ("my own password", "calminer_", "/link/", persons.PASSWORD):
        assert secret not in told


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", 3),
        ("action=exported", 1),
        ("subject=project", 2),
        ("subject=project+7", 1),
        ("subject=Project++7", 1),
        ("subject=Person+7", 0),
        ("since=2999-01-01", 0),
        ("until=2000-01-01", 0),
        ("since=yesterday&person=nobody", 3),
        ("person=99999999999999999999", 3),
        ("action=%27%3B+DROP+TABLE+users", 0),
    ],
)
def test_filters(administrator: TestClient, session: Session, query: str, shown: int) -> None:
    audit.record(session, "exported", subject="project", subject_id=7)
    audit.record(session, "archived", subject="project", subject_id=8)
    audit.record(session, "archived", subject="scenario", subject_id=7)
    page = administrator.get(f"/record?{query}")
    assert page.status_code == 200
    assert page.text.count("<tr>") - (1 if shown else 0) == shown


def test_as_csv(administrator: TestClient, session: Session, ada: User) -> None:
    audit.record(
        session, "exported", actor_id=ada.id, subject="project", subject_id=7, file="=1+1", rows=[1, 2]
    )
    audit.record(session, "=cmd()", subject="project")
    answer = administrator.get("/record/record.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [row["action"] for row in rows] == ["'=cmd()", "exported"]
    assert (rows[1]["person"], rows[1]["detail"]) == (ada.name, "file: =1+1; rows: 1, 2")
    assert acts(session)[-1] == ("record_exported", "record")


def test_nobody_else_sees_it(client_as: ClientAs) -> None:
    assert client_as(RoleName.PROJECT_MANAGER).get("/record").status_code == 403


@contextmanager
def unconfigured() -> Iterator[None]:
    """The root logger of a process that nobody has told how to log."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def test_every_log_line_names_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    token = context.request_id.set("request-12345678")
    with unconfigured():
        log_with_request_ids()
        logging.getLogger("app.anything").warning("The pit is flooded")
    context.request_id.reset(token)
    assert " WARNING app.anything request-12345678 The pit is flooded" in capsys.readouterr().err


def test_whoever_logs_already_is_left_alone() -> None:
    before = list(logging.getLogger().handlers)
    assert before, "pytest has handlers of its own"
    log_with_request_ids()
    assert logging.getLogger().handlers == before
