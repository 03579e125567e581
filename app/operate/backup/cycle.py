"""One round of the backup service: make, prove, thin out; and when the next one is due."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from app.errors import CalMinerError
from app.operate.backup.make import Vault, make
from app.operate.backup.retention import Keep, may_go
from app.operate.backup.sets import BackupSet, moment
from app.operate.backup.verify import Proof, verify

logger = logging.getLogger(__name__)

#: After a failure the service tries again this often, however long the schedule is.
RETRY_SECONDS = 300.0
LOOK_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Thinned:
    """What thinning out did and found."""

    deleted: tuple[str, ...]
    damaged: tuple[BackupSet, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """A set that was made and proven, and what went to make room for it."""

    proof: Proof
    bytes: int
    seconds: float
    thinned: Thinned
    copy_trouble: str


def run_round(vault: Vault, application: str, now: datetime | None = None) -> Round:
    """Make a set, prove it, then thin out; nothing is deleted unless the new one was proven."""
    with vault.lock():
        manifest = make(vault, application, now)
        proof = verify(vault, manifest.identifier)
        thinned = thin_out(vault)
        return Round(proof, manifest.dump.bytes, manifest.seconds, thinned, copy(vault, proof.identifier))


def copy(vault: Vault, identifier: str) -> str:
    """Copy a proven set to the second place, where there is one; return what went wrong.

    The set here is as good without its copy, so trouble is reported and stops nothing.
    """
    settings = vault.settings
    if not settings.backup_copy:
        return ""
    keep = (settings.backup_keep_days, settings.backup_keep_weeks, settings.backup_keep_months)
    try:
        vault.copier.ask("copy", identifier)
        vault.copier.ask("thin", *map(str, keep))
    except CalMinerError as error:
        logger.error("No copy of %s: %s", identifier, error)  # noqa: TRY400 - what happened is in the message
        return str(error)
    return ""


def thin_out(vault: Vault) -> Thinned:
    """Delete the sets that no rule keeps; report the damaged ones. The caller holds the lock."""
    settings = vault.settings
    found = vault.store.inspect()
    keep = Keep(settings.backup_keep_days, settings.backup_keep_weeks, settings.backup_keep_months)
    gone = may_go(found, keep)
    for one in gone:
        vault.store.delete(one.identifier)
    damaged = tuple(one for one in found if not one.whole)
    for one in damaged:
        logger.error("The backup %s is damaged: %s.", one.identifier, "; ".join(one.reasons))
    return Thinned(tuple(one.identifier for one in gone), damaged)


def newest_proof(vault: Vault) -> datetime | None:
    """Return when the newest set was begun that carries a mark, without reading its dump again."""
    marked = (name for name in reversed(vault.store.identifiers()) if vault.store.marked(name))
    newest = next(marked, None)
    return moment(newest) if newest else None


def due(vault: Vault, now: datetime) -> bool:
    """Say whether the newest proven set is older than the schedule allows."""
    newest = newest_proof(vault)
    return newest is None or now - newest >= timedelta(minutes=vault.settings.backup_every_minutes)


def serve(vault: Vault, application: str, stopping: Callable[[], bool]) -> None:
    """Keep the schedule until told to stop; a failure is logged and tried again."""
    quiet_until = 0.0
    while not stopping():
        if time.monotonic() >= quiet_until and due(vault, datetime.now(UTC)):
            try:
                done = run_round(vault, application)
            except (CalMinerError, psycopg.Error, OSError) as error:
                logger.error("No backup: %s", error)  # noqa: TRY400 - what happened is in the message
                quiet_until = time.monotonic() + RETRY_SECONDS
            else:
                logger.info("Backup %s: %s rows proven.", done.proof.identifier, done.proof.rows)
        _pause(LOOK_SECONDS, stopping)


def _pause(seconds: float, stopping: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stopping():
        time.sleep(0.2)
