"""Refuses request bodies that are larger than this installation accepts."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import LimitExceeded
from app.web.errors import answer
from app.web.formatting import number

#: A refused upload is still read up to this many times the limit: a browser that is cut off while it
#: sends shows a broken connection instead of the message.
DRAIN_FACTOR = 4


class BodyLimit:
    """Refuses by `Content-Length` before anything runs, and by counting where no length was announced."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413, or pass the request on with a counted body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdigit() and int(announced) > self.limit:
            await self._drain(receive)
            await answer(Request(scope), LimitExceeded(self.message()))(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                # FastAPI turns any other exception raised while a body is read into a 400.
                raise HTTPException(413, self.message())
            return message

        await self.app(scope, receive_counted, send)

    async def _drain(self, receive: Receive) -> None:
        read = 0
        while read <= self.limit * DRAIN_FACTOR:
            message = await receive()
            read += len(message.get("body", b""))
            if not message.get("more_body"):
                return

    def message(self) -> str:
        """Say what is allowed, in a unit that people use."""
        megabytes = number(self.limit / 1024**2, 3)
        return f"The request is larger than {megabytes} MB, the most that this installation accepts at once."
