"""What callers prove themselves with: the cookie of a sign-in, the header of an API token; and device marks.

`__Host-` makes a browser refuse the cookie from anywhere but this very host, over HTTPS, for every path.
Plain HTTP, for development on one machine, has to be asked for by a setting and uses names of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.settings import get_settings
from app.web.signing import sign, unsign

BEARER = re.compile(r"bearer +(\S*)", re.IGNORECASE)
SIGN_IN = "calminer_session"
DEVICE = "calminer_device"
HALFWAY = "calminer_halfway"
HALFWAY_SECONDS = 5 * 60
PROVIDER = "calminer_provider"
PROVIDER_SECONDS = 10 * 60
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


def remember_halfway(response: Response, user_id: int, there: str) -> None:
    """Note that this browser gave a person's password, and where they want to go, for a few minutes."""
    _set(response, HALFWAY, sign("halfway", [user_id, there]), HALFWAY_SECONDS)


def halfway(request: HTTPConnection) -> tuple[int, str] | None:
    """Return whose password this browser gave a moment ago, and where they want to go."""
    found = unsign("halfway", request.cookies.get(_name(HALFWAY), ""), HALFWAY_SECONDS)
    return (int(found[0]), str(found[1])) if isinstance(found, list) else None


def forget_halfway(response: Response) -> None:
    """Take that note away."""
    _set(response, HALFWAY, "", 0)


@dataclass(frozen=True, slots=True)
class ProviderTrip:
    """What a browser took along to the identity provider. connects: whose account, if any, it connects."""

    state: str
    nonce: str
    verifier: str
    there: str
    connects: int | None


def remember_provider_trip(
    response: Response, state: str, nonce: str, verifier: str, there: str, connects: int | None
) -> None:
    """Note what has to come back from the provider."""
    trip = sign("provider", [state, nonce, verifier, there, connects])
    _set(response, PROVIDER, trip, PROVIDER_SECONDS)


def provider_trip(request: HTTPConnection) -> ProviderTrip | None:
    """Return what this browser took along, while it counts."""
    found = unsign("provider", request.cookies.get(_name(PROVIDER), ""), PROVIDER_SECONDS)
    return ProviderTrip(*found) if isinstance(found, list) else None


def forget_provider_trip(response: Response) -> None:
    """Take that note away: it counts once."""
    _set(response, PROVIDER, "", 0)


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
