"""Style sheets, scripts and pictures, at addresses that change with their content.

`/static/<version>/css/layout.css`: the version is a digest over all of `static/`, put into the path so that
the relative imports of scripts and style sheets carry it too. The current version may be kept for ever; any
other, or none, is served from the same files and asked for again each time, so that a page rendered before
an upgrade still finds its assets after it.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
PREFIX = "/static"
VERSION = re.compile(r"[0-9a-f]{12}")
FOR_EVER = "public, max-age=31536000, immutable"
SMALLEST_COMPRESSED = 1024


@lru_cache(maxsize=1)
def version() -> str:
    """Return the digest of everything under `static/`, computed once."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1024)
def asset(path: str) -> str:
    """Return the address of a file under `static/`; raises `FileNotFoundError` for one that is not there."""
    if not (STATIC / path).is_file():
        raise FileNotFoundError(f"static/{path}")
    return f"{PREFIX}/{version()}/{path}"


class VersionedFiles(StaticFiles):
    """Serves `static/`, with or without a version in front, and says how long it may be kept."""

    def __init__(self, *, keep: bool) -> None:
        super().__init__(directory=STATIC)
        self.keep = keep

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file; only the current version may be kept without asking again."""
        first, _, rest = path.replace(os.sep, "/").partition("/")
        versioned = VERSION.fullmatch(first) is not None
        response = await super().get_response(rest if versioned else path, scope)
        current = self.keep and first == version()
        response.headers["Cache-Control"] = FOR_EVER if current else "no-cache"
        return response


def static_files(*, keep: bool) -> ASGIApp:
    """Return the application that serves `static/`, compressed; pages are not, because they hold tokens."""
    return GZipMiddleware(VersionedFiles(keep=keep), minimum_size=SMALLEST_COMPRESSED)
