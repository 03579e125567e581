"""A browser without a screen that asks an application in this process.

Starlette's own client goes nine times to and fro between two threads for each request, and begins a thread
for each browser; this one goes once, to a thread that stays. Everything else is as there.
"""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from functools import cache
from typing import Any, Self
from urllib.parse import unquote

from anyio.from_thread import BlockingPortal, start_blocking_portal
from httpx2 import BaseTransport, Request, Response
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

PORTS = {"http": 80, "https": 443}
#: Holds the thread with the event loop for as long as the process runs. Ended while threads still run: the
#: interpreter's own end would wait for ever for an answer of the thread that it stopped.
_running = ExitStack()
atexit.register(_running.close)


@cache
def _portal() -> BlockingPortal:
    return _running.enter_context(start_blocking_portal())


class Browser(TestClient):
    """Starlette's client, for an application that has nothing to do when it starts or ends."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        super().__init__(app, base_url=base_url, follow_redirects=False)
        self._transport = Transport(app)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Transport(BaseTransport):
    """Hands a request over and brings the whole response back; what the application raises is raised."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def handle_request(self, request: Request) -> Response:
        status, headers, body = _portal().call(self._answer, _scope(request), request.read())
        return Response(status, headers=headers, content=body, request=request)

    async def _answer(self, scope: dict[str, Any], body: bytes) -> tuple[int, Any, bytes]:
        received = iter([{"type": "http.request", "body": body}])
        sent: list[Message] = []

        async def receive() -> Message:
            return next(received, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return sent[0]["status"], sent[0]["headers"], b"" if scope["method"] == "HEAD" else content


def _scope(request: Request) -> dict[str, Any]:
    url = request.url
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": unquote(url.path),
        "raw_path": url.raw_path.split(b"?", 1)[0],
        "root_path": "",
        "scheme": url.scheme,
        "query_string": url.query,
        "headers": [(key.lower().encode(), value.encode()) for key, value in request.headers.multi_items()],
        "client": ("testclient", 50000),
        "server": (url.host, url.port or PORTS[url.scheme]),
        "extensions": {},
        "state": {},
    }
