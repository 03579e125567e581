"""Two questions of the machine: is the process alive, and may it have traffic?"""

from __future__ import annotations

import logging

from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.db import get_engine, ping
from app.errors import Unavailable
from app.migrations.api import SchemaBehind, SchemaNewer, require_served
from app.settings import DRAINING

router = APIRouter(include_in_schema=False)
logger = logging.getLogger(__name__)


@router.get("/health")
def health() -> JSONResponse:
    """Say that the process answers, and nothing else: no database, no disk."""
    return JSONResponse({"status": "ok"})


@router.get("/ready")
def ready() -> JSONResponse:
    """Say whether requests will work: database reachable, schema one we serve on, not told to leave."""
    reason = why_not_ready()
    body = {"status": "unavailable", "reason": reason} if reason else {"status": "ready"}
    return JSONResponse(body, status_code=503 if reason else 200, headers={"Cache-Control": "no-store"})


def why_not_ready() -> str:
    """Return what keeps requests from working, or nothing; where the database is goes to the log alone."""
    if DRAINING.exists():
        return "This process is leaving."
    try:
        ping()
        require_served(get_engine())
    except Unavailable as error:
        logger.warning("Not ready: %s", error)
        return "The database does not answer."
    except (SchemaBehind, SchemaNewer) as error:
        return str(error)
    return ""
