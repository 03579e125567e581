"""Forms sent from their own pages, and people who have passwords."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import User
from tests import persons


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
