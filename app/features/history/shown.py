"""Differences as a page shows them: a row by period as the periods that changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.planning.difference import Difference
from app.planning.words import value_in_words


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """One line of the table of changes. periods: how many of a row differ, 0 where it is no row."""

    place: str
    before: str
    after: str
    periods: int


def shown(difference: Difference) -> ShownDifference:
    """Return a difference as its line."""
    before, after = _numbers(difference.before), _numbers(difference.after)
    differ = 0
    if before and len(before) == len(after) > 1:
        differ = sum(left != right for left, right in zip(before, after, strict=True))
    return ShownDifference(
        difference.place, value_in_words(difference.before), value_in_words(difference.after), differ
    )


def _numbers(value: Any) -> list[float]:
    held = value.get("value") if isinstance(value, dict) else None
    return held if isinstance(held, list) else []
