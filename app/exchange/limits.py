"""How much of a file is read, and what is said when there is more."""

from __future__ import annotations

from app.errors import Problem

MOST_ROWS = 20_000
"""Rows of one table."""
MOST_COLUMNS = 1_300
"""Columns of one table: a hundred years of months beside those of the layout."""
MOST_CELLS = 200_000
"""Cells of one file."""
MOST_ELEMENTS = 1_000_000
"""Elements of XML in the sheets of a workbook: a row is one, a cell another, its value a third."""
MOST_PLACES = 10_000_000
"""Places up to the last row and column of every sheet, empty ones included."""
SHEET_ROWS, SHEET_COLUMNS = 2**20, 2**14
"""What a sheet of a spreadsheet has; where more are told, no spreadsheet wrote the file."""
MOST_UNPACKED = 48 * 1024 * 1024
"""Bytes of what a zip file holds, unpacked."""
MOST_MEMBERS = 400
"""Files in a zip file."""
MOST_RATIO = 200
"""How far a file in a zip may be compressed."""
LONGEST_TEXT = 20_000
"""Signs of one cell."""


def too_many_rows(table: str) -> Problem:
    """Return what is wrong with a table that is too long."""
    return Problem(table, f"more than {MOST_ROWS:,} rows", f"at most {MOST_ROWS:,} rows in a table")


def too_many_cells(table: str) -> Problem:
    """Return what is wrong with a file that is too large."""
    return Problem(
        table,
        f"more than {MOST_CELLS:,} cells, or {MOST_COLUMNS:,} columns",
        f"at most {MOST_COLUMNS:,} columns in a table and {MOST_CELLS:,} cells in a file",
    )


def too_many_elements(sheet: str) -> Problem:
    """Return what is wrong with a workbook of too many cells, though most of them are empty."""
    return Problem(
        sheet,
        f"more than {MOST_ELEMENTS:,} rows, cells and values, or {SHEET_COLUMNS:,} cells in a row",
        f"at most {MOST_ELEMENTS:,} in a workbook, empty ones included: delete the rows and columns that "
        "hold nothing but a format",
    )


def too_many_places(sheet: str) -> Problem:
    """Return what is wrong with a workbook whose few values stand far apart."""
    return Problem(
        sheet,
        f"more than {SHEET_ROWS:,} rows, or {MOST_PLACES:,} places up to the last row and column",
        "values that stand together, from the first row and column on",
    )
