"""Two questions of the machine: is the process alive, and may it have traffic?"""

from __future__ import annotations

import logging

import anyio
from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.db import get_engine_aside, ping
from app.errors import Unavailable
from app.migrations.api import SchemaBehind, SchemaNewer, require_served
from app.settings import DRAINING

router = APIRouter(include_in_schema=False)
logger = logging.getLogger(__name__)


@router.get("/health")
def health() -> JSONResponse:
    """Say that the process answers, and nothing else: no database, no disk."""
    return JSONResponse({"status": "ok"})


#: Threads that no other request gets: a proxy takes whoever answers late for gone, and busy is not gone.
_THREADS = anyio.CapacityLimiter(2)


@router.get("/ready")
async def ready() -> JSONResponse:
    """Say whether requests will work: database reachable, schema one we serve on, not told to leave."""
    reason = await anyio.to_thread.run_sync(why_not_ready, limiter=_THREADS)
    body = {"status": "unavailable", "reason": reason} if reason else {"status": "ready"}
    return JSONResponse(body, status_code=503 if reason else 200, headers={"Cache-Control": "no-store"})


def why_not_ready() -> str:
    """Return what keeps requests from working, or nothing; where the database is goes to the log alone."""
    if DRAINING.exists():
        return "This process is leaving."
    try:
        engine = get_engine_aside()
        ping(engine)
        require_served(engine)
    except Unavailable as error:
        logger.warning("Not ready: %s", error)
        return "The database does not answer."
    except (SchemaBehind, SchemaNewer) as error:
        return str(error)
    return ""
