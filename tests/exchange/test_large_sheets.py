"""Files with more than is read: refused by name before they take time and memory."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook

from app.exchange.limits import (
    MOST_COLUMNS,
    MOST_ELEMENTS,
    MOST_PLACES,
    MOST_ROWS,
    SHEET_COLUMNS,
    SHEET_ROWS,
)
from app.exchange.read_file import read_file
from tests.exchange.test_bad_files import refused, saved

WORKSHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
END = "</sheetData></worksheet>"


def sheet(body: str | bytes) -> bytes:
    """Return a workbook with one sheet of this XML, by hand, for what no library writes in short time."""
    book = Workbook()
    book.worksheets[0].title = "Costs"
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as old, zipfile.ZipFile(file, "w") as made:
        for member in old.namelist():
            made.writestr(member, body if member == "xl/worksheets/sheet1.xml" else old.read(member))
    return file.getvalue()


def rows(count: int, dimension: str = "", end: str = END) -> bytes:
    """Return a workbook with one long sheet. dimension: what spreadsheets write ahead of the rows."""
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("Scenario", "Name", "Rate"))
    line = "<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>"
    return sheet(f"{WORKSHEET}{dimension}<sheetData><row>{head}</row>{line * count}{end}")


def test_a_hundred_thousand_rows_are_refused_early() -> None:
    said = f"more than {MOST_ROWS:,} rows; at most {MOST_ROWS:,} rows in a table"
    assert refused("a.xlsx", rows(100_000, '<dimension ref="A1:C100001"/>')) == f"Costs: {said}"
    assert refused("a.xlsx", rows(100_000, end=" and never closed")) == f"Costs: {said}"
    assert refused("a.xlsx", rows(MOST_ROWS + 1)) == f"Costs: {said}"
    text = "Scenario,Name,Rate\n" + "base,Line,1\n" * 100_000
    assert refused("costs.csv", text.encode()) == f"costs.csv: {said}"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<row/>" * (MOST_ELEMENTS + 1), f"more than {MOST_ELEMENTS:,} rows, cells and values"),
        (f"<row>{'<c/>' * (SHEET_COLUMNS + 1)}</row>", f"or {SHEET_COLUMNS:,} cells in a row"),
        ('<row r="2000000000"><c><v>1</v></c></row>', f"more than {SHEET_ROWS:,} rows"),
        (f"<row>{'<c><v>1</v></c>' * (MOST_COLUMNS + 1)}</row>", f"{MOST_COLUMNS:,} columns"),
        ('<row><c r="ZZZ1"/></row>' * (MOST_PLACES // 18_278 + 1), f"or {MOST_PLACES:,} places"),
    ],
    ids=["empty rows", "empty cells", "a row far below", "columns", "a column far off"],
)
def test_a_sheet_that_only_takes_time_is_refused(body: str, said: str) -> None:
    found = refused("a.xlsx", sheet(f"{WORKSHEET}<sheetData>{body}{END}"))
    assert found.startswith("Costs: ")
    assert said in found


def test_a_sheet_is_read_up_to_each_limit() -> None:
    filled = f"<row>{'<c><v>1</v></c>' * MOST_COLUMNS}</row>"
    body = f"{filled}{filled}{'<row/>' * 1000}<row>{'<c/>' * SHEET_COLUMNS}</row>"
    (table,) = read_file("a.xlsx", sheet(f"{WORKSHEET}<sheetData>{body}{END}")).tables
    assert (len(table.headings), len(table.rows)) == (MOST_COLUMNS, 1)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_sheet_in_another_encoding_is_refused(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{WORKSHEET}<sheetData><row/>{END}'
    assert refused("a.xlsx", sheet(text.encode(encoding))).startswith("Costs: a sheet that is not in UTF-8")


def test_two_sheets_in_one_part_are_refused() -> None:
    book = Workbook()
    book.create_sheet("Costs")
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as old, zipfile.ZipFile(file, "w") as made:
        for member in old.namelist():
            made.writestr(member, old.read(member).replace(b"sheets/sheet2.xml", b"sheets/sheet1.xml"))
    assert "damaged" in refused("a.xlsx", file.getvalue())
