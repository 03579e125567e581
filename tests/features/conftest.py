"""The demo projects in this process's database, and forms sent as a browser sends them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import Scenario, User
from tests import persons
from tests.planning.conftest import every_part
from tests.seeds import Seeds, base_scenario, diamba_sud

GOLD = "/projects/diamba-sud/scenarios/feasibility-study"
#: What a browser says of a request that a page of this site started.
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}

Post = Callable[..., Response]


@pytest.fixture
def seeds() -> Seeds:
    return {"gold": diamba_sud, "everything": every_part}


@pytest.fixture
def gold(session: Session) -> Scenario:
    """The base scenario of Diamba Sud."""
    return base_scenario(session, "diamba-sud")


@pytest.fixture
def everything(session: Session) -> Scenario:
    """A scenario with a row in every table."""
    return base_scenario(session, "everything")


@pytest.fixture
def ada(session: Session) -> User:
    """Somebody to call by name."""
    made = persons.person(session, RoleName.ANALYST)
    made.name = "Ada Moreno"
    session.flush()
    return made


@pytest.fixture
def post(client: TestClient) -> Post:
    """Send a form from its own page: with the token that the page gave, and with what it had filled in."""

    def send(page: str, action: str = "", **fields: str) -> Response:
        sent = {**given(client, page), **fields}
        return client.post(action or page, data=sent, headers=SAME_ORIGIN)

    return send


def given(client: TestClient, page: str) -> dict[str, str]:
    """Return what a page gives its form to send along."""
    text = client.get(page).text
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', text)
    assert token, f"{page} has no form"
    version = re.search(r'name="version" value="(\d+)"', text)
    return {"csrf_token": token[1], **({"version": version[1]} if version else {})}
