"""What tests of the application may ask for. Nothing here starts until a test asks for it.

`tests/conftest.py` loads it, except where the engine alone is tested: the engine needs none of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from app import db
from app.engine.kinds import RoleName
from app.models import User
from app.people import passwords
from app.people.asking import MARK
from app.settings import get_settings
from tests import database as databases, persons
from tests.conftest import ClientAs
from tests.database import Environment
from tests.prepared import keep_prepared
from tests.seeds import Seed, Seeds

#: As in production; people in tests have hashes that cost next to nothing.
FULL_STRENGTH = passwords._hasher
passwords._hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))

#: What a page cannot help: the tests' own savepoints, and who asks.
UNCOUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", f"SELECT {MARK}")

# The server of a run with several processes, held by the one that leads them.
_shared = ExitStack()
_shared_templates: list[Environment] = []


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the one server of this run to a process of pytest-xdist."""
    if not _shared_templates:
        _shared_templates.append(_shared.enter_context(databases.running_server()))
    node.workerinput["template"] = dict(_shared_templates[0])


def pytest_unconfigure() -> None:
    """Stop the shared server when every process is done."""
    _shared.close()


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest) -> Iterator[Environment]:
    """A database at the newest revision with its reference data, to copy from; nobody connects to it."""
    handed_over = getattr(request.config, "workerinput", None)
    if handed_over:
        yield handed_over["template"]
        return
    with databases.running_server() as made:
        yield made


@pytest.fixture(scope="session")
def engine(template: Environment) -> Iterator[Engine]:
    """The engine on this process's own copy of the template; the settings point there too."""
    with databases.copy(template, f"calminer_test_{os.getpid()}") as own, databases.pointed_at(own) as made:
        yield made


@pytest.fixture(scope="session")
def seeded(template: Environment, engine: Engine) -> Iterator[Callable[[tuple[Seed, ...]], Engine]]:
    """Give the engine on a database where these seeds have been committed; made once in each process."""
    with ExitStack() as stack:
        made: dict[tuple[Seed, ...], Engine] = {(): engine}

        def give(seeds: tuple[Seed, ...]) -> Engine:
            if seeds not in made:
                made[seeds] = stack.enter_context(_grown(template, len(made), seeds))
            return made[seeds]

        yield give


@contextmanager
def _grown(template: Environment, number: int, seeds: tuple[Seed, ...]) -> Iterator[Engine]:
    name = f"calminer_test_{os.getpid()}_{number}"
    with databases.copy(template, name):
        grown = db.make_engine(get_settings().model_copy(update={"database_name": name}))
        try:
            with Session(grown) as session, session.begin():
                for seed in seeds:
                    seed(session)
            yield grown
        finally:
            grown.dispose()


@pytest.fixture
def own_database(template: Environment) -> Iterator[Engine]:
    """A database for one test alone, for what commits by itself: workers, setup, several connections."""
    with databases.copy(template, f"calminer_own_{os.getpid()}") as own, databases.pointed_at(own) as made:
        yield made


@pytest.fixture
def empty_database(template: Environment) -> Iterator[Engine]:
    """A database with nothing in it, for one test alone: what a first setup finds."""
    name = f"calminer_empty_{os.getpid()}"
    with databases.database(template, name) as own, databases.pointed_at(own) as made:
        yield made


@pytest.fixture
def seeds() -> Seeds:
    """What stands in the database before a test begins that asks for the fixture of this name.

    To load a project costs a test 30 ms; a folder or a file adds its own here, and its fixture finds them.
    """
    return {}


@pytest.fixture
def connection(
    request: pytest.FixtureRequest, seeds: Seeds, seeded: Callable[[tuple[Seed, ...]], Engine]
) -> Iterator[Connection]:
    """One connection whose work is undone after the test."""
    wanted = tuple(seed for name, seed in seeds.items() if name in request.fixturenames)
    with seeded(wanted).connect() as made:
        keep_prepared(made)
        with made.begin() as transaction:
            yield made
            if transaction.is_active:
                transaction.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session that may commit: the commit ends a savepoint, and the test's end undoes everything."""
    with _session_on(connection) as made:
        yield made


def _session_on(connection: Connection) -> Session:
    return Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


@cache
def _built(settings: str) -> FastAPI:
    """The application, built once for the same settings: a fresh one takes a third of a second to answer."""
    from app.factory import create_app

    return create_app()


@pytest.fixture
def app(session: Session, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The whole application; its requests see what `session` wrote, and the other way round.

    Other tests use the same one: a test that adds to it builds its own.
    """

    @contextmanager
    def transaction() -> Iterator[Session]:
        session.flush()
        with _session_on(connection) as of_request, of_request.begin():
            yield of_request
        session.expire_all()

    # Not by `dependency_overrides`: with any of these FastAPI reads every signature anew in every request.
    monkeypatch.setattr(db, "transaction", transaction)
    return _built(get_settings().model_dump_json())


@pytest.fixture
def client_as(app: FastAPI, session: Session) -> Iterator[ClientAs]:
    """Give `client_as(role)`: a browser of a new person who has this role everywhere, or none.

    `client_as(user=person)` is a browser of somebody who is there already.
    """
    with ExitStack() as open_clients:

        def make(role: RoleName | None = None, *, user: User | None = None) -> TestClient:
            made = open_clients.enter_context(persons.browser(app))
            persons.sign_in(made, session, user or persons.person(session, role))
            return made

        yield make


@pytest.fixture
def client(client_as: ClientAs) -> TestClient:
    """A browser without a screen, in which an administrator is signed in.

    It does not follow redirects by itself, so that they can be looked at.
    """
    return client_as(RoleName.ADMINISTRATOR)


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[TestClient]:
    """A browser in which nobody is signed in."""
    with persons.browser(app) as made:
        yield made


@pytest.fixture
def full_strength(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords are hashed as in production."""
    monkeypatch.setattr(passwords, "_hasher", FULL_STRENGTH)
    passwords.nobodys_hash.cache_clear()
    yield
    passwords.nobodys_hash.cache_clear()


@pytest.fixture
def query_counter() -> Callable[[], AbstractContextManager[list[str]]]:
    """Count queries: `with query_counter() as queries: ...; assert len(queries) <= 3`.

    The one question of who asks, which every page pays for, is left out; `tests/people` counts it.
    """

    @contextmanager
    def count() -> Iterator[list[str]]:
        queries: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if not statement.startswith(UNCOUNTED):
                queries.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield queries
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return count
