"""What a worker does that was forked: the work of the command, in shorter intervals."""

from __future__ import annotations

from app.valuation import execute, partials
from app.worker.work import work

#: How often it writes its progress and looks for a cancellation, and how soon it shows figures [seconds].
BEAT_SECONDS = 0.05
PAUSE_SECONDS = 0.2


def work_in_short_intervals() -> None:
    """Work until SIGTERM or SIGINT, as `python -m app.worker` does."""
    execute.BEAT_SECONDS = BEAT_SECONDS
    partials.PAUSE_SECONDS = PAUSE_SECONDS
    work()
