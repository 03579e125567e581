"""The connection to PostgreSQL: one engine per process, one transaction per request."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from app.errors import Unavailable
from app.settings import Settings, get_settings


class Trouble(StrEnum):
    """Why a connection could not be had."""

    UNREACHABLE = "unreachable"
    AUTHENTICATION = "authentication"
    NO_DATABASE = "no_database"
    NO_RIGHT = "no_right"
    BUSY = "busy"
    DISK_FULL = "no room left on its disk"


#: What the server says in each case; libpq hands out no code for a refused connection, only its words.
TROUBLE_WORDS = (
    (Trouble.NO_DATABASE, re.compile(r'database "[^"]*" does not exist')),
    (
        Trouble.AUTHENTICATION,
        re.compile(
            r"authentication failed|no password supplied|role \S+ does not exist|no pg_hba\.conf entry"
        ),
    ),
    (Trouble.NO_RIGHT, re.compile(r"permission denied for database")),
    (Trouble.BUSY, re.compile(r"too many (clients|connections)|connection slots")),
)
ADVICE = {
    Trouble.UNREACHABLE: "Is the server running? Check DATABASE_HOST and DATABASE_PORT.",
    Trouble.AUTHENTICATION: "Check DATABASE_USER and DATABASE_PASSWORD.",
    Trouble.NO_DATABASE: "Check DATABASE_NAME, or create it: CREATE DATABASE {name} OWNER {user}",
    Trouble.NO_RIGHT: "Let the role connect: GRANT CONNECT, CREATE ON DATABASE {name} TO {user}",
    Trouble.BUSY: "Every connection is taken. Wait, or raise the server's max_connections.",
    Trouble.DISK_FULL: "Free some space there and go on; what was committed is safe.",
}
#: SQLSTATE classes of a connection that is gone or going: broken, no resources, shutting down.
LOST_STATES = ("08", "53", "57P")
DISK_FULL_STATE = "53100"
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0


class CannotConnect(Unavailable):
    """The database does not answer; says why and what to do."""

    def __init__(self, trouble: Trouble, settings: Settings, said: str = "") -> None:
        self.trouble = trouble
        advice = ADVICE[trouble].format(name=settings.database_name, user=settings.database_user)
        detail = f" ({said})" if said else ""
        super().__init__(f"Cannot use {settings.database_place}: {trouble.value}{detail}. {advice}")


def make_engine(settings: Settings, *, pooled: bool = True) -> Engine:
    """Return an engine whose connections see CalMiner's schema only and speak UTC.

    Not pooled, it opens one for each use and keeps none.
    """
    pool: dict[str, Any] = {
        "pool_size": settings.database_pool_size,
        "max_overflow": settings.database_pool_size,
        "pool_timeout": settings.database_connect_timeout,
        "pool_pre_ping": True,
    }
    return create_engine(
        settings.database_url,
        **(pool if pooled else {"poolclass": NullPool}),
        connect_args={
            "connect_timeout": settings.database_connect_timeout,
            "sslmode": settings.database_sslmode,
            "application_name": "calminer",
            "options": f"-c search_path={settings.database_schema} -c timezone=UTC",
        },
    )


@lru_cache(maxsize=1)
def get_engine() -> Engine:
    """Return the engine of this process."""
    return make_engine(get_settings())


@lru_cache(maxsize=1)
def _aside(settings: Settings) -> Engine:
    return make_engine(settings, pooled=False)


def get_engine_aside() -> Engine:
    """Return an engine on the same database that needs none of the connections which requests share."""
    return _aside(get_settings())


@lru_cache(maxsize=1)
def _sessions() -> sessionmaker[Session]:
    return sessionmaker(get_engine(), expire_on_commit=False)


#: Opens a transaction of its own, for the few requests that must not hold one from end to end.
Transactions = Callable[[], AbstractContextManager[Session]]


def get_session() -> Iterator[Session]:
    """Give one request its transaction: committed when the route returned, rolled back when it raised.

    Use as `Depends(get_session, scope="function")`, so that the commit comes before the response leaves.
    Raises `Unavailable` when the database is gone or every connection is in use.
    """
    with transaction() as session:
        yield session


def get_transactions() -> Transactions:
    """Return what opens short transactions, each committed at the end of its block."""
    return transaction


@contextmanager
def transaction() -> Iterator[Session]:
    """Give a session whose transaction is committed at the end of the block; raises `Unavailable`."""
    try:
        with _sessions().begin() as session:
            yield session
    except PoolTimeout as error:
        raise CannotConnect(Trouble.BUSY, get_settings()) from error
    except DBAPIError as error:
        raise_when_lost(error, get_settings())
        raise


def raise_when_lost(error: DBAPIError, settings: Settings) -> None:
    """Raise `CannotConnect` when the error means that the connection is gone, and return otherwise."""
    original = error.orig
    if not isinstance(original, psycopg.Error):
        return
    said = " ".join(str(original).split())
    if original.sqlstate is None and isinstance(original, psycopg.OperationalError):
        found = (trouble for trouble, words in TROUBLE_WORDS if words.search(said))
        raise CannotConnect(next(found, Trouble.UNREACHABLE), settings, said) from error
    if original.sqlstate == DISK_FULL_STATE:
        raise CannotConnect(Trouble.DISK_FULL, settings, said) from error
    if (original.sqlstate or "").startswith(LOST_STATES):
        raise CannotConnect(Trouble.UNREACHABLE, settings, said) from error


def ping(engine: Engine | None = None) -> None:
    """Ask the database for a sign of life; raises `CannotConnect` when there is none."""
    try:
        with (engine or get_engine()).connect() as connection:
            connection.execute(text("SELECT 1"))
    except PoolTimeout as error:
        raise CannotConnect(Trouble.BUSY, get_settings()) from error
    except OperationalError as error:
        raise_when_lost(error, get_settings())
        raise


def wait_for_database(seconds: float, engine: Engine | None = None) -> None:
    """Wait until the database answers; raises the last `CannotConnect` when it does not in time.

    A refused password is final, so it is not tried again.
    """
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while True:
        try:
            return ping(engine)
        except CannotConnect as error:
            if error.trouble is Trouble.AUTHENTICATION or time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
