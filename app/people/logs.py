"""Log lines: every one names the request that it belongs to, in the web server and in the worker."""

from __future__ import annotations

import logging

from app.people.request import request_id

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"
#: Loggers of the web server with handlers of their own, which know nothing of requests.
SERVER_LOGGERS = ("uvicorn", "uvicorn.access")


class RequestIdFilter(logging.Filter):
    """Puts `request_id` on every log record, so that a format string may name it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id and let every record pass."""
        record.request_id = request_id.get()
        return True


def log_with_request_ids() -> None:
    """Write log lines with the id of their request, unless this process was told how already.

    The web server's own lines, one for each request among them, are written the same way.
    """
    if logging.getLogger().handlers:
        return
    handler = logging.StreamHandler()
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in SERVER_LOGGERS:
        server = logging.getLogger(name)
        server.handlers.clear()
        server.propagate = True
