"""People for tests: a person with a role, and a browser in which they are signed in."""

from __future__ import annotations

from itertools import count

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import User, UserRole
from app.people import accounts, sign_ins
from app.people.passwords import hashed
from app.web.cookies import SIGN_IN
from tests.caller import Browser

PASSWORD = "nine plain lanterns over the pit"
_numbers = count(1)


def person(session: Session, role: RoleName | None = None, *, password: str = "") -> User:
    """Return a new person who has a role everywhere, or none; a password costs time and is set on demand."""
    number = next(_numbers)
    made = User(email=f"person{number}@mine.example", name=f"Person {number}")
    made.roles = [UserRole(role=role)] if role else []
    session.add(made)
    session.flush()
    if password:
        accounts.put_hash(session, made.id, hashed(password))
    return made


def browser(app: FastAPI) -> TestClient:
    """Return a browser on the application over HTTPS, in which nobody is signed in.

    It says of its requests that a page of this site started them.
    """
    made = Browser(app, "https://testserver")
    made.headers["Sec-Fetch-Site"] = "same-origin"
    return made


def sign_in(client: TestClient, session: Session, user: User) -> str:
    """Sign a person in as the sign-in page does, without its hashing; return the secret of the cookie."""
    secret = sign_ins.begin(session, user.id, address="testclient", browser="test")
    session.flush()
    client.cookies.set(f"__Host-{SIGN_IN}", secret, domain="testserver.local", path="/")
    return secret
