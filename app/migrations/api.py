"""The one path to the schema: where the database stands, and how it gets to where the code wants it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, column, select, table, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.errors import CalMinerError, Unavailable
from app.settings import get_settings

VERSION_TABLE = "alembic_version"
#: A revision that takes something away names, in a variable of this name, the oldest revision whose code
#: works with what is left. One that only adds names nothing.
SERVES_FROM = "serves_from"
LOCK_TIMEOUT_SECONDS = 3
LOCK_ATTEMPTS = 20
#: Characters of a refused statement that a message holds.
MOST_SAID = 200
PAUSE_SECONDS = 0.2


class SchemaState(StrEnum):
    """How the schema in the database relates to the one that this code was written for."""

    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    NEWER = "newer"


class SchemaNewer(CalMinerError):
    """The database was migrated by a later version of CalMiner than this one."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The database is at revision {found}, which this version of CalMiner does not know; "
            f"its newest is {head()}. "
            "Start the version that made it, or restore a backup made before the upgrade."
        )


class SchemaBehind(CalMinerError):
    """The database lacks revisions that this code needs."""

    def __init__(self, found: str | None) -> None:
        super().__init__(
            f"The database is at revision {found or 'none'}, the code needs {head()}. "
            "Run: python scripts/setup_database.py --run-migrations"
        )


class LockTimeout(Unavailable):
    """Somebody else held the lock, or a table, for longer than we waited."""

    def __init__(self, waited_for: str) -> None:
        super().__init__(
            f"Waited {LOCK_ATTEMPTS * LOCK_TIMEOUT_SECONDS} s for {waited_for} and gave up. "
            "Another setup is running or a long transaction is open; see pg_stat_activity, then try again."
        )


class NoRight(CalMinerError):
    """The database role may not do what the setup needs."""

    def __init__(self, said: str) -> None:
        settings = get_settings()
        super().__init__(
            f"The role {settings.database_user} lacks a right: {said}. As the owner of the database, run: "
            f"GRANT CREATE ON DATABASE {settings.database_name} TO {settings.database_user}; "
            f"GRANT ALL ON SCHEMA {settings.database_schema} TO {settings.database_user};"
        )


class MigrationFailed(CalMinerError):
    """The database refused a step of a migration."""

    def __init__(self, error: DBAPIError) -> None:
        said = str(error.orig).strip().partition("\n")[0]
        statement = " ".join((error.statement or "").split())
        super().__init__(
            f"The database refused a step of the migration and kept nothing of it: {said} "
            f"(in: {statement[:MOST_SAID]})"
        )


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, made here so that no file holds an address or a password."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.attributes["connection"] = connection
    return made


@lru_cache(maxsize=1)
def _revisions() -> tuple[tuple[str, str], ...]:
    walked = ScriptDirectory.from_config(config()).walk_revisions()
    return tuple((script.revision, (script.doc or "").rstrip(".")) for script in reversed(list(walked)))


def revisions() -> tuple[tuple[str, str], ...]:
    """Return every revision as (identifier, what it does), oldest first."""
    return _revisions()


@lru_cache(maxsize=1)
def oldest_code() -> str:
    """Return the oldest revision whose code still works on the schema that this code was written for."""
    script = ScriptDirectory.from_config(config())
    named = (getattr(found.module, SERVES_FROM, None) for found in script.walk_revisions())
    return next((revision for revision in named if revision), revisions()[0][0])


def recorded_oldest_code(connection: Connection) -> str | None:
    """Return the oldest code that works on this database, as the upgrade that made its schema wrote it there.

    None where the schema was changed since by something that wrote nothing.
    """
    at = current(connection)
    if at is None:
        return None
    statement = text("SELECT obj_description(to_regclass(:table), 'pg_class')")
    written = str(connection.execute(statement, {"table": VERSION_TABLE}).scalar())
    oldest, _, written_at = written.partition("..")
    return oldest if written_at == at else None


def serves(bind: Engine | Connection) -> bool:
    """Say whether this code works on the database: at its own schema, or at a later one that kept its needs.

    While an upgrade runs, the schema is a release ahead of the code that still serves.
    """
    if isinstance(bind, Engine):
        with bind.connect() as connection:
            return serves(connection)
    state = schema_state(bind)
    known = {revision for revision, _ in revisions()}
    return state is SchemaState.CURRENT or (
        state is SchemaState.NEWER and recorded_oldest_code(bind) in known
    )


def require_served(bind: Engine | Connection) -> None:
    """Raise `SchemaBehind` or `SchemaNewer` unless requests will work on this schema."""
    if not serves(bind):
        require_current(bind)


def head() -> str:
    """Return the revision that this code was written for."""
    return revisions()[-1][0]


def current(bind: Engine | Connection) -> str | None:
    """Return the revision that the database is at, None where nothing was migrated yet."""
    if isinstance(bind, Engine):
        with bind.connect() as connection:
            return current(connection)
    present = bind.execute(text("SELECT to_regclass(:table) IS NOT NULL"), {"table": VERSION_TABLE}).scalar()
    if not present:
        return None
    return bind.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar()


def pending(bind: Engine | Connection) -> tuple[tuple[str, str], ...]:
    """Return the revisions still to apply, oldest first; raises `SchemaNewer` for an unknown one."""
    known = [revision for revision, _ in revisions()]
    at = current(bind)
    if at is None:
        return revisions()
    if at not in known:
        raise SchemaNewer(at)
    return revisions()[known.index(at) + 1 :]


def schema_state(bind: Engine | Connection) -> SchemaState:
    """Return how the database's schema relates to this code."""
    at = current(bind)
    if at is None:
        return SchemaState.EMPTY
    if at not in {revision for revision, _ in revisions()}:
        return SchemaState.NEWER
    return SchemaState.CURRENT if at == head() else SchemaState.BEHIND


def require_current(bind: Engine | Connection) -> None:
    """Raise `SchemaBehind` or `SchemaNewer` unless the schema is the one that this code needs."""
    if schema_state(bind) is not SchemaState.CURRENT and pending(bind):
        raise SchemaBehind(current(bind))


def create_schema(connection: Connection, schema: str) -> bool:
    """Create the schema of the settings where it is missing; say whether it was."""
    there = connection.execute(
        text("SELECT to_regnamespace(:schema) IS NOT NULL"), {"schema": schema}
    ).scalar()
    if not there:
        connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    return not there


def run_script(connection: Connection, script: str) -> None:
    """Run several statements as they stand, `%` and `:` included, inside the connection's transaction."""
    connection.exec_driver_sql(script, execution_options={"no_parameters": True})


@contextmanager
def setup_lock(engine: Engine) -> Iterator[None]:
    """Hold the lock of everyone who changes the schema or seeds; raises `LockTimeout`.

    The lock belongs to a connection of its own, so it goes with a killed process.
    """
    key = {"key": f"calminer setup {get_settings().database_schema}"}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'"))
        for _ in range(LOCK_ATTEMPTS):
            if _taken(connection, "SELECT pg_advisory_lock(hashtextextended(:key, 0))", key):
                break
        else:
            raise LockTimeout("the setup lock")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:key, 0))"), key)
            connection.execute(text("RESET lock_timeout"))


def _taken(connection: Connection, statement: str, key: dict[str, str]) -> bool:
    try:
        connection.execute(text(statement), key)
    except OperationalError as error:
        if is_lock_timeout(error):
            return False
        raise
    return True


def is_lock_timeout(error: DBAPIError) -> bool:
    """Say whether a statement gave up waiting for somebody else's lock."""
    return isinstance(error.orig, psycopg.errors.LockNotAvailable)


def upgrade(engine: Engine) -> tuple[tuple[str, str], ...]:
    """Apply what is pending and return it, all of it or nothing; the caller holds `setup_lock`.

    A table that a running application holds is waited for in short turns, so that nobody queues behind us.
    """
    for _ in range(LOCK_ATTEMPTS):
        try:
            with engine.begin() as connection:
                connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'"))
                todo = pending(connection)
                create_schema(connection, get_settings().database_schema)
                if todo:
                    command.upgrade(config(connection), "head")
                record_oldest_code(connection)
        except OperationalError as error:
            if not is_lock_timeout(error):
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return todo
    raise LockTimeout("a table that is in use")


def record_oldest_code(connection: Connection) -> None:
    """Write into the database how old the code may be that serves on it; a backup carries it along."""
    if recorded_oldest_code(connection) != oldest_code():
        connection.execute(text(f"COMMENT ON TABLE {VERSION_TABLE} IS '{oldest_code()}..{head()}'"))


def downgrade(engine: Engine, revision: str) -> None:
    """Take revisions back to `revision`, all of them with `base`; the caller holds `setup_lock`."""
    with engine.begin() as connection:
        command.downgrade(config(connection), revision)
