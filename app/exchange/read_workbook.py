"""A workbook as raw tables: values only, nothing of it is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from itertools import zip_longest
from math import isfinite
from typing import Any

from openpyxl import load_workbook

from app.errors import InvalidInput
from app.exchange.cells import Cell, RawTable, from_xml
from app.exchange.layout import NO, TOTAL, YES
from app.exchange.limits import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_PLACES,
    MOST_ROWS,
    SHEET_ROWS,
    too_many_cells,
    too_many_places,
    too_many_rows,
)
from app.exchange.sheets import NO_DATA, look_over

NO_VALUE = "the value; calculate and save the workbook in a spreadsheet, or type it here"
IS_ERROR = "a value in place of the spreadsheet's error"


@dataclass(slots=True)
class Room:
    """How many more places of a file may be walked through: one row that says it is the last makes many."""

    places: int = MOST_PLACES


def read_workbook(data: bytes) -> list[RawTable]:
    """Return every sheet that holds something; raises `InvalidInput`, and what openpyxl raises."""
    sheets = look_over(data)
    values: Any = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)

    @cache
    def formulas() -> Any:
        # Most workbooks of rows have none, and loading one takes half of the time.
        return load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)

    found = []
    cells, room = 0, Room()
    for sheet in values.worksheets:
        if sheet.title in NO_DATA:
            continue
        rows = _rows(sheet, room)
        twins = _rows(formulas()[sheet.title], room) if sheets[sheet.title].formulas else ()
        table, count = _table(from_xml(sheet.title), rows, twins)
        cells += count
        if cells > MOST_CELLS:
            raise InvalidInput([too_many_cells(sheet.title)])
        if table is not None:
            table.merged = sheets[sheet.title].merged
            found.append(table)
    return found


def _rows(sheet: Any, room: Room) -> Iterator[tuple[Any, ...]]:
    # What a sheet says of its size may be wrong, or a whole empty sheet.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), start=1):
        room.places -= max(1, len(row))
        if number > SHEET_ROWS or room.places < 0:
            raise InvalidInput([too_many_places(from_xml(sheet.title))])
        yield row


def _table(
    title: str, rows: Iterable[tuple[Any, ...]], twins: Iterable[tuple[Any, ...]]
) -> tuple[RawTable | None, int]:
    table: RawTable | None = None
    count = 0
    for number, (row, twin) in enumerate(zip_longest(rows, twins, fillvalue=()), start=1):
        filled = sum(cell.value is not None for cell in (twin or row))
        if not filled:
            continue
        count += filled
        if len(row) > MOST_COLUMNS or count > MOST_CELLS:
            raise InvalidInput([too_many_cells(title)])
        if table is None:
            # A title above the table is no heading of it.
            if filled > 1 or number > 1:
                table = RawTable(title, [_heading(cell.value) for cell in row])
            continue
        if len(table.rows) == MOST_ROWS:
            raise InvalidInput([too_many_rows(title)])
        _append(table, number, row, twin)
    return table, count


def _append(table: RawTable, number: int, row: tuple[Any, ...], twin: tuple[Any, ...]) -> None:
    at = len(table.rows)
    for column, cell in enumerate(row):
        if column < len(table.headings) and table.headings[column] == TOTAL:
            continue
        if cell.data_type == "e":
            table.faults.append((at, column, str(cell.value), IS_ERROR))
        elif column < len(twin) and twin[column].data_type == "f" and cell.value is None:
            table.faults.append((at, column, _formula(twin[column].value), NO_VALUE))
    faulty = {column for where, column, _, _ in table.faults if where == at}
    cells = [None if column in faulty else cell_of(cell.value) for column, cell in enumerate(row)]
    if any(cell is not None for cell in cells) or faulty:
        table.rows.append(cells)
        table.numbers.append(number)


def _heading(value: object) -> str:
    cell = cell_of(value)
    return "" if cell is None else str(cell).strip()


def _formula(value: object) -> str:
    return str(getattr(value, "text", None) or value)


def cell_of(value: object) -> Cell:
    """Return what a cell holds as text or number; dates as ISO, a yes or no in words."""
    match value:
        case None | "":
            return None
        case bool():
            return YES if value else NO
        case int():
            return value
        case float():
            return value if isfinite(value) else str(value)
        case datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return from_xml(str(value))
