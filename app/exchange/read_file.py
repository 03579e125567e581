"""An uploaded file as a document or as raw tables; whatever is not one of ours is refused by name."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from math import isfinite
from pathlib import PurePosixPath
from typing import Any, NoReturn
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from app.errors import InvalidInput, Problem
from app.exchange.bundle import COVER, read_csv
from app.exchange.cells import RawTable
from app.exchange.limits import MOST_CELLS, MOST_MEMBERS, MOST_RATIO, MOST_UNPACKED, too_many_cells
from app.exchange.read_workbook import read_workbook

ALLOWED = "a workbook (.xlsx), a zip of CSV files, a CSV file or a project document (.json)"
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What reading a damaged workbook or zip may raise, encrypted members and unknown compressions included.
DAMAGED = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    DefusedXmlException,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
)
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Contents:
    """What a file holds: a whole document, or tables that are to be mapped."""

    document: Mapping[str, Any] | None = None
    tables: list[RawTable] = field(default_factory=list)


def read_file(name: str, data: bytes) -> Contents:
    """Return what a file holds; raises `InvalidInput` that says what is wrong with it."""
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        refuse(name, "an empty file", ALLOWED)
    if data.startswith(OLD_OR_LOCKED):
        refuse(
            name, "an old .xls workbook, or one with a password", "a workbook saved as .xlsx without password"
        )
    if data.startswith(b"PK"):
        return _zipped(name, data)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return Contents(document=_document(name, data))
    if name.lower().endswith((".csv", ".tsv", ".txt")):
        return _tables(name, [read_csv(name, data)])
    raise InvalidInput([Problem(name, "a file of another kind", ALLOWED)])


def refuse(place: str, value: object, allowed: str) -> NoReturn:
    """Raise `InvalidInput` with one problem."""
    raise InvalidInput([Problem(place, value, allowed)])


def _document(name: str, data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise InvalidInput([Problem(name, f"byte {error.start}", "JSON in UTF-8")]) from error
    except json.JSONDecodeError as error:
        place = f"{name}, line {error.lineno}, column {error.colno}"
        raise InvalidInput(
            [Problem(place, error.msg, "JSON as it was exported; is the file whole?")]
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput([Problem(name, str(error), "JSON as it was exported")]) from error
    if not isinstance(found, dict):
        refuse(name, "a list", "a project document, which is an object")
    return found


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _finite(text: str) -> float:
    found = float(text)
    if not isfinite(found):
        raise ValueError(f"{text[:40]} is larger than a computer's numbers")
    return found


def _zipped(name: str, data: bytes) -> Contents:
    try:
        with ZipFile(BytesIO(data)) as members:
            names = members.namelist()
            _check_size(name, members)
            if "[Content_Types].xml" not in names:
                return _bundle(name, members)
            types = members.read("[Content_Types].xml")
            if b"macroEnabled" in types or any("vbaProject" in member for member in names):
                refuse(name, "a workbook with macros", "a workbook saved as .xlsx, which holds none")
            if not any(member.startswith("xl/") for member in names):
                refuse(name, "a document of another kind", ALLOWED)
        return _tables(name, read_workbook(data))
    except DAMAGED as error:
        why = "a damaged file, or one that is not whole"
        raise InvalidInput([Problem(name, why, "the whole file as it was saved; send it again")]) from error


def _check_size(name: str, members: ZipFile) -> None:
    """Refuse what would unpack to more than we read, by what the zip says itself; more is never unpacked."""
    infos = members.infolist()
    unpacked = sum(info.file_size for info in infos)
    dense = [
        info
        for info in infos
        if info.file_size > MEGABYTE and info.file_size > MOST_RATIO * max(1, info.compress_size)
    ]
    if unpacked > MOST_UNPACKED or dense:
        size = f"{unpacked / MEGABYTE:,.0f} MB unpacked"
        refuse(name, size, f"at most {MOST_UNPACKED // MEGABYTE} MB, packed at most {MOST_RATIO} to 1")
    if len(infos) > MOST_MEMBERS:
        refuse(name, f"{len(infos):,} files", f"at most {MOST_MEMBERS} files in a zip")


def _bundle(name: str, members: ZipFile) -> Contents:
    if "mimetype" in members.namelist():
        refuse(name, "a workbook of another format", "a workbook saved as .xlsx")
    files = [
        info
        for info in members.infolist()
        if info.filename.lower().endswith(".csv") and not info.filename.startswith("__MACOSX")
    ]
    tables: list[RawTable | None] = []
    cells = 0
    for info in files:
        plain = PurePosixPath(info.filename).name
        table = None if plain == COVER else read_csv(plain, members.read(info))
        cells += sum(len(row) for row in table.rows) if table else 0
        if cells > MOST_CELLS:
            raise InvalidInput([too_many_cells(name)])
        tables.append(table)
    if not files:
        refuse(name, "a zip without CSV files", ALLOWED)
    return _tables(name, tables)


def _tables(name: str, found: Sequence[RawTable | None]) -> Contents:
    tables = [table for table in found if table is not None]
    if not tables:
        refuse(name, "no table", "at least one table with headings in its first row")
    return Contents(tables=tables)
