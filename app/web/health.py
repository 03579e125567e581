"""Two questions of the machine: is the process alive, and may it have traffic?"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.db import get_engine, ping
from app.errors import Unavailable

router = APIRouter(include_in_schema=False)
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


@router.get("/health")
def health() -> JSONResponse:
    """Say that the process answers, and nothing else: no database, no disk."""
    return JSONResponse({"status": "ok"})


@router.get("/ready")
def ready() -> JSONResponse:
    """Say whether requests will work: database reachable, schema at the code's revision."""
    try:
        reason = schema_mismatch()
    except Unavailable:
        reason = "the database does not answer"
    body = {"status": "unavailable", "reason": reason} if reason else {"status": "ready"}
    return JSONResponse(body, status_code=503 if reason else 200, headers={"Cache-Control": "no-store"})


def schema_mismatch() -> str:
    """Return how the database's schema differs from the one that this code needs; empty when it does not."""
    ping()
    with get_engine().connect() as connection:
        present = set(MigrationContext.configure(connection).get_current_heads())
    if present == wanted_heads():
        return ""
    return f"the schema is at {_names(present)}, this version needs {_names(wanted_heads())}"


@lru_cache(maxsize=1)
def wanted_heads() -> frozenset[str]:
    """Return the newest revision, of which there is one."""
    return frozenset(ScriptDirectory(str(MIGRATIONS)).get_heads())


def _names(revisions: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(revisions)) or "no revision"
