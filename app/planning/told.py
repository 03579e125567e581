"""Places and values of a scenario's document in the words of its forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Any

from app.planning.choices import choice_in_words
from app.planning.difference import BELOW
from app.planning.parts import PARTS, Field, Kind, Part
from app.planning.words import in_sentence, in_words, value_in_words


def said(part: Part, name: str, value: Any) -> str:
    """Return the value of a field as a line; a word of an enumeration as its form says it."""
    if isinstance(value, str) and part.kind(name) is Kind.CHOICE:
        known = {str(choice): choice for choice in part.choices(name)}
        return in_sentence(choice_in_words(known[value])) if value in known else value
    return value_in_words(value)


def row_said(part: Part, row: Mapping[str, Any]) -> str:
    """Return a whole row with what hangs below it as a line, as its form orders and calls its fields."""
    ordered = [*(field.name for field in part.fields if field.name in row), *row]
    return "; ".join(
        f"{part.labels.get(name) or in_words(name)}: {_held(part, name, row[name])}"
        for name in dict.fromkeys(ordered)
    )


def _held(part: Part, name: str, value: Any) -> str:
    if part.field(name) is not None:
        return said(part, name, value)
    below = next((each for each in _parts() if each.path == (*part.path, name)), None)
    if below is None or not isinstance(value, list):
        return value_in_words(value)
    return ", ".join(row_said(below, each) for each in value)


def part_at(place: str) -> tuple[Part, Field | None] | None:
    """Return the part that a difference speaks of, with the field unless it is a whole row.

    None where no part is there, such as the order of a list.
    """
    steps = place.split(BELOW)
    for part in _parts():
        path = [in_words(name) for name in part.path]
        # Names of rows stand between those of lists, and after the last unless there is but one row.
        named = steps[1 : 2 * len(path) - part.single : 2]
        row = [step for step in chain(*zip_longest(path, named)) if step is not None]
        if not part.path or steps[: len(row)] != row or len(named) != len(path) - part.single:
            continue
        if len(steps) == len(row):
            return part, None
        field = next((each for each in part.fields if in_words(each.name) == steps[len(row)]), None)
        if field is not None and len(steps) == len(row) + 1:
            return part, field
    return None


@lru_cache(maxsize=1)
def _parts() -> tuple[Part, ...]:
    return tuple(sorted(PARTS.values(), key=lambda part: -len(part.path)))
