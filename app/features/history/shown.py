"""Differences as a page shows them: a row by period as the periods that changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.planning.difference import Difference
from app.planning.words import value_in_words

#: Up to this many changed periods are named one by one, counted from 0 as everywhere.
MOST_PERIODS = 6


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
    texts = [value_in_words(difference.before), value_in_words(difference.after)]
    differ: list[int] = []
    if before and len(before) == len(after):
        differ = [index for index, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    if 0 < len(differ) <= MOST_PERIODS:
        texts = [_by_period(values, differ) for values in (before, after)]
    return ShownDifference(difference.place, texts[0], texts[1], len(differ))


def _by_period(values: list[float], periods: list[int]) -> str:
    return "; ".join(f"period {index}: {value_in_words(values[index])}" for index in periods)


def _numbers(value: Any) -> list[float]:
    held = value.get("value") if isinstance(value, dict) else None
    return held if isinstance(held, list) else []
