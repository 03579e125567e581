"""Which table of a file is which of ours, and which column: guessed from headings, changed by people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from app.exchange.cells import RawTable
from app.exchange.layout import (
    LAYOUT_BY_TITLE,
    LAYOUTS,
    SCHEDULES,
    UNITS_ROW,
    Layout,
    fallback_unit,
)

#: What a column of Schedules is mapped to: the next period, in the order of the file.
PERIOD = "Next period"
SIMILAR = 0.84
#: Share of our headings by which a table of another name is recognised.
KNOWN_BY_HEADINGS = 0.6
IN_BRACKETS = re.compile(r"^(.*?)\s*[\[(]([^\])]*)[\])]\s*$")
LIKE_A_PERIOD = re.compile(
    r"(?:period|year|month|quarter|y|p)?\s*-?\d{1,4}(?:-(?:\d{2}|q\d))?", re.IGNORECASE
)
#: Words that people use for our headings.
SYNONYMS = {
    "code": "slug",
    "cost": "rate",
    "costline": "name",
    "description": "name",
    "id": "slug",
    "item": "name",
    "uom": "unit",
    "units": "unit",
}


@dataclass(frozen=True)
class TableMap:
    """What one table of a file is. layout: a title of ours, "" where it is left out. columns: a heading of
    ours for each column, "" where it is left out.
    """

    layout: str
    columns: tuple[str, ...]

    @property
    def target(self) -> Layout | None:
        """The layout, None where the table is left out."""
        return LAYOUT_BY_TITLE.get(self.layout)


def guess(table: RawTable) -> TableMap:
    """Return what a table most likely is."""
    layout = _by_title(table.title) or _by_headings(table.headings)
    if layout is None:
        return TableMap("", ("",) * len(table.headings))
    return TableMap(layout.title, guess_columns(layout, table.headings))


def guess_columns(layout: Layout, headings: Sequence[str]) -> tuple[str, ...]:
    """Return the most likely heading of ours for each column; each of ours is taken once."""
    free = {_plain(column.heading): column.heading for column in layout.columns}
    found = [""] * len(headings)
    for similar in (False, True):
        for number, heading in enumerate(headings):
            if found[number] or not heading:
                continue
            if layout is SCHEDULES and LIKE_A_PERIOD.fullmatch(heading.strip()):
                found[number] = PERIOD
                continue
            match = _match(_plain(_without_unit(heading)), free, similar)
            if match:
                found[number] = free.pop(match)
    return tuple(found)


def choices(layout: Layout) -> list[str]:
    """Return what a column of a table may be mapped to."""
    return [column.heading for column in layout.columns] + ([PERIOD] if layout is SCHEDULES else [])


def has_units_row(table: RawTable) -> bool:
    """Say whether the first row below the headings is our units row."""
    return bool(table.rows) and bool(table.rows[0]) and table.rows[0][0] == UNITS_ROW


def units_of(table: RawTable) -> dict[int, str]:
    """Return the unit that each column is headed with: in our units row, or in brackets in the heading."""
    found = {}
    for number, heading in enumerate(table.headings):
        written = IN_BRACKETS.match(heading)
        row = table.rows[0] if has_units_row(table) else []
        below = row[number] if number < len(row) else None
        unit = fallback_unit(str(below)) if below else fallback_unit(written[2]) if written else ""
        if unit:
            found[number] = unit
    return found


def _match(name: str, free: Mapping[str, str], similar: bool) -> str:
    if not similar:
        return name if name in free else SYNONYMS.get(name, "") if SYNONYMS.get(name) in free else ""
    close = get_close_matches(name, free, n=1, cutoff=SIMILAR)
    return close[0] if close else ""


def _by_title(title: str) -> Layout | None:
    known = {_plain(layout.title): layout for layout in LAYOUTS}
    name = _plain(title.removesuffix(".csv"))
    close = get_close_matches(name, known, n=1, cutoff=SIMILAR)
    return known.get(name) or (known[close[0]] if close else None)


def _by_headings(headings: Sequence[str]) -> Layout | None:
    names = {_plain(_without_unit(heading)) for heading in headings if heading}

    def share(layout: Layout) -> float:
        known = {_plain(column.heading) for column in layout.columns}
        needed = {_plain(column.heading) for column in layout.columns if column.required}
        return len(names & known) / max(1, len(names)) if needed <= names else 0.0

    best = max(LAYOUTS, key=share)
    return best if share(best) >= KNOWN_BY_HEADINGS else None


def _without_unit(heading: str) -> str:
    written = IN_BRACKETS.match(heading)
    return written[1] if written else heading


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())
