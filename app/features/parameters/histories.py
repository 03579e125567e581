"""A history as it was pasted or read from a file, with dates beside it or a heading above it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.web.formatting import parse_number, plain

TABS = re.compile(r"[\t;]")
#: A line of a file of comma-separated values: a date or a name, then numbers with decimal points. A comma
#: after digits alone may as well be of the number itself.
DATED = re.compile(r"\s*(?:[^,]*[A-Za-z][^,]*|\"?\d+[-/]\d[^,]*|\"?\d+\.\d+\.\d[^,]*),.*")


def observations(text: str) -> str:
    """Return one observation a line: of several columns the last with numbers, without a heading.

    What has one column, or stands in one line, is returned as it is.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return text
    if all(DATED.fullmatch(line) for line in lines) and not any(map(TABS.search, lines)):
        found = _column([line.split(",") for line in lines], float)
        return text if found is None else "\n".join(plain(float(cell)) for cell in found)
    found = _column([TABS.split(line) for line in lines], parse_number)
    return text if found is None else "\n".join(found)


def _column(rows: Sequence[Sequence[str]], read: Callable[[str], float]) -> list[str] | None:
    """Return the last column that has a number in every row below the first; None where there is none."""
    for place in range(min(map(len, rows)) - 1, -1, -1):
        cells = [row[place].strip().strip('"') for row in rows]
        if all(_is_number(cell, read) for cell in cells[1:]):
            return cells if _is_number(cells[0], read) else cells[1:]
    return None


def _is_number(cell: str, read: Callable[[str], float]) -> bool:
    try:
        read(cell)
    except ValueError:
        return False
    return True
