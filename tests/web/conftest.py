"""The application without its database, and with a few routes that go wrong on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import PlainTextResponse, Response
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field

from app import errors
from app.db import get_engine
from app.engine.kinds import RoleName
from app.factory import create_app
from app.people.identity import Identity
from app.settings import get_settings
from app.web import context
from app.web.access import who_asks
from app.web.deps import FormDep, SessionDep
from app.web.flash import redirect
from app.web.locales import LOCALES

router = APIRouter()
#: Whom these pages are written for; the database that knows people is not there.
SOMEBODY = Identity(1, "Ada", "ada@mine.example", roles=frozenset({RoleName.ADMINISTRATOR}))

#: Raised by `/sample/raise/<name>`.
SAMPLES: dict[str, Exception] = {
    "NotFound": errors.NotFound("scenario", 12),
    "NotAllowed": errors.NotAllowed("Only editors may do this."),
    "Conflict": errors.Conflict(
        "Ada changed this.", theirs={"name": "<Base>", "since": date(2026, 7, 1)}, yours={"name": "<Mine>"}
    ),
    "InvalidInput": errors.InvalidInput(
        [
            errors.Problem("discount_rate", 108.0, "from 0 to 100 %"),
            errors.Problem("api_password", "hunter2", "at least 12 characters"),
            errors.Problem("note", "x" * 500, "at most 200 characters"),
            errors.Problem("mass", float("nan"), "a number"),
        ]
    ),
    "LimitExceeded": errors.LimitExceeded("At most 1,000,000 trials."),
    "Unavailable": errors.Unavailable("database calminer at db.internal:5432"),
    "Mistake": ZeroDivisionError("a secret detail"),
}


@router.get("/sample/raise/{name}")
@router.get("/api/sample/raise/{name}")
def raise_sample(name: str) -> None:
    raise SAMPLES[name]


class Sample(BaseModel):
    trials: int = Field(ge=100, le=1_000_000)
    name: str
    secret_word: int = 1


@router.post("/api/sample/body")
def read_body(body: Sample, page: Annotated[int, Query(ge=1)] = 1) -> dict[str, int]:
    return {"trials": body.trials, "page": page}


@router.post("/api/sample/raw")
async def read_raw(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


@router.post("/sample/form")
def read_form(request: Request, form: FormDep) -> Response:
    return (
        redirect(request, "/health", "Saved <b>well</b>.") if form["name"] else PlainTextResponse("no name")
    )


@router.get("/sample/{number}/page")
@router.get("/api/sample/{number}/page")
def numbered(number: int) -> dict[str, int]:
    return {"number": number}


@router.get("/sample/database")
def ask_database(session: SessionDep) -> None:
    session.connection()


@cache
def built(*, goes_wrong: bool) -> FastAPI:
    """The application, with the routes above or without, under the settings of the one fixture that asks.

    Built once in each process: a fresh one takes half a second to answer for the first time.
    """
    made = create_app()
    made.dependency_overrides[who_asks] = lambda: SOMEBODY
    if goes_wrong:
        made.include_router(router)
    return made


@pytest.fixture(scope="module")
def shell() -> Iterator[FastAPI]:
    """The application on a database that is not there."""
    settings = {"CALMINER_MAX_BODY_BYTES": "65536", "DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": "1"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        forget()
        yield built(goes_wrong=True)
        get_engine().dispose()
    forget()


@pytest.fixture
def web(shell: FastAPI) -> Iterator[TestClient]:
    """A browser of somebody in Britain, fresh for each test."""
    with TestClient(shell, follow_redirects=False, raise_server_exceptions=False) as client:
        client.headers["Accept"] = "text/html"
        client.headers["Accept-Language"] = "en-GB"
        yield client


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The application as production runs it."""
    monkeypatch.setenv("CALMINER_ENVIRONMENT", "production")
    monkeypatch.setenv("CALMINER_SECRET_KEY", "b1946ac92492d2347c6235b4d2611184-kmx")
    monkeypatch.setenv("DATABASE_PASSWORD", "b1946ac92492d2347c6235b4")
    forget()
    with TestClient(built(goes_wrong=False), follow_redirects=False) as client:
        yield client
    forget()


def forget() -> None:
    for cached in (get_settings, get_engine):
        cached.cache_clear()


@pytest.fixture
def german() -> Iterator[None]:
    """A reader who writes 1.234,5."""
    token = context.locale.set(LOCALES["de"])
    yield
    context.locale.reset(token)
