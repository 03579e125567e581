"""The rows of mapped tables by our headings, whatever the columns of the file are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.exchange import parse
from app.exchange.cells import Cell, RawTable
from app.exchange.layout import SCENARIO, Layout
from app.exchange.mapping import TableMap, has_units_row, units_of
from app.exchange.places import Place, Places
from app.seed.readers import Rejected

Value = TypeVar("Value")


@dataclass
class SourceRow:
    """One row of a file. columns: our headings to its columns. scenario: the slug that it belongs to."""

    places: Places
    place: Place
    cells: Sequence[Cell]
    columns: dict[str, list[int]]
    scenario: str = ""

    def every(self, heading: str) -> list[tuple[Place, Cell]]:
        """Return every cell under a heading that several columns have."""
        return [(self._at(column), self._cell(column)) for column in self.columns.get(heading, [])]

    def cell(self, heading: str) -> Cell:
        """Return the cell under a heading, None where there is none."""
        columns = self.columns.get(heading)
        return self._cell(columns[0]) if columns else None

    def at(self, heading: str) -> Place:
        """Return where the cell under a heading is, the row where there is none."""
        columns = self.columns.get(heading)
        return self._at(columns[0]) if columns else self.place

    def text(self, heading: str) -> str:
        """Return a cell as text, "" where it is empty."""
        return self.value(heading, parse.text) or ""

    def value(self, heading: str, read: Callable[[Cell], Value]) -> Value | None:
        """Return what a cell means, None where it is empty or rejected."""
        return self.read(self.at(heading), self.cell(heading), read)

    def read(self, place: Place, cell: Cell, read: Callable[[Cell], Value]) -> Value | None:
        """Return what a cell means, None where it is empty or after noting why it is rejected."""
        if cell is None:
            return None
        try:
            return read(cell)
        except Rejected as error:
            self.places.reject(place, cell, str(error))
            return None

    def reject(self, heading: str, value: object, allowed: str) -> None:
        """Note what is wrong with a cell."""
        self.places.reject(self.at(heading), value, allowed)

    def _cell(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else None

    def _at(self, column: int) -> Place:
        return Place(self.place.table, self.place.row, column)


@dataclass
class Rows:
    """The rows of every mapped table of a file."""

    tables: Sequence[RawTable]
    maps: Sequence[TableMap]
    places: Places
    only_scenario: str = ""
    _units: dict[int, dict[int, str]] = field(default_factory=dict)

    def has(self, layout: Layout) -> bool:
        """Say whether the file brings this table."""
        return any(found.layout == layout.title for found in self.maps)

    def of(self, layout: Layout) -> Iterator[SourceRow]:
        """Yield the rows of one layout that hold anything."""
        for number, (table, found) in enumerate(zip(self.tables, self.maps, strict=True)):
            if found.layout != layout.title:
                continue
            columns: dict[str, list[int]] = {}
            for column, heading in enumerate(found.columns):
                if heading:
                    columns.setdefault(heading, []).append(column)
            used = [column for each in columns.values() for column in each]
            for index in range(has_units_row(table), len(table.rows)):
                row = SourceRow(self.places, Place(number, index), table.rows[index], columns)
                if any(row._cell(column) is not None for column in used):
                    row.scenario = row.text(SCENARIO).strip() or self.only_scenario
                    yield row

    def unit(self, row: SourceRow, heading: str) -> str:
        """Return the unit that the file gives a whole column."""
        table = row.place.table
        if table not in self._units:
            self._units[table] = units_of(self.tables[table])
        return self._units[table].get(row.at(heading).column, "")
