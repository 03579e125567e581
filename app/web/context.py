"""What belongs to the request in hand: its id for log lines, its locale for numbers, its zone for times."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.people.request import request_id
from app.web.locales import DEFAULT_LOCALE, UTC_ZONE, Locale

__all__ = ["locale", "request_id", "time_zone", "today"]

time_zone: ContextVar[ZoneInfo] = ContextVar("time_zone", default=UTC_ZONE)
locale: ContextVar[Locale] = ContextVar("locale", default=DEFAULT_LOCALE)


def today() -> date:
    """Return the day that it is where the reader is."""
    return datetime.now(time_zone.get()).date()
