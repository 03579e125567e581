"""What belongs to the request in hand: its id, wanted in log lines, and its locale, wanted in numbers."""

from __future__ import annotations

import logging
from contextvars import ContextVar

from app.web.locales import DEFAULT_LOCALE, Locale

request_id: ContextVar[str] = ContextVar("request_id", default="-")
locale: ContextVar[Locale] = ContextVar("locale", default=DEFAULT_LOCALE)


class RequestIdFilter(logging.Filter):
    """Puts `request_id` on every log record, so that a format string may name it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id and let every record pass."""
        record.request_id = request_id.get()
        return True
