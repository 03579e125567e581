"""How a part of a scenario is described: which rows it has, and which fields a planner fills in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, cast

from sqlalchemy import BigInteger, Boolean, Column, Date, Double, Row as SqlRow, inspect
from sqlalchemy.dialects.postgresql import JSONB

from app.models import Curve, Entered, Row, Scenario, Single
from app.models.base import Base, Choice
from app.models.entered import PER
from app.models.scenario import PeriodRuns
from app.planning.words import in_words

#: Key of the only row of a part that a scenario has once.
ONLY = "only"
#: The key, in addresses, of a row that is being added.
NEW = "new"


class Kind(StrEnum):
    """What a field holds, which decides how it is shown, typed and checked."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    WHOLE = "whole"
    FLAG = "flag"
    DAY = "day"
    CHOICE = "choice"
    CURRENCY = "currency"
    HEADING = "heading"
    NAMES = "names"  # of processes that a product takes metal from
    QUANTITY = "quantity"
    ROW = "row"
    SINGLE = "single"
    CURVE = "curve"
    PERIODS = "periods"
    MAPPING = "mapping"  # numbers of a distribution or a price process, by name


COLUMN_KINDS: dict[type[Any], Kind] = {
    BigInteger: Kind.WHOLE,
    Boolean: Kind.FLAG,
    Date: Kind.DAY,
    Double: Kind.NUMBER,
    JSONB: Kind.MAPPING,
    PeriodRuns: Kind.PERIODS,
    Choice: Kind.CHOICE,
}
COMPOSITE_KINDS: dict[type[Any], Kind] = {
    Entered: Kind.QUANTITY,
    Row: Kind.ROW,
    Single: Kind.SINGLE,
    Curve: Kind.CURVE,
}
LONG_TEXTS = frozenset({"note", "source"})
CURRENCIES = frozenset({"currency", "quoted_in", "price_currency", "charges_currency"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field. label: empty is the name in words.

    refers: the part whose names are offered. fixed: chosen when the row is added, and never after.
    schedule: stands in the grid of periods; spread_by: the field that spreads one value over the periods.
    empty: what leaving it empty means; tables always show a field that says so. begins: stands in the grid,
    to be pasted, while its row has no schedule at all, unless the rows that `given_by` names give it.
    """

    name: str
    label: str = ""
    help: str = ""
    refers: str = ""
    fixed: bool = False
    schedule: bool = False
    spread_by: str = ""
    empty: str = ""
    begins: bool = False
    given_by: str = ""

    @property
    def words(self) -> str:
        """What the field is called on a page."""
        return self.label or in_words(self.name)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table. path: the lists that lead to them from the scenario; empty is the scenario itself.

    title: of the list; singular: of one row. tab: where it is shown. naming: the fields that name a row.
    parents: fields of a row and of the row that owns it, by which the owner is found. takes: routes on which
    rows are filled from the settings, and what their links say.
    """

    key: str
    title: str
    singular: str
    tab: str
    model: type[Base]
    path: tuple[str, ...]
    fields: tuple[Field, ...]
    naming: tuple[str, ...] = ("name",)
    parents: tuple[tuple[str, str], ...] = ()
    help: str = ""
    takes: tuple[tuple[str, str], ...] = ()

    @property
    def single(self) -> bool:
        """Whether a scenario has at most one such row."""
        if not self.path:
            return True
        return len(self.path) == 1 and not inspect(Scenario).relationships[self.path[0]].uselist

    @property
    def labels(self) -> dict[str, str]:
        """Return what the form calls each field, by its name."""
        return {field.name: field.words for field in self.fields}

    def field(self, name: str) -> Field | None:
        """Return one field, None where there is none of that name."""
        return next((field for field in self.fields if field.name == name), None)

    def kind(self, name: str) -> Kind:
        """Return what a field holds."""
        return _kind(self.model, name)

    def column(self, name: str) -> Column[Any]:
        """Return the column of a plain field, or the first of a quantity."""
        return _column(self.model, name)

    def required(self, name: str) -> bool:
        """Whether the field may not be empty."""
        if self.kind(name) is Kind.NAMES:
            return False
        column = self.column(name)
        return not column.nullable and column.default is None and column.server_default is None

    def choices(self, name: str) -> tuple[StrEnum, ...]:
        """Return the words of an enumeration."""
        kind = self.column(name).type
        return tuple(kind.kind) if isinstance(kind, Choice) else ()

    def per(self, name: str) -> str:
        """Return the engine's unit of a quantity, empty where it depends on the row."""
        return str(self.column(name).info.get(PER, ""))

    def rows(self, scenario: Scenario) -> Iterator[Base]:
        """Yield the rows of a loaded scenario in their order."""
        found: list[Base] = [scenario]
        for step in self.path:
            held = [getattr(row, step) for row in found]
            found = [
                row
                for each in held
                for row in (each if isinstance(each, list) else [each])
                if row is not None
            ]
        yield from found

    def key_of(self, row: Base) -> str:
        """Return what names a row in addresses."""
        return ONLY if self.single else str(getattr(row, "id", None) or "")

    def name_of(self, row: Base | SqlRow[Any]) -> str:
        """Return what a planner calls a row, of which the naming fields are enough."""
        said = [str(value) for value in (getattr(row, name) for name in self.naming) if value]
        return " › ".join(said) or self.singular.capitalize()


# What follows from a model alone is asked for every field of every row of a page.
@cache
def _kind(model: type[Base], name: str) -> Kind:
    mapper = inspect(model)
    if name in mapper.composites:
        return COMPOSITE_KINDS[cast("type[Any]", mapper.composites[name].composite_class)]
    if name in mapper.relationships:
        return Kind.NAMES
    if name in CURRENCIES:
        return Kind.CURRENCY
    if name == "heading":
        return Kind.HEADING
    if name in LONG_TEXTS:
        return Kind.LONG_TEXT
    return COLUMN_KINDS.get(type(_column(model, name).type), Kind.TEXT)


@cache
def _column(model: type[Base], name: str) -> Column[Any]:
    mapper = inspect(model)
    composite = mapper.composites.get(name)
    found: Any = composite.columns[0] if composite else mapper.column_attrs[name].columns[0]
    return cast("Column[Any]", found)
