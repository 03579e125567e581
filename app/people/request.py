"""Which request something belongs to; knows no table, so that a command without any loads none."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

NO_REQUEST = "-"
#: The id of the request in hand, for log lines and for the record.
request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)


def new_request_id() -> str:
    """Return an id for a request that brings none, and for a command of an operator."""
    return secrets.token_hex(8)


@contextmanager
def on_behalf_of(request: str) -> Iterator[None]:
    """Let log lines and acts in the block name this request, long after it was answered."""
    token = request_id.set(request)
    try:
        yield
    finally:
        request_id.reset(token)
