"""Which sets may go. Only proven sets ever go, and never the newest of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.operate.backup.sets import BackupSet

#: Every set of the last two days stays, whatever else was made on these days: one before each upgrade, say.
RECENT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days, weeks and months to keep the last proven set of."""

    days: int
    weeks: int
    months: int


def _day(at: datetime) -> object:
    return at.date()


def _week(at: datetime) -> object:
    return at.isocalendar()[:2]


def _month(at: datetime) -> object:
    return (at.year, at.month)


def may_go(sets: Sequence[BackupSet], keep: Keep) -> list[BackupSet]:
    """Return the sets that no rule keeps, oldest first.

    Rules look at proven sets alone: one that is damaged or was never restored takes nobody's place. Those
    stay where they are, for a person to look at.
    """
    proven = sorted((one for one in sets if one.proven), key=lambda one: one.made_at)
    kept = {one.identifier for one in proven if proven[-1].made_at - one.made_at < RECENT}
    for count, period in ((keep.days, _day), (keep.weeks, _week), (keep.months, _month)):
        kept |= {one.identifier for one in _last_of_each(proven, count, period)}
    return [one for one in proven if one.identifier not in kept]


def _last_of_each(
    proven: Sequence[BackupSet], count: int, period: Callable[[datetime], object]
) -> list[BackupSet]:
    last = {period(one.made_at): one for one in proven}
    return list(last.values())[-count:] if count else []
