"""What every way to sign in shares: where a visitor comes from, is led to, and is given."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from app.people.entering import Entered, Visitor
from app.web.cookies import device, remember_device, remember_sign_in, sign_in_secret


def visitor(request: Request) -> Visitor:
    """Return where a request comes from.

    The address is the connection's own. Behind a proxy the server in front of the application is told whose
    `X-Forwarded-For` to believe; the application itself believes none.
    """
    mark, owner = device(request)
    return Visitor(
        address=request.client.host if request.client else "",
        browser=request.headers.get("user-agent", ""),
        device=mark,
        known_as=owner,
        replaces=sign_in_secret(request),
    )


def welcome(response: Response, entered: Entered) -> Response:
    """Give a browser the sign-in that was begun for it."""
    remember_sign_in(response, entered.secret)
    remember_device(response, entered.user_id)
    return response


def local_path(target: str) -> str:
    r"""Return where to go after signing in: a path of this site, and the start page for anything else.

    >>> local_path("/projects?page=2"), local_path("//evil.example"), local_path("https://evil.example/")
    ('/projects?page=2', '/', '/')
    >>> local_path("/\\evil.example"), local_path("/\t/evil.example")
    ('/', '/')
    """
    plain = target.isprintable() and "\\" not in target and " " not in target
    if not plain or not target.startswith("/") or target.startswith("//"):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target
