"""Tables as a bundle of CSV files, and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.errors import InvalidInput, Problem
from app.exchange.cells import RawTable, from_csv, to_csv
from app.exchange.layout import FORMAT
from app.exchange.limits import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, too_many_cells, too_many_rows
from app.exchange.tables import Table

COVER = "about.csv"
#: Zip files carry dates; the same tables shall give the same bytes.
DATE = (1980, 1, 1, 0, 0, 0)
#: What may stand between cells: the bundle's own comma, and what spreadsheets elsewhere write.
SEPARATORS = ",;\t"
NOT_TEXT = "a text file in UTF-8; in a spreadsheet save it as “CSV UTF-8”"


def bundle_bytes(tables: Sequence[Table], about: Mapping[str, str]) -> bytes:
    """Return the zip file: a CSV file for each table."""
    file = io.BytesIO()
    with ZipFile(file, "w") as bundle:
        cover = [[label, text] for label, text in {"Format": FORMAT, **about}.items()]
        _add(bundle, COVER, [["About", ""], *cover])
        for table in tables:
            _add(bundle, table.layout.file, [table.headings, table.units, *table.rows])
    return file.getvalue()


def _add(bundle: ZipFile, name: str, rows: Sequence[Sequence[str | int | float | None]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([to_csv(cell) for cell in row] for row in rows)
    member = ZipInfo(name, DATE)
    member.compress_type = ZIP_DEFLATED
    bundle.writestr(member, text.getvalue().encode("utf-8"))


def read_csv(name: str, data: bytes) -> RawTable | None:
    """Return the table of one CSV file, None where it is empty; raises `InvalidInput`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput([Problem(name, f"byte {error.start}", NOT_TEXT)]) from error
    if "\0" in text:
        raise InvalidInput([Problem(name, "a zero byte", NOT_TEXT)])
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    table: RawTable | None = None
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for number, row in enumerate(reader, start=1):
            if not any(row):
                continue
            cells += len(row)
            if len(row) > MOST_COLUMNS or cells > MOST_CELLS:
                raise InvalidInput([too_many_cells(name)])
            if table is None:
                table = RawTable(name, [cell.strip() for cell in row], in_workbook=False)
                continue
            if len(table.rows) == MOST_ROWS:
                raise InvalidInput([too_many_rows(name)])
            table.rows.append([from_csv(cell) for cell in row])
            table.numbers.append(number)
    except csv.Error as error:
        raise InvalidInput([Problem(f"{name}, row {reader.line_num}", str(error), "a CSV file")]) from error
    return table
