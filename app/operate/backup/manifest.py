"""The paper that goes with a dump: what it was made of, and how to recognise it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from app.operate.backup.census import Census

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
#: How each dump in PostgreSQL's custom format begins.
MAGIC = b"PGDMP"
_CHUNK = 1 << 20


class Unreadable(ValueError):
    """The manifest is not one, or not what was written."""


@dataclass(frozen=True, slots=True)
class Dump:
    """The file beside the manifest."""

    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Self:
        """Weigh and hash a file."""
        digest = hashlib.sha256()
        with path.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                digest.update(chunk)
        return cls(path.stat().st_size, digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything known about a set when it was made."""

    identifier: str
    made_at: str
    seconds: float
    application: str
    database: str
    schema: str
    tool: str
    dump: Dump
    census: Census

    def write(self, folder: Path) -> None:
        """Write it, with a digest of itself, so that it is there whole or not at all."""
        body = {"format": FORMAT, **asdict(self)}
        text = json.dumps({**body, "digest": _digest(body)}, indent=1, sort_keys=True) + "\n"
        draft = folder / f"{MANIFEST}.new"
        draft.write_text(text, encoding="utf-8")
        draft.replace(folder / MANIFEST)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read it; raises `Unreadable` with the reason."""
        try:
            body = _checked(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
            body["dump"] = Dump(**body["dump"])
            body["census"] = Census.from_document(body["census"])
            return cls(**body)
        except FileNotFoundError:
            raise Unreadable("there is no manifest") from None
        except Unreadable:
            raise
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unreadable(f"the manifest cannot be read: {type(error).__name__}") from error


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    stated = body.pop("digest")
    if stated != _digest(body):
        raise Unreadable("the manifest was changed after it was written")
    if body.pop("format") != FORMAT:
        raise Unreadable("the manifest is of another version of CalMiner")
    return body


def _digest(body: dict[str, Any]) -> str:
    plain = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
