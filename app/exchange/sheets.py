"""The XML of a workbook's sheets, looked over before it is parsed: one with more than is read never is.

openpyxl reads a sheet that does not tell its size to the end before it gives the first row, and keeps
something of every row that it has read, also of an empty one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any

from openpyxl.reader.excel import ExcelReader

from app.errors import InvalidInput, Problem
from app.exchange.cells import from_xml
from app.exchange.limits import (
    MOST_CELLS,
    MOST_ELEMENTS,
    MOST_ROWS,
    SHEET_COLUMNS,
    too_many_cells,
    too_many_elements,
    too_many_rows,
)
from app.exchange.write_workbook import COVER, LOOKUPS

#: Sheets of our own that hold no data.
NO_DATA = frozenset({COVER, LOOKUPS})

#: Starts of elements, with or without the prefix of a namespace.
ROW = re.compile(rb"<(?:[^\s<>/:]+:)?row(?=[\s/>])")
CELL = re.compile(rb"<(?:[^\s<>/:]+:)?c(?=[\s/>])")
#: Of a cell that is not empty.
VALUE = re.compile(rb"<(?:[^\s<>/:]+:)?(?:v(?:\s[^<>]*)?>(?=[^<])|is(?=[\s>]))")
ENCODING = re.compile(rb"""\s*<\?xml[^<>]*?\sencoding\s*=\s*["']([^"']*)""")
MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["']([A-Z0-9:]{1,30})["']""")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the XML of a sheet says beside its values. merged: the ranges of merged cells."""

    formulas: bool
    merged: list[str]


@dataclass(slots=True)
class Count:
    """What the sheets so far hold. elements: of XML. values: cells of tables that are not empty."""

    elements: int = 0
    values: int = 0


def look_over(data: bytes) -> dict[str, Sheet]:
    """Return the sheets of a workbook by their titles; raises `InvalidInput`, and what openpyxl raises."""
    reader: Any = ExcelReader(BytesIO(data), read_only=True, keep_links=False)
    found: dict[str, Sheet] = {}
    count, parts = Count(), set(reader.valid_files)
    with reader.archive:
        reader.read_manifest()
        reader.read_workbook()
        for sheet, relation in reader.parser.find_sheets():
            if relation.target in reader.valid_files:
                # A second sheet in the same part would be read a second time, and a thousandth.
                parts.remove(relation.target)
                raw = reader.archive.read(relation.target)
                _refuse_unreadable(from_xml(sheet.name), raw)
                _count(from_xml(sheet.name), raw, count)
                merged = sorted({ref.decode() for ref in MERGED.findall(raw)})
                found[sheet.name] = Sheet(bool(FORMULA.search(raw)), merged)
    return found


def _refuse_unreadable(title: str, raw: bytes) -> None:
    """Refuse XML in another encoding, in which none of this would find anything."""
    named = ENCODING.match(raw.removeprefix(b"\xef\xbb\xbf"))
    encoding = named[1].decode("ascii", "replace") if named else "UTF-8"
    if b"\0" in raw or encoding.upper() not in {"UTF-8", "US-ASCII"}:
        raise InvalidInput([Problem(title, "a sheet that is not in UTF-8", "a workbook in UTF-8")])


def _count(title: str, raw: bytes, count: Count) -> None:
    if title not in NO_DATA:
        count.values += _some(VALUE, raw, MOST_CELLS)
    if count.values > MOST_CELLS:
        long = _some(ROW, raw, MOST_ROWS) > MOST_ROWS
        raise InvalidInput([too_many_rows(title) if long else too_many_cells(title)])
    count.elements += raw.count(b"<") - raw.count(b"</")
    if count.elements > MOST_ELEMENTS or any(map(_is_too_wide, ROW.split(raw))):
        raise InvalidInput([too_many_elements(title)])


def _some(wanted: re.Pattern[bytes], raw: bytes, most: int) -> int:
    """Return how many there are, looking for one more than the most."""
    return sum(1 for _ in islice(wanted.finditer(raw), most + 1))


def _is_too_wide(row: bytes) -> bool:
    return row.count(b"<") > SHEET_COLUMNS and _some(CELL, row, SHEET_COLUMNS) > SHEET_COLUMNS
