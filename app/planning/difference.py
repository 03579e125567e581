"""What differs between two states of a scenario, in places that a planner recognises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.planning.words import in_words

#: What tells the rows of a list apart, the first that they have.
NAMES = (
    *("name", "metal", "element", "line", "currency", "process", "source", "stockpile"),
    *("first", "day"),
)
#: Between the steps of a place.
BELOW = " › "
#: Second names, for rows that only two names tell apart.
SECOND = ("second", "equipment")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: where it is, and what stood there before and after; None is nothing."""

    place: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return every field in which two documents of a scenario differ, in the order of the later one."""
    return list(_objects("", before, after))


def as_json(found: Sequence[Difference]) -> list[dict[str, Any]]:
    """Return differences as a revision stores them."""
    return [asdict(difference) for difference in found]


def _objects(place: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for key in dict.fromkeys([*after, *before]):
        yield from _values(_below(place, in_words(key)), before.get(key), after.get(key))


def _values(place: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if _is_part(before) or _is_part(after):
        if before is None or after is None:
            yield Difference(place, before, after)
        else:
            yield from _objects(place, before, after)
    elif _is_list_of_parts(before) or _is_list_of_parts(after):
        yield from _lists(place, before or [], after or [])
    else:
        yield Difference(place, before, after)


def _lists(place: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    old, new = named(before), named(after)
    for name in dict.fromkeys([*new, *old]):
        yield from _values(_below(place, name), old.get(name), new.get(name))
    shared_before = [name for name in old if name in new]
    shared_after = [name for name in new if name in old]
    if shared_before != shared_after:
        yield Difference(_below(place, "order"), shared_before, shared_after)


def named(rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the rows of a list by what tells them apart; a repeated name gets a number."""
    found: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        first = next((str(row[key]) for key in NAMES if row.get(key)), "row")
        second = next((str(row[key]) for key in SECOND if row.get(key)), "")
        name = f"{first}, {second}" if second else first
        number, unique = 2, name
        while unique in found:
            unique, number = f"{name} ({number})", number + 1
        found[unique] = row
    return found


def _below(place: str, name: str) -> str:
    return f"{place}{BELOW}{name}" if place else name


def _is_part(value: Any) -> bool:
    """Say whether a value is a row of the model, and not a quantity or a distribution's numbers."""
    return (
        isinstance(value, dict)
        and any(isinstance(part, dict | list | str) for part in value.values())
        and ("unit" not in value or "value" not in value)
        and "x_unit" not in value
    )


def _is_list_of_parts(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(row, dict) for row in value)
        and ("count" not in value[0])
    )
