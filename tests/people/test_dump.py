"""Whoever reads the whole database can do nothing with it: no secret that was handed out is in it."""

from __future__ import annotations

import re

import pyotp
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import Base, User
from tests import persons
from tests.conftest import ClientAs
from tests.people.conftest import enter, send


def dump(session: Session) -> str:
    """Every value of every table, bytes as text and as hexadecimal digits."""
    found = []
    for table in Base.metadata.tables.values():
        for row in session.execute(select(table)):
            for value in row:
                found += [value.decode("latin-1"), value.hex()] if isinstance(value, bytes) else [str(value)]
    return "\n".join(found)


def test_no_secret_that_was_handed_out_is_stored(
    client_as: ClientAs, stranger: TestClient, session: Session, ada: User
) -> None:
    administrator = client_as(RoleName.ADMINISTRATOR)
    enter(stranger, ada.email)
    token = send(stranger, "/account/tokens", name="t", days="30", read="on").text
    invited = send(administrator, "/people", name="Grace", email="grace@mine.example", role="viewer").text
    home = "/account/second-factor"
    send(stranger, home, f"{home}/begin")
    key = re.search(r"type the key <code class=\"secret\">(\w+)</code>", stranger.get(home).text)
    assert key
    codes = send(stranger, home, f"{home}/confirm", code=pyotp.TOTP(key[1]).now()).text
    secrets = [
        persons.PASSWORD,
        stranger.cookies["__Host-calminer_session"],
        *re.findall(r"calminer_[\w-]{43}", token),
        *re.findall(r"/link/([\w-]{43})", invited),
        key[1],
        *re.findall(r"<li><code class=\"secret\">([a-z2-7-]+)</code>", codes),
    ]
    assert len(secrets) == 5 + 10
    stored = dump(session)
    assert ada.email in stored
    for secret in secrets:
        assert secret not in stored
        assert secret.replace("-", "") not in stored
        assert secret.encode().hex() not in stored
