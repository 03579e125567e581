"""What a cell means for the kind of field that its column holds; what cannot be meant is `Rejected`."""

from __future__ import annotations

import json
import re
from typing import Any

from app.exchange.cells import Cell
from app.exchange.document import plain_number
from app.exchange.layout import NO, YES
from app.exchange.limits import LONGEST_TEXT
from app.exchange.registry import Field, Kind
from app.seed.readers import LARGEST, WITHOUT_END, Rejected

ISO_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
WORDS = {YES: True, "true": True, "1": True, NO: False, "false": False, "0": False}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
A_NUMBER = "a number such as 3500.5: a point before decimals, nothing between thousands, no unit"


def text(cell: Cell) -> str:
    """Return a cell as text; a number as it would be typed."""
    found = str(plain_number(cell)) if isinstance(cell, float) else "" if cell is None else str(cell)
    if len(found) > LONGEST_TEXT:
        raise Rejected(f"at most {LONGEST_TEXT:,} signs")
    return found


def number(cell: Cell) -> float:
    """Return a cell as a finite number."""
    if isinstance(cell, str):
        typed = cell.strip()
        if not ISO_NUMBER.fullmatch(typed):
            raise Rejected(A_NUMBER)
        cell = float(typed)
    if not -LARGEST <= (cell or 0) <= LARGEST:
        raise Rejected("a number that a computer can hold")
    return plain_number(float(cell or 0))


def whole(cell: Cell) -> int:
    """Return a cell as a whole number."""
    found = number(cell)
    if not isinstance(found, int):
        raise Rejected("a whole number")
    return found


def flag(cell: Cell) -> bool:
    """Return a cell as yes or no."""
    word = text(cell).strip().lower()
    if word not in WORDS:
        raise Rejected(f"{YES} or {NO}")
    return WORDS[word]


def day(cell: Cell) -> str:
    """Return a cell as a date in ISO form."""
    typed = text(cell).strip()
    if not DAY.fullmatch(typed):
        raise Rejected("a date such as 2026-01-31")
    return typed


def choice(cell: Cell, words: tuple[str, ...]) -> str:
    """Return a cell as one of the words, however it is spaced and capitalised."""
    word = re.sub(r"[\s-]+", "_", text(cell).strip().lower())
    if word not in words:
        raise Rejected(f"one of {', '.join(words)}")
    return word


def along(cell: Cell) -> float | str:
    """Return a cell as the x of a point, which may be without end."""
    return WITHOUT_END if text(cell).strip().lower() == WITHOUT_END else number(cell)


def number_or_json(cell: Cell) -> Any:
    """Return a number of a distribution, or what it holds in place of one."""
    try:
        return number(cell)
    except Rejected:
        try:
            return json.loads(text(cell))
        except (ValueError, RecursionError) as error:
            raise Rejected(A_NUMBER) from error


def plain(field: Field, cell: Cell) -> Any:
    """Return what a plain field holds, None where the cell is empty."""
    if cell is None:
        return None
    match field.kind:
        case Kind.NUMBER:
            return number(cell)
        case Kind.WHOLE:
            return whole(cell)
        case Kind.FLAG:
            return flag(cell)
        case Kind.DAY:
            return day(cell)
        case Kind.CHOICE:
            return choice(cell, field.words)
        case _:
            return text(cell)
