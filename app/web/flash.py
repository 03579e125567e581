"""Messages that survive one redirect: a signed cookie, read once, no script and no database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.web.signing import sign, unsign

COOKIE = "calminer_flash"
SECONDS = 60
LONGEST = 1000


class Tone(StrEnum):
    """How a message is meant; also the tone of badges and callouts."""

    GOOD = "good"
    INFO = "info"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Flash:
    """One message for the next page."""

    text: str
    tone: Tone = Tone.GOOD


def redirect(request: Request, to: str, text: str = "", tone: Tone = Tone.GOOD) -> RedirectResponse:
    """Answer a POST: `303` to a URL of this application, with a message for the page there."""
    response = RedirectResponse(to, status_code=303)
    if text:
        add(request, response, text, tone=tone)
    return response


def add(request: Request, response: Response, *texts: str, tone: Tone = Tone.GOOD) -> None:
    """Attach messages to a response that leads to another page."""
    payload = [[text[:LONGEST], tone.value] for text in texts]
    response.set_cookie(
        COOKIE,
        sign("flash", payload),
        max_age=SECONDS,
        httponly=True,
        samesite="lax",
        path="/",
        secure=request.url.scheme == "https",
    )


def read(request: Request) -> tuple[Flash, ...]:
    """Return the messages that this request brought along."""
    payload = unsign("flash", request.cookies.get(COOKIE, ""), SECONDS)
    if not isinstance(payload, list):
        return ()
    return tuple(Flash(str(text), Tone(tone)) for text, tone in payload)


def forget(request: Request, response: Response) -> None:
    """Drop the messages once they have been shown."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, path="/")
