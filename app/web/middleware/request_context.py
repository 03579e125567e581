"""Gives every request an id and a locale."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.people.identity import identity
from app.people.request import new_request_id
from app.web import context
from app.web.locales import best_locale

HEADER = "X-Request-ID"
ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestContext:
    """Takes a sensible `X-Request-ID` from the caller or makes one, and sends it back on the response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the context for the inner application."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get(HEADER, "")
        identifier = given if ACCEPTED_ID.fullmatch(given) else new_request_id()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = identifier
            await send(message)

        id_token = context.request_id.set(identifier)
        locale_token = context.locale.set(best_locale(headers.get("accept-language", "")))
        zone_token = context.time_zone.set(context.time_zone.get())
        nobody = identity.set(None)
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            identity.reset(nobody)
            context.time_zone.reset(zone_token)
            context.request_id.reset(id_token)
            context.locale.reset(locale_token)
