"""The PostgreSQL that a test run uses: one server, one migrated template, a database per process."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine

from app import db, embedded
from app.settings import get_settings

CHECKOUT = Path(__file__).resolve().parent.parent
IN_CHECKOUT = CHECKOUT / ".calminer" / "tests"
IN_MEMORY = Path("/dev/shm") / f"calminer-tests-{os.getuid()}"
#: Free space from which a run may keep its databases in memory; it takes a third of a gigabyte.
ROOM_BYTES = 2 << 30
LEAVE_SECONDS = 30
VARIABLES = ("DRIVER", "HOST", "PORT", "USER", "PASSWORD", "NAME", "SCHEMA")

#: The settings of one database, by the name of their environment variable.
Environment = Mapping[str, str]

#: The engines of the blocks that point somewhere; the last is the innermost.
_held: list[Engine] = []


@contextmanager
def running_server() -> Iterator[Environment]:
    """Give a server with a template database, migrated and with its reference data, while the block lasts.

    `DATABASE_HOST` names one whose role may create databases; otherwise a throw-away server is made.
    """
    if os.environ.get("DATABASE_HOST"):
        names = (f"DATABASE_{name}" for name in VARIABLES)
        server = {name: os.environ[name] for name in names if name in os.environ}
        with database(server, f"calminer_template_{os.getpid()}") as template:
            _migrate(template)
            yield template
        return
    _sweep()
    home = _servers() / str(os.getpid())
    try:
        template = embedded.ensure_running(home, throw_away=True).environment()
        _migrate(template)
        yield template
    finally:
        embedded.remove(home)


@contextmanager
def database(server: Environment, name: str, *, template: str | None = None) -> Iterator[Environment]:
    """Create a database, as a copy of `template` where one is given; drop it at the end of the block."""
    create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        # To copy files takes a third of the time of writing every block to the log.
        create += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
    with _administrator(server) as connection:
        _drop(connection, name)
        connection.execute(create)
    try:
        yield {**server, "DATABASE_NAME": name}
    finally:
        with _administrator(server) as connection:
            _drop(connection, name)


def _drop(connection: psycopg.Connection, name: str) -> None:
    """Drop a database and whoever is connected to it.

    An autovacuum worker that happens to be there belongs to the superuser, whom this role may not end; it
    leaves by itself within moments.
    """
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    deadline = time.monotonic() + LEAVE_SECONDS
    while True:
        try:
            connection.execute(drop)
        except psycopg.errors.InsufficientPrivilege:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def copy(template: Environment, name: str) -> AbstractContextManager[Environment]:
    """Copy the template under another name for as long as the block lasts."""
    return database(template, name, template=template["DATABASE_NAME"])


@contextmanager
def pointed_at(environment: Environment, *more: Any) -> Iterator[Engine]:
    """Point this process, and those it starts, at these settings for the block; give the engine on them.

    more: cached functions that remember settings besides those which every test has.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        _forget(*more)
        engine = db.get_engine()
        _held.append(engine)
        try:
            yield engine
        finally:
            _held.remove(engine)
            engine.dispose()
            _forget(*more)


def _forget(*more: Any) -> None:
    """Forget the settings and the engine on them; close that engine unless an outer block still uses it."""
    if db.get_engine.cache_info().currsize and db.get_engine() not in _held:
        db.get_engine().dispose()
    for cached in (get_settings, db.get_engine, db._sessions, *more):
        cached.cache_clear()


def _administrator(server: Environment) -> psycopg.Connection:
    return psycopg.connect(
        host=server["DATABASE_HOST"],
        port=server.get("DATABASE_PORT"),
        user=server.get("DATABASE_USER"),
        password=server.get("DATABASE_PASSWORD"),
        dbname="postgres",
        autocommit=True,
    )


def _migrate(template: Environment) -> None:
    subprocess.run(
        [sys.executable, CHECKOUT / "scripts" / "setup_database.py", "--run-migrations", "--seed-data"],
        env={**os.environ, **template},
        cwd=CHECKOUT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _servers() -> Path:
    """Return the folder of throw-away servers: in memory where that has room, else in the checkout.

    Hundreds of files come and go with every database. On a disk that takes the kernel half of the time that
    the server takes for everything.
    """
    with suppress(OSError):
        IN_MEMORY.mkdir(mode=0o711, exist_ok=True)
        found = IN_MEMORY.lstat()
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
        if ours and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES:
            return IN_MEMORY
    return IN_CHECKOUT


def _sweep() -> None:
    """Remove what test runs left that were killed."""
    for home in (*IN_CHECKOUT.glob("*"), *IN_MEMORY.glob("*")):
        if not home.name.isdigit() or not psutil.pid_exists(int(home.name)):
            embedded.remove(home)
            shutil.rmtree(home, ignore_errors=True)
