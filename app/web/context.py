"""What belongs to the request in hand: its id for log lines, its locale for numbers, its zone for times."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from app.people.audit import request_id
from app.web.locales import DEFAULT_LOCALE, UTC_ZONE, Locale

__all__ = ["RequestIdFilter", "locale", "request_id", "time_zone"]

time_zone: ContextVar[ZoneInfo] = ContextVar("time_zone", default=UTC_ZONE)
locale: ContextVar[Locale] = ContextVar("locale", default=DEFAULT_LOCALE)


class RequestIdFilter(logging.Filter):
    """Puts `request_id` on every log record, so that a format string may name it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id and let every record pass."""
        record.request_id = request_id.get()
        return True
