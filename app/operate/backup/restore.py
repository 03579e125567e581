"""Brings a set back: into a new database that takes the name of the old one, which stays beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from psycopg import sql

from app.errors import Unavailable
from app.operate.backup.database import Server
from app.operate.backup.make import Vault
from app.operate.backup.verify import chosen, manifest_of, refuse_other_major, restored
from app.people.request import request_id

#: Names of databases beside the live one, before the time.
_INCOMING = "_restoring"
_ASIDE = "_before_"
_LEAVE_SECONDS = 30.0


class StillInUse(Unavailable):
    """Somebody is connected to the database that is to be replaced."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    identifier: str
    rows: int
    seconds: float
    kept_as: str | None


def restore(vault: Vault, identifier: str | None = None) -> Restored:
    """Restore a set, the newest proven one by default, and put it in the place of the live database.

    The live database is not touched before the restored one was compared with its manifest, and then it is
    renamed, not dropped. The caller holds the lock and has stopped the application.
    """
    one = chosen(vault, identifier, proven=identifier is None)
    live, name = vault.live, vault.settings.database_name
    refuse_other_major(manifest_of(one), live)
    begin = time.monotonic()
    incoming = f"{name}{_INCOMING}"
    live.drop(incoming)
    try:
        found = restored(vault, one, live, incoming)
        _note(vault, incoming, one.identifier)
        kept = _swap(live, name, incoming)
    except BaseException:
        live.drop(incoming)
        raise
    return Restored(one.identifier, found.rows, round(time.monotonic() - begin, 3), kept)


def _note(vault: Vault, database: str, identifier: str) -> None:
    """Write the restore to the record of the database that comes back, which ends where the set was made.

    A set of a database that was never set up has no record, and comes back all the same.
    """
    table = sql.Identifier(vault.settings.database_schema, "audit_events")
    statement = sql.SQL(
        "INSERT INTO {} (action, subject, subject_id, request_id) VALUES ('restored', 'backup', %s, %s)"
    ).format(table)
    with vault.live.connect(database) as connection:
        found = connection.execute("SELECT to_regclass(%s)", [table.as_string(connection)]).fetchone()
        if found and found[0] is not None:
            connection.execute(statement, [identifier, request_id.get()])


def set_aside(vault: Vault) -> list[str]:
    """Return the databases that restores left beside the live one."""
    return vault.live.names_like(f"{vault.settings.database_name}{_ASIDE}")


def discard_aside(vault: Vault) -> list[str]:
    """Drop them, which nothing brings back; return their names."""
    names = set_aside(vault)
    for name in names:
        vault.live.drop(name)
    return names


def _swap(live: Server, name: str, incoming: str) -> str | None:
    """Put the restored database in the place of the old one; either both names change or none."""
    if not live.exists(name):
        live.rename((incoming, name))
        return None
    aside = f"{name}{_ASIDE}{datetime.now(UTC):%Y%m%dt%H%M%S}"
    _patiently(lambda: live.rename((name, aside), (incoming, name)), name)
    return aside


def _patiently(act: Callable[[], None], name: str) -> None:
    """Wait for connections to go that are about to; raises `StillInUse`."""
    deadline = time.monotonic() + _LEAVE_SECONDS
    while True:
        try:
            return act()
        except psycopg.errors.ObjectInUse as error:
            if time.monotonic() > deadline:
                raise StillInUse(
                    f"Somebody is connected to {name}; it was left as it is. Stop the application first: "
                    "scripts/calminer down"
                ) from error
        time.sleep(0.2)
