"""Files that are none of ours, and cells that cannot be used: each is named, and nothing changes."""

from __future__ import annotations

import io
import json
import zipfile
from copy import deepcopy
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.exchange.bundle import bundle_bytes
from app.exchange.cells import RawTable
from app.exchange.drafts import content_of, upload
from app.exchange.mapping import guess
from app.exchange.places import Finding
from app.exchange.preview import preview
from app.exchange.read_file import read_file
from app.models import ImportDraft, Project
from tests import everything
from tests.exchange import roads
from tests.valuation import mine

_whole: list[bytes] = []
_book: list[bytes] = []
_tables: list[RawTable] = []


def refused(name: str, data: bytes) -> str:
    with pytest.raises(InvalidInput) as found:
        read_file(name, data)
    (problem,) = found.value.problems
    return f"{problem.field}: {problem.value}; {problem.allowed}"


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name.replace("__", "/"), data)
    return file.getvalue()


def whole(session: Session) -> bytes:
    """Return a workbook with everything in it, made once."""
    if not _whole:
        _whole.append(roads.workbook(session, everything.document()))
    return _whole[0]


def macros(session: Session) -> bytes:
    file = io.BytesIO()
    file.write(whole(session))
    with zipfile.ZipFile(file, "a") as made:
        made.writestr("xl/vbaProject.bin", b"\xd0\xcf")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xlsx", b"", "an empty file"),
        ("a.pdf", b"%PDF-1.7 ...", "another kind; a workbook (.xlsx)"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 ...", "old .xls workbook, or one with a password"),
        ("a.xlsx", b"PK\x03\x04 cut off", "not whole"),
        ("a.zip", zipped(readme=b"x"), "a zip without CSV files"),
        ("a.ods", zipped(mimetype=b"application/vnd.oasis"), "saved as .xlsx"),
        ("a.docx", zipped(**{"[Content_Types].xml": b"<x/>", "word__document.xml": b""}), "another kind"),
        ("a.csv", "Name;Währung\n".encode("latin-1"), "CSV UTF-8"),
        ("a.csv", b"Name\0,Rate\n", "a zero byte"),
        ("a.csv", b'Name,Rate\n"' + b"x" * 200_000 + b'",1\n', "field larger than"),
        ("a.json", b'{"format": "calminer-project/1", ', "a.json, line 1, column 34"),
        ("a.json", b'{"a": 1e999}', "larger than a computer's numbers"),
        ("a.json", b'{"a": NaN}', "NaN is no number"),
        ("a.json", b"[1]", "which is an object"),
        ("a.json", b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "JSON as it was exported"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(name: str, data: bytes, said: str) -> None:
    assert said in refused(name, data)


def test_a_zip_bomb_is_never_unpacked() -> None:
    assert "packed at most" in refused("a.zip", zipped(**{"costs.csv": b"0" * 60 * 1024 * 1024}))
    dense = zipped(**{"[Content_Types].xml": b"<x/>", "xl__worksheets__sheet1.xml": b" " * 5 * 1024 * 1024})
    assert "packed at most" in refused("a.xlsx", dense)
    assert "at most 400 files" in refused("a.zip", zipped(**{f"{n}.csv": b"a" for n in range(500)}))


def test_a_file_with_macros_is_refused(session: Session) -> None:
    assert "macros" in refused("a.xlsm", macros(session))


def test_an_entity_in_the_xml_is_refused() -> None:
    original = saved(Workbook())
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(original)) as old, zipfile.ZipFile(file, "w") as made:
        for member in old.namelist():
            text = old.read(member)
            if member == "xl/workbook.xml":
                text = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + text
            made.writestr(member, text)
    assert "damaged" in refused("a.xlsx", file.getvalue())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("kind", ["xlsx", "zip", "json"])
def test_a_truncated_file_is_refused(session: Session, kind: str, share: float) -> None:
    data = {
        "xlsx": lambda: whole(session),
        "zip": lambda: roads.bundle(everything.document()),
        "json": lambda: json.dumps(everything.document()).encode(),
    }[kind]()
    assert f"a.{kind}" in refused(f"a.{kind}", data[: int(len(data) * share)])


def findings(session: Session, name: str, data: bytes) -> dict[str, Finding]:
    before = session.query(Project).count()
    found = preview(session, upload(session, name, data))
    assert found.document is None
    assert session.query(Project).count() == before
    return {finding.where: finding for finding in found.findings}


def small_mine(session: Session) -> bytes:
    """Return the workbook of the small mine, made once."""
    if not _book:
        _book.append(roads.workbook(session, roads.stored(session, mine.document())))
    return _book[0]


def small_tables(session: Session) -> list[RawTable]:
    """Return its tables, read once."""
    if not _tables:
        _tables.extend(roads.tables("a.xlsx", small_mine(session)))
    return deepcopy(_tables)


def with_cell(session: Session, sheet: str, heading: str, row: int, value: Any) -> tuple[ImportDraft, str]:
    """Return an upload of the small mine with one cell changed, and the place of that cell."""
    tables = small_tables(session)
    table = next(table for table in tables if table.title == sheet)
    column, index = table.headings.index(heading), table.numbers.index(row)
    table.rows[index] += [None] * (len(table.headings) - len(table.rows[index]))
    table.rows[index][column] = value
    draft = ImportDraft(filename="a.xlsx", target="")
    draft.content = content_of(tables, [guess(each) for each in tables])
    return draft, table.place(index, column)


BAD: list[tuple[str, str, int, object, str]] = [
    ("Costs", "Rate unit", 3, "bushels/t", "a unit that CalMiner knows"),
    ("Costs", "Rate unit", 3, "¤/h", "a unit that measures ¤/t"),
    ("Costs", "Rate unit", 4, None, "a unit; 1 for a plain number"),
    ("Costs", "Rate", 3, "2,5", "a point before decimals"),
    ("Costs", "Rate", 3, "by period", "a row in Schedules"),
    ("Costs", "Category", 3, "digging", "one of mining, rehandle"),
    ("Costs", "Category", 3, None, "it is required"),
    ("Costs", "Rate driver", 3, "nobody", "a row of Parameters"),
    ("Costs", "First", 3, 99.5, "a whole number"),
    ("Costs", "First", 3, -1, "the number of a period, from 0"),
    ("Costs", "Scenario", 3, "another", "the slug of a scenario"),
    ("Costs", "Name", 4, "Mining", "each only once"),
    ("Costs", "Currency", 3, "QQQ", "a currency of this installation"),
    ("Costs", "Currency", 3, "EUR", "a currency with an exchange rate"),
    ("Costs", "Heading", 3, "misc", "a cost heading of this installation"),
    ("Correlations", "Rho", 3, 5, "from -1 to 1"),
    ("Project", "Currency", 3, "XXX", "a currency of this installation"),
    ("Scenarios", "Start", 3, "soon", "a date such as"),
    ("Scenarios", "Start", 3, "9999-01-01", "a day from 1900"),
    ("Timeline", "Count", 3, 0, "count at least 1"),
    ("Timeline", "Count", 3, 10**9, "at most 1,200 periods"),
    ("Timeline", "Scenario", 3, "another", "the slug of a scenario"),
    ("Source grades", "Source", 3, "Nowhere", "a row of Ore sources"),
    ("Schedules", "2", 3, None, "a number in every period"),
    ("Streams", "Share", 3, "yes", "a number such as"),
    ("Distributions", "Position", 3, 4, "in the order of the rows"),
]


@pytest.mark.parametrize(("sheet", "heading", "row", "value", "allowed"), BAD)
def test_a_bad_cell_is_named_with_what_is_allowed(
    session: Session, sheet: str, heading: str, row: int, value: Any, allowed: str
) -> None:
    draft, where = with_cell(session, sheet, heading, row, value)
    before = session.query(Project).count()
    found = preview(session, draft)
    assert found.document is None
    assert session.query(Project).count() == before
    named = {finding.where: finding for finding in found.findings}
    assert where in named, list(named.values())
    assert allowed in named[where].allowed, named[where]
    assert named[where].value == value or "times parameter" in str(named[where].value)


def test_what_only_a_workbook_can_do_wrong_is_named(session: Session) -> None:
    book = load_workbook(io.BytesIO(small_mine(session)))
    book["Costs"].merge_cells("B4:C4")
    book["Costs"]["G3"] = "=1/0"
    book["Schedules"]["J3"] = "#REF!"
    named = findings(session, "a.xlsx", saved(book))
    assert "unmerge them" in named["Costs!B4:C4"].allowed
    assert named["Costs!G3"].value == "=1/0"
    assert "calculate and save the workbook" in named["Costs!G3"].allowed
    assert (named["Schedules!J3"].value, "error" in named["Schedules!J3"].allowed) == ("#REF!", True)


def test_a_schedule_of_the_wrong_length_is_named(session: Session) -> None:
    draft, _ = with_cell(session, "Schedules", "4", 3, None)
    (found,) = preview(session, draft).findings
    assert found.allowed == "one value, or 4: one for each period"


def test_text_that_a_spreadsheet_would_run_is_guarded(session: Session) -> None:
    made = everything.document()
    made["scenarios"][0]["costs"][0]["note"] = "=HYPERLINK(1)"
    made["scenarios"][0]["costs"][0]["name"] = "-1+2"
    made["scenarios"][0]["note"] = "'+quoted"
    first = roads.stored(session, made)
    with zipfile.ZipFile(io.BytesIO(roads.bundle(first))) as members:
        text = members.read("costs.csv").decode()
    assert "'=HYPERLINK(1)" in text
    assert ",-1+2" not in text
    book = load_workbook(io.BytesIO(roads.workbook(session, first)))
    assert all(cell.data_type != "f" for row in book["Costs"].iter_rows() for cell in row)
    assert roads.read("a.zip", roads.bundle(first)).document == first


def test_drafts_are_few_and_forgotten(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.exchange.drafts.MOST_DRAFTS", 3)
    data = json.dumps(everything.document()).encode()
    keys = [upload(session, "a.json", data).key for _ in range(5)]
    assert len(set(keys)) == 5
    assert session.query(ImportDraft).count() <= 3
    assert bundle_bytes((), {}) != b""
