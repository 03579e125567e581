"""From what went wrong to what the caller sees: one table, two forms (a page, or problem details in JSON)."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import exc as sqlalchemy_errors
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors
from app.db import CannotConnect, Trouble, raise_when_lost
from app.errors import Problem
from app.settings import get_settings
from app.web import context
from app.web.held import held_form
from app.web.navigation import Crumb
from app.web.templating import page

logger = logging.getLogger(__name__)

LONGEST_VALUE = 200
HIDDEN_FIELDS = ("password", "repeated", "secret", "token")
RETRY_SECONDS = "5"

#: Which status and title each domain error gets; the first class that matches counts.
DOMAIN_ERRORS: tuple[tuple[type[errors.CalMinerError], int, str], ...] = (
    (errors.NotFound, 404, "Not found"),
    (errors.NotSignedIn, 401, "Not signed in"),
    (errors.TooMany, 429, "Too many attempts"),
    (errors.NotAllowed, 403, "Not allowed"),
    (errors.Conflict, 409, "Somebody else changed this first"),
    (errors.InvalidInput, 422, "Some values are not allowed"),
    (errors.LimitExceeded, 413, "Larger than allowed"),
    (errors.Unavailable, 503, "Not available right now"),
)
#: What goes through that table, besides what is not foreseen at all.
PLAIN_ERRORS: tuple[type[Exception], ...] = (
    errors.CalMinerError,
    RequestValidationError,
    HTTPException,
    Exception,
)
#: What may mean that the database is gone, or cannot hold what was sent.
DATABASE_ERRORS: tuple[type[Exception], ...] = (
    UnicodeEncodeError,
    StaleDataError,
    sqlalchemy_errors.DBAPIError,
    sqlalchemy_errors.TimeoutError,
    psycopg.OperationalError,
)
#: What to say when a status comes from the framework, which has no more than its name.
FRAMEWORK_TEXTS = {
    404: ("Not found", "There is no page at this address."),
    405: ("Not possible here", "This address does not accept requests of this kind."),
    413: ("Larger than allowed", "The request is larger than this installation accepts."),
}
GONE = (
    "CalMiner cannot reach its database. What was saved is safe; what was just sent was not saved. "
    "Try again in a moment, and tell whoever runs this installation if it lasts."
)
FULL = (
    "The disk of the database is full, so nothing was saved of this request. What was saved before is safe. "
    "Whoever runs this installation has to free some space; then try again."
)
BROKEN_TITLE = "Something went wrong"
UNIQUE_VIOLATION = "23505"
TAKEN = "Something of that name was stored a moment ago, so nothing was saved. Choose another name."
OVERTAKEN = "Somebody saved this a moment before you, so nothing was saved. Reload and look at both."
UNSTORABLE = errors.InvalidInput(
    [Problem("value", None, "texts and numbers that can be stored: no sign of code 0, no halves of signs")]
)
BROKEN = "Something went wrong inside CalMiner. Nothing of this request was saved."


@dataclass(frozen=True, slots=True)
class Failure:
    """What is told about one failed request."""

    status: int
    title: str
    detail: str
    problems: Sequence[Problem] = ()
    theirs: Mapping[str, object] = field(default_factory=dict)
    yours: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    retry: str = "/"

    @property
    def rejected(self) -> list[Problem]:
        """The problems with values that may be repeated: secrets hidden, long values cut, plain JSON."""
        return [Problem(item.field, _repeatable(item), item.allowed) for item in self.problems]

    @property
    def changed(self) -> list[tuple[str, object, object, bool]]:
        """The two sides of a conflict: field, theirs, yours, and whether they differ."""
        names = dict.fromkeys([*self.theirs, *self.yours])
        return [
            (name, self.theirs.get(name), self.yours.get(name), self.theirs.get(name) != self.yours.get(name))
            for name in names
        ]


def failure_of(error: Exception) -> Failure:
    """Return what to tell about an exception."""
    match error:
        case CannotConnect(trouble=Trouble.DISK_FULL):
            return Failure(503, "No room to save", FULL, headers={"Retry-After": RETRY_SECONDS})
        case errors.Unavailable():
            return Failure(503, "Not available right now", GONE, headers={"Retry-After": RETRY_SECONDS})
        case errors.CalMinerError():
            return _domain(error)
        case RequestValidationError():
            problems = [_from_pydantic(item) for item in error.errors()]
            return Failure(422, "Some values are not allowed", _named(problems), problems)
        case HTTPException():
            return _framework(error)
        case _:
            return Failure(500, BROKEN_TITLE, BROKEN)


def _domain(error: errors.CalMinerError) -> Failure:
    status, title = next(
        ((status, title) for kind, status, title in DOMAIN_ERRORS if isinstance(error, kind)),
        (500, BROKEN_TITLE),
    )
    match error:
        case errors.Conflict():
            return Failure(status, title, str(error), theirs=error.theirs, yours=error.yours)
        case errors.InvalidInput():
            return Failure(status, title, _named(error.problems), error.problems)
        case errors.NotSignedIn():
            return Failure(status, title, str(error), headers={"WWW-Authenticate": "Bearer"})
        case errors.TooMany():
            return Failure(status, title, str(error), headers={"Retry-After": str(error.seconds)})
        case _:
            return Failure(status, title, BROKEN if status == 500 else str(error))


def _framework(error: HTTPException) -> Failure:
    phrase = HTTPStatus(error.status_code).phrase
    title, text = FRAMEWORK_TEXTS.get(error.status_code, (phrase, phrase))
    own_words = error.detail not in {phrase, "", None}
    return Failure(
        error.status_code, title, str(error.detail) if own_words else text, headers=error.headers or {}
    )


def _from_pydantic(item: Mapping[str, Any]) -> Problem:
    place = [str(part) for part in item["loc"]]
    name = ".".join(place[1:] if place[0] in {"body", "query", "path", "header", "cookie"} else place)
    value = None if item["type"] == "missing" else item.get("input")
    return Problem(name or place[0], value, str(item["msg"]).removeprefix("Value error, "))


def _named(problems: Sequence[Problem]) -> str:
    names = ", ".join(dict.fromkeys(problem.field for problem in problems))
    return f"Nothing was changed. Mend: {names}."


def prefers_json(request: Request) -> bool:
    """Say whether the caller wants JSON: anything under `/api`, or an `Accept` that ranks it above HTML."""
    if request.url.path.startswith("/api/") or request.url.path == "/api":
        return True
    weights = {"json": 0.0, "html": 0.0}
    for part in request.headers.get("accept", "").lower().split(",")[:20]:
        media, _, parameters = part.strip().partition(";")
        kind = {"text/html": "html", "application/json": "json", "application/problem+json": "json"}.get(
            media
        )
        if kind:
            quality = parameters.strip().removeprefix("q=")
            weights[kind] = max(weights[kind], float(quality) if _is_quality(quality) else 1.0)
    return weights["json"] > weights["html"]


def _is_quality(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def answer(request: Request, error: Exception) -> Response:
    """Return the page or the problem details for an exception."""
    failure = replace(failure_of(error), retry=_back(request))
    if failure.status >= 500:
        logger.error("%s %s failed: %s", request.method, request.url.path, error)
    if prefers_json(request):
        return problem_details(request, failure)
    if failure.status == 401 and _wants_page(request):
        return to_sign_in(request)
    if failure.status == 422 and _only_path(error):
        failure = Failure(404, *FRAMEWORK_TEXTS[404])
    template = "errors/conflict.html" if failure.theirs or failure.yours else "errors/error.html"
    if failure.status >= 500:
        template = "errors/plain.html"
    home = Crumb("Dashboard", str(request.app.url_path_for("dashboard")))
    crumbs = (home, Crumb(failure.title))
    return page(request, template, failure, crumbs=crumbs, status=failure.status, headers=failure.headers)


def _wants_page(request: Request) -> bool:
    """A browser on its way to a page; a script that exchanges a part of one says that it is not."""
    return request.method == "GET" and request.headers.get("sec-fetch-dest", "document") == "document"


def to_sign_in(request: Request) -> Response:
    """Lead to the sign-in page, and from there back to here."""
    here = urlencode({"next": request.url.path + (f"?{request.url.query}" if request.url.query else "")})
    return RedirectResponse(f"{request.app.url_path_for('sign_in')}?{here}", status_code=303)


def _back(request: Request) -> str:
    """Return the page that the request came from: itself, or for a form the page that held it."""
    page = urlsplit(request.headers.get("referer", ""))
    if request.method == "GET":
        page = urlsplit(str(request.url))
    elif page.netloc != request.headers.get("host"):
        return "/"
    # One leading slash: two would name another host.
    return f"/{page.path.lstrip('/')}" + (f"?{page.query}" if page.query else "")


def _only_path(error: Exception) -> bool:
    """A page whose address holds no valid id does not exist; only a form can hold a wrong value."""
    return isinstance(error, RequestValidationError) and all(
        item["loc"][0] == "path" for item in error.errors()
    )


def problem_details(request: Request, failure: Failure) -> JSONResponse:
    """Return RFC 9457 problem details; each rejected value names its field and what is allowed."""
    body: dict[str, object] = {
        "type": f"urn:calminer:problem:{HTTPStatus(failure.status).name.lower().replace('_', '-')}",
        "title": failure.title,
        "status": failure.status,
        "detail": failure.detail,
        "instance": request.url.path,
        "request_id": context.request_id.get(),
        "errors": [
            {"field": item.field, "value": item.value, "allowed": item.allowed} for item in failure.rejected
        ],
    }
    if failure.theirs or failure.yours:
        body["theirs"] = {name: _plain(value) for name, value in failure.theirs.items()}
        body["yours"] = {name: _plain(value) for name, value in failure.yours.items()}
    return JSONResponse(
        body, status_code=failure.status, headers=dict(failure.headers), media_type="application/problem+json"
    )


def _repeatable(problem: Problem) -> object:
    if any(word in problem.field.lower() for word in HIDDEN_FIELDS):
        return "(hidden)"
    return _plain(problem.value)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


async def _handle(request: Request, error: Exception) -> Response:
    if isinstance(error, errors.CalMinerError) and not prefers_json(request):
        held = await held_form(request, error)
        if held is not None:
            told = failure_of(error)
            crumbs = (Crumb("Dashboard", str(request.app.url_path_for("dashboard"))), Crumb(held.title))
            return page(
                request, "errors/held.html", held, crumbs=crumbs, status=told.status, headers=told.headers
            )
    return answer(request, error)


async def _handle_database(request: Request, error: Exception) -> Response:
    """Answer 503 when the connection is gone and 409 when somebody was faster by a moment.

    Any other database error is a mistake of ours and stays one.
    """
    match error:
        case sqlalchemy_errors.DBAPIError():
            try:
                raise_when_lost(error, get_settings())
            except errors.Unavailable as gone:
                return answer(request, gone)
            if getattr(error.orig, "sqlstate", "") == UNIQUE_VIOLATION:
                return answer(request, HTTPException(409, TAKEN))
            if isinstance(error.orig, psycopg.DataError):
                return answer(request, UNSTORABLE)
            raise error
        case UnicodeEncodeError():
            return answer(request, UNSTORABLE)
        case StaleDataError():
            return answer(request, HTTPException(409, OVERTAKEN))
        case _:
            return answer(request, errors.Unavailable(str(error)))


def install(app: FastAPI) -> None:
    """Register the handlers, framework errors included."""
    for kind in PLAIN_ERRORS:
        app.add_exception_handler(kind, _handle)
    for kind in DATABASE_ERRORS:
        app.add_exception_handler(kind, _handle_database)
