"""Makes a set: one snapshot, counted here and dumped by the server's own program."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import psycopg

from app.operate.backup.agent import Agent
from app.operate.backup.census import take
from app.operate.backup.database import LIVE, SCRATCH, Server
from app.operate.backup.errors import Busy, NoSpace
from app.operate.backup.manifest import DUMP, Dump, Manifest
from app.operate.backup.sets import Store
from app.settings import Settings

logger = logging.getLogger(__name__)

#: A dump may grow by so much from one to the next before we would miss the space.
GROWTH = 1.5


@dataclass(frozen=True, slots=True)
class Vault:
    """The folder of sets, the agents beside it, and the servers they are about."""

    settings: Settings
    store: Store
    tools: Agent
    copier: Agent

    @classmethod
    def of(cls, settings: Settings, *, patience: float = 30.0) -> Self:
        """Return the one that the settings name."""
        root = settings.backup_dir
        tools, copier = (Agent(root / ".spool" / name, patience=patience) for name in ("tools", "copy"))
        return cls(settings, Store(root), tools, copier)

    @property
    def live(self) -> Server:
        """Return the server that people work on."""
        return Server(LIVE, self.settings)

    @property
    def scratch(self) -> Server:
        """Return the server that backups are tried on."""
        return Server(SCRATCH, self.settings)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Let one backup, verification or restore at a time use the folder; raises `Busy`."""
        path = self.store.root / ".lock"
        try:
            self.store.root.mkdir(parents=True, exist_ok=True)
            handle = path.open("w")
        except OSError as error:
            raise NoSpace(f"The folder {self.store.root} cannot be written: {error.strerror}.") from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(
                    "Another backup, verification or restore is running. Try again when it is done."
                ) from None
            yield


def make(vault: Vault, application: str, now: datetime | None = None) -> Manifest:
    """Make a set and return its manifest; the caller holds the lock.

    Raises:
        NoSpace: the free-space floor would be broken; nothing was written, no set was touched.
    """
    for name in vault.store.sweep():
        logger.warning("Removed what was left of the backup %s, which never came to an end.", name)
    settings = vault.settings
    begin = time.monotonic()
    with vault.live.connect(settings.database_name) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        census = take(connection, settings.database_schema)
        _refuse_full_disk(vault, census.bytes)
        snapshot = str((connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",))[0])
        identifier, folder = vault.store.begin(now or datetime.now(UTC))
        said = vault.tools.ask("dump", identifier, snapshot)
    manifest = Manifest(
        identifier=identifier,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(time.monotonic() - begin, 3),
        application=application,
        database=settings.database_name,
        schema=settings.database_schema,
        tool=said.splitlines()[0] if said else "",
        dump=_settled(folder / DUMP),
        census=census,
    )
    manifest.write(folder)
    vault.store.finish(identifier)
    return manifest


def _refuse_full_disk(vault: Vault, database: int) -> None:
    """Raise `NoSpace` unless the next dump fits and leaves the floor free."""
    last = [path.stat().st_size for path in sorted(vault.store.sets.glob(f"*Z/{DUMP}"))[-1:]]
    need = int(last[0] * GROWTH) if last else database
    floor, free = vault.settings.backup_free_bytes, vault.store.free()
    if free < floor + need:
        raise NoSpace(
            f"{free >> 20} MiB are free in {vault.store.root}, and a backup needs {need >> 20} MiB with "
            f"{floor >> 20} MiB to stay free (CALMINER_BACKUP_FREE_BYTES). Nothing was deleted to make room."
        )


def _settled(path: Path) -> Dump:
    """Bring the dump onto the disk before anybody relies on it."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
    return Dump.of(path)
