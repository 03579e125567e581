"""Forms sent from their own pages, people who have passwords, a mail server, a project that is private."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName, RunStatus
from app.models import Project, Scenario, SimulationRun, User
from app.settings import get_settings
from tests import persons
from tests.people import mail_server
from tests.seeds import Seeds, base_scenario, diamba_sud

Configure = Callable[..., None]
#: A password that nobody has yet, as the forms of links send it.
NEW = {"password": "seven quiet drills below", "repeated": "seven quiet drills below"}


def send(client: TestClient, page: str, action: str = "", **fields: str) -> Response:
    """Send a form from its own page, with the token and the version that the page gave."""
    text = client.get(page).text
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', text)
    assert token, f"{page} has no form"
    version = re.search(r'name="version" value="(\d+)"', text)
    sent = {"csrf_token": token[1], **({"version": version[1]} if version else {}), **fields}
    return client.post(action or page, data=sent)


def enter(client: TestClient, email: str, password: str = persons.PASSWORD, **fields: str) -> Response:
    """Sign in through the page."""
    return send(client, "/sign-in", email=email, password=password, **fields)


@pytest.fixture
def ada(session: Session) -> User:
    """An analyst with a password."""
    return persons.person(session, RoleName.ANALYST, password=persons.PASSWORD)


@pytest.fixture
def configure(engine: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Set the mail server: `configure(port, security="none")`."""

    def make(port: int, security: str = "none", user: str = "", password: str = "") -> None:
        values = {
            "HOST": mail_server.HOST,
            "PORT": str(port),
            "SECURITY": security,
            "USER": user,
            "PASSWORD": password,
            "FROM": "calminer@mine.example",
        }
        for name, value in values.items():
            monkeypatch.setenv(f"CALMINER_SMTP_{name}", value)
        monkeypatch.setenv("CALMINER_PUBLIC_URL", "https://testserver")
        get_settings.cache_clear()

    yield make
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def seeds() -> Seeds:
    return {"secret": diamba_sud, "gold": diamba_sud}


@pytest.fixture
def gold(session: Session) -> Scenario:
    """The base scenario of Diamba Sud."""
    return base_scenario(session, "diamba-sud")


@pytest.fixture
def secret(session: Session) -> Project:
    """Diamba Sud with a run, private."""
    project = base_scenario(session, "diamba-sud").project
    project.private = True
    session.add(
        SimulationRun(
            scenario_id=project.scenarios[0].id,
            status=RunStatus.CANCELLED,
            finished_at=func.now(),
            seed=1,
            trials=100,
            spec={},
            inputs={},
            engine_version="0",
        )
    )
    session.flush()
    return project
