"""Proves a set: restored into a scratch database, counted, compared, dropped."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.operate.backup.census import Census, differences
from app.operate.backup.database import Server
from app.operate.backup.errors import AgentFailed, Damaged, NoBackup
from app.operate.backup.make import Vault
from app.operate.backup.manifest import Manifest
from app.operate.backup.sets import BackupSet

SCRATCH_NAME = "calminer_verify"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a verification found."""

    identifier: str
    rows: int
    tables: int
    seconds: float


def chosen(vault: Vault, identifier: str | None, *, proven: bool = False) -> BackupSet:
    """Return the set of that name, or the newest one; raises `NoBackup` or `Damaged`."""
    if identifier:
        found = vault.store.look(identifier)
    else:
        newest = (vault.store.look(name) for name in reversed(vault.store.identifiers()))
        candidates = (one for one in newest if one.proven or not proven)
        first = next(candidates, None)
        if first is None:
            which = "verified backup" if proven else "backup"
            raise NoBackup(f"There is no {which} in {vault.store.sets}. Make one: scripts/calminer backup")
        found = first
    if not found.whole:
        raise Damaged(found.identifier, found.reasons)
    return found


def verify(vault: Vault, identifier: str | None = None) -> Proof:
    """Restore a set on the scratch server and compare every table; the caller holds the lock.

    Raises:
        Damaged: it does not restore, or not to what it was made of. It loses its mark.
    """
    one = chosen(vault, identifier)
    manifest = manifest_of(one)
    refuse_other_major(manifest, vault.scratch)
    for stale in vault.scratch.names_like(SCRATCH_NAME):
        vault.scratch.drop(stale)
    begin = time.monotonic()
    try:
        found = restored(vault, one, vault.scratch, SCRATCH_NAME)
    finally:
        vault.scratch.drop(SCRATCH_NAME)
    seconds = round(time.monotonic() - begin, 3)
    vault.store.prove(
        one.identifier,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=seconds,
        rows=found.rows,
        server=found.server,
    )
    return Proof(one.identifier, found.rows, len(found.tables), seconds)


def restored(vault: Vault, one: BackupSet, server: Server, database: str) -> Census:
    """Restore a set into a new database and return its census; raises `Damaged` when it is not equal."""
    manifest = manifest_of(one)
    server.create(database)
    try:
        vault.tools.ask("restore", one.identifier, server.name, database)
    except AgentFailed as error:
        _fail(vault, one, [f"it does not restore: {error}"])
    found = server.census(database)
    reasons = list(differences(manifest.census, found))
    if reasons:
        _fail(vault, one, reasons)
    return found


def manifest_of(one: BackupSet) -> Manifest:
    """Return the manifest of a whole set; raises `Damaged` for any other."""
    if one.manifest is None:
        raise Damaged(one.identifier, one.reasons)
    return one.manifest


def refuse_other_major(manifest: Manifest, server: Server) -> None:
    """Raise `Damaged` where the server is older than the one that the dump was made on."""
    with server.connect("postgres") as connection:
        major = connection.info.server_version // 10000
    if manifest.census.major > major:
        raise Damaged(
            manifest.identifier,
            [f"it was made on PostgreSQL {manifest.census.major}, and the {server.name} server is {major}"],
        )


def _fail(vault: Vault, one: BackupSet, reasons: Sequence[str]) -> None:
    vault.store.disprove(one.identifier)
    raise Damaged(one.identifier, reasons)
