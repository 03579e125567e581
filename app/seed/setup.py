"""What the setup scripts do: bring the schema up to date, put data in, say where the database stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import psycopg
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db import CannotConnect, Trouble, make_engine, raise_when_lost, wait_for_database
from app.errors import CalMinerError
from app.migrations import api
from app.people import links, mail
from app.seed.demo import documents, missing_demos, plant_demos
from app.seed.reference import SEEDS, Seed, missing, plant
from app.settings import get_settings

Say = Callable[[str], None]


class Exit(IntEnum):
    """How a setup script ends."""

    OK = 0
    USAGE = 2
    UNREACHABLE = 3
    AUTHENTICATION = 4
    SCHEMA_NEWER = 5
    LOCKED = 6
    NO_DATABASE = 7
    NO_RIGHT = 8
    SCHEMA_BEHIND = 9
    MIGRATION_FAILED = 10


TROUBLE_EXITS = {
    Trouble.UNREACHABLE: Exit.UNREACHABLE,
    Trouble.BUSY: Exit.UNREACHABLE,
    Trouble.AUTHENTICATION: Exit.AUTHENTICATION,
    Trouble.NO_DATABASE: Exit.NO_DATABASE,
    Trouble.NO_RIGHT: Exit.NO_RIGHT,
}
ERROR_EXITS: tuple[tuple[type[CalMinerError], Exit], ...] = (
    (api.SchemaNewer, Exit.SCHEMA_NEWER),
    (api.SchemaBehind, Exit.SCHEMA_BEHIND),
    (api.LockTimeout, Exit.LOCKED),
    (api.NoRight, Exit.NO_RIGHT),
    (api.MigrationFailed, Exit.MIGRATION_FAILED),
)
STATE_EXITS = {
    api.SchemaState.CURRENT: Exit.OK,
    api.SchemaState.EMPTY: Exit.SCHEMA_BEHIND,
    api.SchemaState.BEHIND: Exit.SCHEMA_BEHIND,
    api.SchemaState.NEWER: Exit.SCHEMA_NEWER,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a setup should do. Demo projects bring the reference data along that they need."""

    migrations: bool = False
    reference: bool = False
    demo: bool = False
    first_administrator: bool = False


def perform(
    wanted: Wanted,
    *,
    say: Say,
    complain: Say,
    dry_run: bool = False,
    status: bool = False,
    wait: float = 0,
    verbose: bool = False,
) -> Exit:
    """Do what is wanted, or only tell, a line for each thing; an error is one line and a code of its own.

    verbose: rows of reference data are named, not only counted.
    """
    try:
        engine = make_engine(get_settings())
        try:
            wait_for_database(wait, engine)
            return act(engine, wanted, say=say, dry_run=dry_run, status=status, verbose=verbose)
        except DBAPIError as error:
            raise_explained(error)
            raise
        finally:
            engine.dispose()
    except CalMinerError as error:
        complain(str(error))
        return exit_for(error)


def raise_explained(error: DBAPIError) -> None:
    """Raise an error that says what to do, where there is one for what the database refused."""
    raise_when_lost(error, get_settings())
    if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
        raise api.NoRight(str(error.orig).strip()) from error
    if api.is_lock_timeout(error):
        raise api.LockTimeout("a table that is in use") from error


def exit_for(error: CalMinerError) -> Exit:
    """Return the exit code for what went wrong; a setting that is not allowed counts as wrong usage."""
    if isinstance(error, CannotConnect):
        return TROUBLE_EXITS[error.trouble]
    return next((code for kind, code in ERROR_EXITS if isinstance(error, kind)), Exit.USAGE)


def act(engine: Engine, wanted: Wanted, *, say: Say, dry_run: bool, status: bool, verbose: bool) -> Exit:
    """Run one of the three: tell where the database stands, tell what would change, or change it."""
    if status:
        with engine.connect() as connection:
            return report(connection, say)
    if dry_run:
        with engine.connect() as connection:
            foresee(connection, wanted, say, verbose)
    else:
        with api.setup_lock(engine):
            carry_out(engine, wanted, say, verbose)
    return Exit.OK


def carry_out(engine: Engine, wanted: Wanted, say: Say, verbose: bool) -> None:
    """Migrate and seed while the setup lock is held; each part is a transaction of its own."""
    if wanted.migrations:
        for revision, what in migrated(engine):
            say(f"Applied revision {revision}: {what}.")
        say(f"The schema {get_settings().database_schema} is at revision {api.current(engine)}.")
    else:
        api.require_current(engine)
    if wanted.reference or wanted.demo:
        with engine.begin() as connection:
            lines = [counted(seed.name, "added", plant(connection, seed), verbose) for seed in SEEDS]
        for line in lines:
            say(line)
    if wanted.demo:
        with engine.begin() as connection:
            new = plant_demos(connection)
        say(counted("demo projects", "added", new))
    if wanted.first_administrator:
        with Session(engine) as session, session.begin():
            say(first_administrator(session))


def migrated(engine: Engine) -> Sequence[tuple[str, str]]:
    """Return the revisions that were applied; an error says what the database refused."""
    try:
        return api.upgrade(engine)
    except DBAPIError as error:
        raise_explained(error)
        raise api.MigrationFailed(error) from error


def first_administrator(session: Session) -> str:
    """Return what to tell about the first administrator: where to begin, while there is none."""
    path = links.issue_for_first_administrator(session)
    if path is None:
        return "There is an administrator already."
    return f"First administrator: open this address once, within 7 days: {mail.address_of(path)}"


def foresee(connection: Connection, wanted: Wanted, say: Say, verbose: bool) -> None:
    """Say what `carry_out` would change, reading only."""
    schema = get_settings().database_schema
    if wanted.migrations:
        if connection.scalar(select(func.to_regnamespace(schema))) is None:
            say(f"Would create the schema {schema}.")
        todo = api.pending(connection)
        for revision, what in todo:
            say(f"Would apply revision {revision}: {what}.")
        if not todo:
            say(f"The schema {schema} is at revision {api.head()}; there is nothing to apply.")
    else:
        api.require_current(connection)
    if wanted.reference or wanted.demo:
        for seed in SEEDS:
            say(counted(seed.name, "would be added", missing_keys(connection, seed), verbose))
    if wanted.demo:
        new = missing_demos(connection) if exists(connection, "projects") else list(documents())
        say(counted("demo projects", "would be added", new))
    if wanted.first_administrator:
        say("Would print a link for the first administrator, unless there is one.")


def report(connection: Connection, say: Say) -> Exit:
    """Say where the database stands."""
    settings = get_settings()
    state = api.schema_state(connection)
    say(f"Connected to {settings.database_place} as {settings.database_user}.")
    say(f"PostgreSQL {connection.scalar(text('SHOW server_version'))}.")
    at = api.current(connection) or "none"
    say(f"Schema {settings.database_schema}: {state.value}, at revision {at}, the code needs {api.head()}.")
    if state is api.SchemaState.CURRENT:
        for seed in SEEDS:
            rows = connection.scalar(select(func.count()).select_from(seed.table))
            say(f"{seed.name}: {rows} rows, {len(missing_keys(connection, seed))} to be seeded.")
        say(counted("demo projects", "to be seeded", missing_demos(connection)))
    elif state is not api.SchemaState.NEWER:
        say("Run: python scripts/setup_database.py --run-migrations")
    return STATE_EXITS[state]


def exists(connection: Connection, table: str) -> bool:
    """Say whether a table is there."""
    return connection.scalar(select(func.to_regclass(table))) is not None


def missing_keys(connection: Connection, seed: Seed) -> list[str]:
    """Return the keys that a seed would insert, all of them where its table is yet to be made."""
    known = None if exists(connection, seed.name) else ()
    return [str(row[seed.key]) for row in missing(connection, seed, known)]


def counted(what: str, done: str, keys: Sequence[str], verbose: bool = True) -> str:
    """Return a line such as `currencies: 2 added (EUR, USD).`, without the names unless verbose."""
    named = f" ({', '.join(keys)})" if verbose else ""
    return f"{what}: {len(keys)} {done}{named}." if keys else f"{what}: none {done}."
