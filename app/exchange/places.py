"""Where the values of a document stand in the file that they were read from, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.errors import Problem
from app.exchange.cells import RawTable


class Place(NamedTuple):
    """A cell by the numbers of its table, row and column; -1 is the whole table or row."""

    table: int
    row: int = -1
    column: int = -1


@dataclass(frozen=True, slots=True)
class Finding:
    """One rejected value. where: what people call its place. place: its cell, None in a document."""

    where: str
    value: object
    allowed: str
    place: Place | None = None

    @property
    def problem(self) -> Problem:
        """The same as the rest of the application reports it."""
        return Problem(self.where, self.value, self.allowed)


@dataclass
class Places:
    """From paths in a document to cells of the tables, and the findings so far."""

    tables: Sequence[RawTable] = ()
    by_path: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def reject(self, place: Place, value: object, allowed: str) -> None:
        """Note a bad cell, once."""
        if not any(known.place == place for known in self.findings):
            self.findings.append(Finding(self.called(place), value, allowed, place))

    def reject_path(self, path: str, value: object, allowed: str) -> None:
        """Note a bad value of the document, at the nearest cell that is known."""
        place = self.place(path)
        if place is None:
            self.findings.append(Finding(path, value, allowed))
            return
        if isinstance(value, list | tuple | Mapping) and place.row >= 0 and place.column >= 0:
            value = self.tables[place.table].rows[place.row][place.column]
        missing = "" if path in self.by_path else f"{path.rpartition('.')[2].replace('_', ' ')}: "
        self.reject(place, value, f"{missing}{allowed}")

    def place(self, path: str) -> Place | None:
        """Return the cell of a path, or of the row that it belongs to."""
        while path:
            if path in self.by_path:
                return self.by_path[path]
            path = path.rpartition(".")[0]
        return None

    def called(self, place: Place) -> str:
        """Return what people call a place."""
        table = self.tables[place.table]
        if place.row < 0:
            return table.title
        if place.column < 0:
            return f"{table.title}, row {table.numbers[place.row]}"
        return table.place(place.row, place.column)
