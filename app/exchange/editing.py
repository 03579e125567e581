"""What people change between upload and import: what a table is taken for, and cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, Problem
from app.exchange.cells import Cell, RawTable
from app.exchange.drafts import content_of, refuse_imported, tables_of
from app.exchange.layout import LAYOUT_BY_TITLE
from app.exchange.limits import LONGEST_TEXT
from app.exchange.mapping import PERIOD, TableMap, choices, guess_columns
from app.exchange.places import Place
from app.models import ImportDraft
from app.seed.readers import UNSTORABLE


@dataclass(frozen=True, slots=True)
class Change:
    """What people change between upload and import; None leaves it.

    target: slug of the project to go over, "" for a new one. layouts: of each table, by its number. columns:
    of each table, by its number. cells: new texts.
    """

    target: str | None = None
    layouts: Mapping[int, str] = field(default_factory=dict)
    columns: Mapping[int, Sequence[str]] = field(default_factory=dict)
    cells: Mapping[Place, str] = field(default_factory=dict)


def change(session: Session, draft: ImportDraft, wanted: Change, version: int) -> None:
    """Change what a draft's tables are taken for, or its cells; raises `Conflict` and `InvalidInput`."""
    refuse_imported(draft)
    if version != draft.version:
        raise Conflict(
            "This import was changed in another window.",
            theirs={"Version": draft.version},
            yours={"Version": version},
        )
    tables, maps = tables_of(draft)
    problems: list[Problem] = []
    _map(wanted, tables, maps, problems)
    for place, text in wanted.cells.items():
        _set_cell(tables, place, text, problems)
    if problems:
        raise InvalidInput(problems)
    if draft.content.get("document") is None:
        draft.content = content_of(tables, maps)
    if wanted.target is not None:
        draft.target = wanted.target
    draft.version += 1
    session.flush()


def _mapped(table: RawTable, title: str) -> TableMap:
    layout = LAYOUT_BY_TITLE.get(title)
    columns = guess_columns(layout, table.headings) if layout else ("",) * len(table.headings)
    return TableMap(title, columns)


def _map(wanted: Change, tables: Sequence[RawTable], maps: list[TableMap], problems: list[Problem]) -> None:
    """Change what tables and columns are taken for; the columns of a table that changes are guessed anew."""
    changed = set()
    for number, title in wanted.layouts.items():
        if number >= len(maps) or (title and title not in LAYOUT_BY_TITLE):
            problems.append(Problem(f"layout-{number}", title, "one of the offered tables"))
        elif title != maps[number].layout:
            maps[number] = _mapped(tables[number], title)
            changed.add(number)
    for number, columns in wanted.columns.items():
        if number < len(maps) and number not in changed:
            maps[number] = _with_columns(number, maps[number], columns, problems)


def _with_columns(number: int, found: TableMap, columns: Sequence[str], problems: list[Problem]) -> TableMap:
    layout = found.target
    offered = {"", *(choices(layout) if layout else ())}
    taken: set[str] = set()
    for position, heading in enumerate(columns):
        twice = heading in taken and heading != PERIOD
        if heading not in offered or twice:
            allowed = "each only once" if twice else "one of the offered columns"
            problems.append(Problem(f"column-{number}-{position}", heading, allowed))
        taken |= {heading} - {""}
    padded = [*columns, *[""] * len(found.columns)][: len(found.columns)]
    return TableMap(found.layout, tuple(padded))


def _set_cell(tables: Sequence[RawTable], place: Place, text: str, problems: list[Problem]) -> None:
    name = f"cell-{place.table}-{place.row}-{place.column}"
    inside = (
        0 <= place.table < len(tables)
        and 0 <= place.row < len(tables[place.table].rows)
        and 0 <= place.column < len(tables[place.table].headings)
    )
    if not inside:
        problems.append(Problem(name, text, "a cell of this file"))
        return
    if len(text) > LONGEST_TEXT or UNSTORABLE.search(text):
        problems.append(Problem(name, text, f"text of at most {LONGEST_TEXT:,} signs"))
        return
    table = tables[place.table]
    row: list[Cell] = table.rows[place.row]
    row.extend([None] * (place.column + 1 - len(row)))
    row[place.column] = text if text.strip() else None
    table.faults = [each for each in table.faults if each[:2] != (place.row, place.column)]
