"""Tables as a workbook: a sheet each, a units row, lists to choose from, a locked total, a cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import cast

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from app.exchange.cells import FORMULA_SIGNS, Cell, to_xml
from app.exchange.layout import FORMAT, SCHEDULES, TOTAL, Column
from app.exchange.lookups import Lookups
from app.exchange.registry import BY_TABLE
from app.exchange.tables import Table

COVER, LOOKUPS = "About", "Lookups"
#: The row of the units, and the first and the last row that may hold data.
UNITS_ROW, FIRST_ROW, LAST_ROW = 2, 3, 2000
WIDEST, NARROWEST = 44, 9
HEADING = Font(bold=True)
UNIT = Font(italic=True, color="FF5F6B76")
HEADING_FILL = PatternFill("solid", fgColor="FFE6EDF2")
UNITS_FILL = PatternFill("solid", fgColor="FFF4F6F8")
UNLOCKED = Protection(locked=False)
WRAPPED = Alignment(wrap_text=True, vertical="top")


def workbook_bytes(tables: Sequence[Table], about: Mapping[str, str], lists: Lookups) -> bytes:
    """Return the file. about: what the cover says."""
    book = Workbook()
    cover = book.worksheets[0]
    cover.title = COVER
    _write_cover(cover, about)
    sheets = {table.layout.title: book.create_sheet(table.layout.title) for table in tables}
    ranges = _write_lookups(book.create_sheet(LOOKUPS), lists)
    for table in tables:
        sheet = sheets[table.layout.title]
        _write_heads(sheet, table)
        _write_rows(sheet, table)
        _offer_lists(sheet, table.layout.columns, ranges)
        if table.layout is SCHEDULES:
            _lock_totals(sheet, table)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _write_cover(sheet: Worksheet, about: Mapping[str, str]) -> None:
    for row, (label, text) in enumerate({"Format": FORMAT, **about}.items(), start=1):
        _put(sheet, row, 1, label).font = HEADING
        _put(sheet, row, 2, text).alignment = WRAPPED
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 96


def _put(sheet: Worksheet, row: int, column: int, value: Cell) -> SheetCell:
    """Write a value; text stays text, whatever it begins with."""
    cell = cast("SheetCell", sheet.cell(row, column))
    if isinstance(value, float):
        # The library would round to sixteen digits; a text is written as it is, and this one is a number.
        cell.value, cell.data_type = repr(value), "n"
        return cell
    if not isinstance(value, str):
        cell.value = value
        return cell
    cell.value = to_xml(value)
    cell.data_type = "s"
    if value.startswith(FORMULA_SIGNS):
        cell.quotePrefix = True
    return cell


def _write_heads(sheet: Worksheet, table: Table) -> None:
    helps = [column.help for column in table.layout.columns] + ["Period."] * table.periods
    for number, (heading, unit, text) in enumerate(
        zip(table.headings, table.units, helps, strict=True), start=1
    ):
        head, below = _put(sheet, 1, number, heading), _put(sheet, UNITS_ROW, number, unit)
        head.font, head.fill, head.comment = HEADING, HEADING_FILL, Comment(text, "CalMiner")
        below.font, below.fill = UNIT, UNITS_FILL
        width = min(max(len(heading) + 2, NARROWEST), WIDEST)
        sheet.column_dimensions[get_column_letter(number)].width = width
    freeze = get_column_letter(1 + bool(table.layout.sheet) * 2)
    sheet.freeze_panes = f"{freeze}{FIRST_ROW}"


def _write_rows(sheet: Worksheet, table: Table) -> None:
    for number, row in enumerate(table.rows, start=FIRST_ROW):
        for column, value in enumerate(row, start=1):
            if value is not None:
                _put(sheet, number, column, value)


def _write_lookups(sheet: Worksheet, lists: Lookups) -> dict[str, str]:
    """Write each list into a column and return where it stands, as formulas write it."""
    ranges = {}
    for number, (name, values) in enumerate(lists.items(), start=1):
        _put(sheet, 1, number, name.replace("_", " ")).font = HEADING
        for row, value in enumerate(values, start=2):
            _put(sheet, row, number, value)
        letter = get_column_letter(number)
        ranges[name] = f"{LOOKUPS}!${letter}$2:${letter}${max(2, len(values) + 1)}"
        sheet.column_dimensions[letter].width = min(max(len(name), NARROWEST), WIDEST)
    for table, part in BY_TABLE.items():
        letter = "B" if part.path else "A"
        ranges[table] = f"'{part.title}'!${letter}${FIRST_ROW}:${letter}${LAST_ROW}"
    sheet.protection.sheet = True
    return ranges


def _offer_lists(sheet: Worksheet, columns: Sequence[Column], ranges: Mapping[str, str]) -> None:
    """Let cells be chosen from lists; names and units only warn, because others may be meant."""
    for number, column in enumerate(columns, start=1):
        if column.lookup not in ranges:
            continue
        strict = " | " in column.lookup or column.lookup in ("currencies", "cost_headings")
        rule = DataValidation(
            type="list",
            formula1=f"={ranges[column.lookup]}",
            allow_blank=True,
            errorStyle="stop" if strict else "warning",
            showErrorMessage=True,
            errorTitle=column.heading,
            error=f"Choose from the list: {column.lookup.replace('_', ' ')}."[:250],
        )
        letter = get_column_letter(number)
        rule.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
        sheet.add_data_validation(rule)


def _lock_totals(sheet: Worksheet, table: Table) -> None:
    """Work out the totals in the sheet, and lock them and the heads; every other cell stays open."""
    total = table.headings.index(TOTAL) + 1
    first, last = get_column_letter(total + 1), get_column_letter(total + max(1, table.periods))
    for number in range(1, len(table.headings) + 1):
        if number != total:
            sheet.column_dimensions[get_column_letter(number)].protection = UNLOCKED
    for row in range(FIRST_ROW, FIRST_ROW + max(len(table.rows), 200)):
        sheet.cell(row, total, f"=SUM({first}{row}:{last}{row})")
        for number in range(1, len(table.headings) + 1):
            if number != total:
                sheet.cell(row, number).protection = UNLOCKED
    sheet.protection.sheet = True
    for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort"):
        setattr(sheet.protection, allowed, False)
