"""Turns away state-changing requests that another site started."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import NotAllowed
from app.web.cookies import bearer_token
from app.web.errors import answer

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class SameOrigin:
    """Lets an unsafe method pass only when the browser says it came from CalMiner's own pages.

    Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`. A caller that sends neither is no browser;
    it passes when it brings no cookie, because then it can act for nobody but itself. So does a caller with a
    token: no page of another site can make a browser send one, and where there is one, cookies do not count.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403, or pass the request on."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            request = Request(scope)
            if bearer_token(request) is None and not _own(request.headers):
                refusal = NotAllowed("This request was started by another site, so nothing was changed.")
                await answer(request, refusal)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _own(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    if origin is not None:
        # The scheme is left out: behind a proxy that ends TLS the application sees plain HTTP.
        return bool(origin) and urlsplit(origin).netloc == headers.get("host")
    return "cookie" not in headers
