"""How cells travel: what XML cannot hold in a workbook, what a spreadsheet would run in a CSV file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

Cell: TypeAlias = str | int | float | None

#: What XML forbids or changes on the way, and texts that look like its escape.
NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
#: First signs that make a spreadsheet take text for a formula; the apostrophe is the sign against that.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "'")
GUARD = "'"


@dataclass
class RawTable:
    """A table as a file holds it.

    numbers: of its rows in the file, for people to find them. in_workbook: whether its places are named as in
    a spreadsheet, `C7`. merged: its merged ranges. faults: cells without a value that can be read, by row and
    column: what stands there, and what is allowed.
    """

    title: str
    headings: list[str]
    rows: list[list[Cell]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    in_workbook: bool = True
    merged: list[str] = field(default_factory=list)
    faults: list[tuple[int, int, str, str]] = field(default_factory=list)

    def place(self, row: int, column: int) -> str:
        """Return what people call a cell: `Costs!C7`, or `costs.csv, row 7, Rate`."""
        if self.in_workbook:
            return f"{self.title}!{letters(column)}{self.numbers[row]}"
        heading = self.headings[column] if column < len(self.headings) else f"column {column + 1}"
        return f"{self.title}, row {self.numbers[row]}, {heading}"


def letters(column: int) -> str:
    """Return the letters of a column counted from 0.

    >>> letters(0), letters(26)
    ('A', 'AA')
    """
    found, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def to_xml(text: str) -> str:
    """Return text as a workbook holds it.

    >>> to_xml("a\\rb")
    'a_x000D_b'
    """
    return NOT_IN_XML.sub(lambda sign: f"_x{ord(sign[0]):04X}_", text)


def from_xml(text: str) -> str:
    """Return text that a workbook held."""
    return ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)


def to_csv(cell: Cell) -> str:
    """Return a cell as a CSV file holds it; text that a spreadsheet would run gets an apostrophe.

    >>> to_csv("=1+1"), to_csv(-5)
    ("'=1+1", '-5')
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        return GUARD + cell if cell.startswith(FORMULA_SIGNS) else cell
    return repr(cell)


def from_csv(text: str) -> Cell:
    """Return a cell that a CSV file held."""
    if len(text) > 1 and text[0] == GUARD and text[1] in FORMULA_SIGNS:
        return text[1:]
    return text or None
