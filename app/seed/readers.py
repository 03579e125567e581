"""How each kind of field is read from a document, and what is said when it cannot be."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from datetime import date
from math import inf
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Double, Text
from sqlalchemy.dialects.postgresql import JSONB

from app.engine.kinds import PeriodLength
from app.models import Curve, Entered, PeriodRun, Row, Single
from app.models.base import Choice
from app.models.scenario import PeriodRuns

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL cannot hold in a text."""
LARGEST = sys.float_info.max
LARGEST_WHOLE = 2**63
WITHOUT_END = "infinite"
"""How a document, in which JSON has no infinity, writes the last x of a curve."""


class Rejected(Exception):
    """A value that a field cannot hold; the text says what is allowed."""


def number(value: object) -> float:
    """Return a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST:
        raise Rejected("it must be a number")
    return float(value)


def whole(value: object) -> int:
    """Return a whole number."""
    if isinstance(value, bool) or not isinstance(value, int) or not -LARGEST_WHOLE < value < LARGEST_WHOLE:
        raise Rejected("it must be a whole number")
    return value


def words(value: object) -> str:
    """Return text."""
    if not isinstance(value, str):
        raise Rejected("it must be text")
    if UNSTORABLE.search(value):
        raise Rejected("it must be text without the sign of code 0 and halves of signs")
    return value


def flag(value: object) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise Rejected("it must be true or false")
    return value


def day(value: object) -> date:
    """Return a date."""
    try:
        return date.fromisoformat(words(value))
    except ValueError as error:
        raise Rejected("it must be a date such as 2026-01-31") from error


def mapping(value: object) -> dict[str, Any]:
    """Return an object as it is."""
    if not isinstance(value, Mapping):
        raise Rejected("it must be an object")
    storable(value)
    return dict(value)


def storable(value: object) -> None:
    """Raise `Rejected` where a text anywhere in plain JSON cannot be stored."""
    match value:
        case str():
            words(value)
        case Mapping():
            storable([*value.keys(), *value.values()])
        case list():
            for item in value:
                storable(item)


def numbers(value: object) -> tuple[float, ...]:
    """Return one number or a list of them as a row."""
    if isinstance(value, list):
        if not value:
            raise Rejected("the list must not be empty")
        return tuple(number(item) for item in value)
    return (number(value),)


def keyed(value: object, needed: frozenset[str], optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return an object that has the needed keys and no unknown ones."""
    found = mapping(value)
    if not needed <= found.keys() <= needed | optional:
        more = f" and may have {', '.join(sorted(optional))}" if optional else ""
        raise Rejected(f"it must have {', '.join(sorted(needed))}{more}")
    return found


def unit(value: object) -> str:
    """Return a unit's code."""
    if not words(value):
        raise Rejected("the unit must not be empty; a plain number has the unit 1")
    return words(value)


def entered(value: object) -> Entered:
    """Return a quantity."""
    found = keyed(value, frozenset({"value", "unit"}), frozenset({"driver"}))
    driver = words(found["driver"]) if "driver" in found else None
    return Entered(numbers(found["value"]), unit(found["unit"]), driver)


def row(value: object) -> Row:
    """Return values by period."""
    found = keyed(value, frozenset({"value", "unit"}))
    return Row(numbers(found["value"]), unit(found["unit"]))


def single(value: object) -> Single:
    """Return one number with its unit."""
    found = keyed(value, frozenset({"value", "unit"}))
    return Single(number(found["value"]), unit(found["unit"]))


def curve(value: object) -> Curve:
    """Return points; the last x may be without end."""
    found = keyed(value, frozenset({"x", "x_unit", "y", "y_unit"}))
    x, y = found["x"], found["y"]
    if not isinstance(x, list) or not isinstance(y, list) or len(x) != len(y):
        raise Rejected("x and y must be lists of one length")
    ends = (inf,) if x and x[-1] == WITHOUT_END else ()
    along = (*(number(item) for item in x[: len(x) - len(ends)]), *ends)
    return Curve(along, unit(found["x_unit"]), numbers(y), unit(found["y_unit"]))


def periods(value: object) -> tuple[PeriodRun, ...]:
    """Return runs of periods."""
    if not isinstance(value, list) or not value:
        raise Rejected("it must be a list of runs such as {length: year, count: 12}")
    runs = []
    for item in value:
        found = keyed(item, frozenset({"length", "count"}))
        if found["length"] not in list(PeriodLength) or whole(found["count"]) < 1:
            raise Rejected(f"length is one of {', '.join(PeriodLength)} and count at least 1")
        runs.append(PeriodRun(PeriodLength(found["length"]), found["count"]))
    return tuple(runs)


COMPOSITES: Mapping[Any, Callable[[object], object]] = {
    Entered: entered,
    Row: row,
    Single: single,
    Curve: curve,
}
COLUMNS: Mapping[type[Any], Callable[[object], object]] = {
    BigInteger: whole,
    Boolean: flag,
    Date: day,
    Double: number,
    JSONB: mapping,
    PeriodRuns: periods,
    Text: words,
}


def read_column(column: Column[Any], value: object) -> object:
    """Return what a plain column holds."""
    if value is None and column.nullable:
        return None
    if isinstance(column.type, Choice):
        if value not in list(column.type.kind):
            raise Rejected(f"it must be one of {', '.join(column.type.kind)}")
        return column.type.kind(str(value))
    return COLUMNS[type(column.type)](value)
