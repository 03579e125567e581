"""What belongs to the request in hand: its id for log lines, its locale for numbers, its zone for times."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.people.audit import request_id
from app.web.locales import DEFAULT_LOCALE, UTC_ZONE, Locale

__all__ = ["RequestIdFilter", "locale", "log_with_request_ids", "request_id", "time_zone", "today"]

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"

time_zone: ContextVar[ZoneInfo] = ContextVar("time_zone", default=UTC_ZONE)
locale: ContextVar[Locale] = ContextVar("locale", default=DEFAULT_LOCALE)


def today() -> date:
    """Return the day that it is where the reader is."""
    return datetime.now(time_zone.get()).date()


class RequestIdFilter(logging.Filter):
    """Puts `request_id` on every log record, so that a format string may name it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id and let every record pass."""
        record.request_id = request_id.get()
        return True


def log_with_request_ids() -> None:
    """Write log lines with the id of their request, unless this process was told how already."""
    if logging.getLogger().handlers:
        return
    handler = logging.StreamHandler()
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
