"""What callers prove themselves with: the cookie of a sign-in, the header of an API token; and device marks.

`__Host-` makes a browser refuse the cookie from anywhere but this very host, over HTTPS, for every path.
Plain HTTP, for development on one machine, has to be asked for by a setting and uses names of its own.
"""

from __future__ import annotations

import re

from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.settings import get_settings
from app.web.signing import sign, unsign

BEARER = re.compile(r"bearer +(\S*)", re.IGNORECASE)
SIGN_IN = "calminer_session"
DEVICE = "calminer_device"
DEVICE_SECONDS = 365 * 24 * 3600


def _name(name: str) -> str:
    return name if get_settings().insecure_cookies else f"__Host-{name}"


def sign_in_secret(request: HTTPConnection) -> str:
    """Return the secret of the browser's sign-in, empty where it has none."""
    return request.cookies.get(_name(SIGN_IN), "")


def bearer_token(request: HTTPConnection) -> str | None:
    """Return the API token that a call under `/api` brings, None where it brings none.

    A call that brings one is judged by it alone, whatever cookies come along.
    """
    match = BEARER.fullmatch(request.headers.get("authorization", "").strip())
    return match[1] if match and request.url.path.startswith("/api/") else None


def remember_sign_in(response: Response, secret: str) -> None:
    """Give the browser its secret."""
    _set(response, SIGN_IN, secret, get_settings().session_hours * 3600)


def forget_sign_in(response: Response) -> None:
    """Take the secret away."""
    _set(response, SIGN_IN, "", 0)


def remember_device(response: Response, user_id: int) -> None:
    """Mark a browser as one in which this person has signed in."""
    _set(response, DEVICE, sign("device", user_id), DEVICE_SECONDS)


def device(request: HTTPConnection) -> tuple[str, int | None]:
    """Return the browser's mark, and whose it is when it is genuine."""
    mark = request.cookies.get(_name(DEVICE), "")
    owner = unsign("device", mark, DEVICE_SECONDS) if mark else None
    return mark, owner if isinstance(owner, int) else None


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        _name(name),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=not get_settings().insecure_cookies,
    )
