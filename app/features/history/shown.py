"""Differences as a page shows them: a row by period as the periods that changed."""

from __future__ import annotations

from dataclasses import dataclass

from app.planning.difference import Difference
from app.planning.words import changed_periods, pair_in_words


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """One line of the table of changes. periods: how many of a row differ, 0 where it is no row."""

    place: str
    before: str
    after: str
    periods: int


def shown(difference: Difference) -> ShownDifference:
    """Return a difference as its line."""
    before, after = pair_in_words(difference.before, difference.after)
    return ShownDifference(
        difference.place, before, after, len(changed_periods(difference.before, difference.after))
    )
