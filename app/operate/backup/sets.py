"""The folder of backups: which sets there are, which are whole, which were proven."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.operate.backup.errors import NoBackup
from app.operate.backup.manifest import DUMP, MAGIC, MANIFEST, Dump, Manifest, Unreadable

PROOF = "verified.json"
UNFINISHED = ".unfinished"
_STAMP = "%Y%m%dT%H%M%SZ"
_IDENTIFIER = re.compile(r"\d{8}T\d{6}Z")


@dataclass(frozen=True, slots=True)
class BackupSet:
    """One set, as it was found."""

    identifier: str
    folder: Path
    manifest: Manifest | None
    reasons: tuple[str, ...]
    proof: dict[str, Any] | None

    @property
    def made_at(self) -> datetime:
        """Return when it was begun."""
        return moment(self.identifier)

    @property
    def whole(self) -> bool:
        """Say whether every byte is as it was written."""
        return not self.reasons

    @property
    def proven(self) -> bool:
        """Say whether it is whole and was restored and compared."""
        return self.whole and self.proof is not None

    @property
    def state(self) -> str:
        """Return the one word for it."""
        return "verified" if self.proven else "not verified" if self.whole else "damaged"


class Store:
    """The folder that holds every set, newest last."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sets = root / "sets"

    def begin(self, now: datetime) -> tuple[str, Path]:
        """Return a new identifier and the folder to fill; `finish` makes a set of it."""
        identifier = now.astimezone(UTC).strftime(_STAMP)
        folder = self.sets / f"{identifier}{UNFINISHED}"
        self.sets.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o750)
        return identifier, folder

    def finish(self, identifier: str) -> Path:
        """Turn a filled folder into a set, in one step."""
        folder = self.sets / identifier
        (self.sets / f"{identifier}{UNFINISHED}").rename(folder)
        return folder

    def identifiers(self) -> list[str]:
        """Return every set's identifier, oldest first, without looking inside."""
        if not self.sets.is_dir():
            return []
        return sorted(path.name for path in self.sets.iterdir() if _IDENTIFIER.fullmatch(path.name))

    def unfinished(self) -> list[Path]:
        """Return what backups left that never came to an end."""
        return sorted(self.sets.glob(f"*{UNFINISHED}"))

    def sweep(self) -> list[str]:
        """Remove what never became a set; return the names. The caller holds the lock."""
        gone = self.unfinished()
        for folder in gone:
            shutil.rmtree(folder)
        return [folder.name.removesuffix(UNFINISHED) for folder in gone]

    def inspect(self) -> list[BackupSet]:
        """Look at every set, byte by byte, oldest first."""
        return [self.look(identifier) for identifier in self.identifiers()]

    def look(self, identifier: str) -> BackupSet:
        """Look at one set, byte by byte; raises `NoBackup`."""
        folder = self.folder(identifier)
        try:
            manifest = Manifest.read(folder)
        except Unreadable as error:
            return BackupSet(identifier, folder, None, (str(error),), None)
        reasons = tuple(_damage(folder, identifier, manifest))
        return BackupSet(identifier, folder, manifest, reasons, _proof(folder))

    def folder(self, identifier: str) -> Path:
        """Return the folder of a set; raises `NoBackup` for a name that is none."""
        if not _IDENTIFIER.fullmatch(identifier) or not (self.sets / identifier).is_dir():
            raise NoBackup(f"There is no backup {identifier}. List them: scripts/calminer backup --list")
        return self.sets / identifier

    def prove(self, identifier: str, **facts: Any) -> None:
        """Note that a set was restored and found equal; the note holds for this manifest and dump only."""
        folder = self.folder(identifier)
        draft = folder / f"{PROOF}.new"
        draft.write_text(
            json.dumps({"manifest": Dump.of(folder / MANIFEST).sha256, **facts}, indent=1, sort_keys=True)
            + "\n"
        )
        draft.replace(folder / PROOF)

    def marked(self, identifier: str) -> bool:
        """Say whether a set carries a mark, whatever became of its bytes since."""
        return (self.sets / identifier / PROOF).is_file()

    def disprove(self, identifier: str) -> None:
        """Take back the note: the set did not restore to what it was made of."""
        (self.folder(identifier) / PROOF).unlink(missing_ok=True)

    def delete(self, identifier: str) -> None:
        """Delete a set; a killed deletion leaves something that is no set."""
        doomed = self.sets / f"{identifier}{UNFINISHED}"
        self.folder(identifier).rename(doomed)
        shutil.rmtree(doomed)

    def free(self) -> int:
        """Return the free bytes of the disk."""
        self.root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free


def moment(identifier: str) -> datetime:
    """Return the time that an identifier names."""
    return datetime.strptime(identifier, _STAMP).replace(tzinfo=UTC)


def _damage(folder: Path, identifier: str, manifest: Manifest) -> Iterator[str]:
    if manifest.identifier != identifier:
        yield f"the manifest belongs to {manifest.identifier}"
    path = folder / DUMP
    try:
        with path.open("rb") as handle:
            begins = handle.read(len(MAGIC))
        found = Dump.of(path)
    except FileNotFoundError:
        yield "the dump is missing"
        return
    except OSError as error:
        yield f"the dump cannot be read: {error.strerror}"
        return
    if begins != MAGIC:
        yield "the dump is not one of PostgreSQL's custom format"
    if found.bytes != manifest.dump.bytes:
        yield f"the dump has {found.bytes} bytes instead of {manifest.dump.bytes}"
    elif found.sha256 != manifest.dump.sha256:
        yield "the dump's bytes are not the ones that were written"


def _proof(folder: Path) -> dict[str, Any] | None:
    try:
        proof = json.loads((folder / PROOF).read_text(encoding="utf-8"))
        return proof if proof["manifest"] == Dump.of(folder / MANIFEST).sha256 else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
