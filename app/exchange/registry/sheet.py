"""What the registry is made of: sheets, and the fields of each as the tables of the database know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Double, Text, inspect
from sqlalchemy.dialects.postgresql import JSONB

from app.models import Curve, Entered, Row, Single
from app.models.base import Base, Choice
from app.models.entered import PER
from app.models.scenario import PeriodRuns


class Kind(StrEnum):
    """What a field holds, and so how it is written."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    FLAG = "yes or no"
    DAY = "date"
    CHOICE = "choice"
    QUANTITY = "quantity"
    SINGLE = "number with unit"
    ROW = "values by period"
    CURVE = "curve"
    PERIODS = "runs of periods"
    NUMBERS = "numbers by name"


#: Kinds that stand on a sheet of their own, however many numbers they hold.
ELSEWHERE = {
    Kind.ROW: "Schedules",
    Kind.CURVE: "Curves",
    Kind.PERIODS: "Timeline",
    Kind.NUMBERS: "Distributions",
}
PLAIN: Mapping[type[Any], Kind] = {
    BigInteger: Kind.WHOLE,
    Boolean: Kind.FLAG,
    Date: Kind.DAY,
    Double: Kind.NUMBER,
    JSONB: Kind.NUMBERS,
    PeriodRuns: Kind.PERIODS,
    Text: Kind.TEXT,
    Choice: Kind.CHOICE,
}
COMPOSED: Mapping[Any, Kind] = {
    Entered: Kind.QUANTITY,
    Row: Kind.ROW,
    Single: Kind.SINGLE,
    Curve: Kind.CURVE,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a part.

    per: the engine's unit of its numbers, "" where that depends on the row. words: what a choice may be.
    refers: the table whose name or code it must bear, "" where it is free.
    """

    name: str
    heading: str
    help: str
    kind: Kind
    required: bool
    per: str = ""
    words: tuple[str, ...] = ()
    refers: str = ""

    @property
    def here(self) -> bool:
        """Say whether it is a column of its part's own sheet."""
        return self.kind not in ELSEWHERE


@dataclass(frozen=True)
class Sheet:
    """One table of the files.

    path: the relationships that lead from a scenario to its rows. keys: the fields that tell its rows apart,
    of which the first `inherited` name the row that owns it. one: a scenario has at most one such row.
    columns: field and what it is, in the order of the files.
    """

    title: str
    model: type[Base]
    path: tuple[str, ...]
    help: str
    keys: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    inherited: int = 0
    one: bool = False

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field, in the order of the files."""
        return tuple(_field(self.model, name, text) for name, text in self.columns)

    @property
    def own(self) -> tuple[Field, ...]:
        """The fields of a document's object: without those that the row above says already."""
        above = self.keys[: self.inherited]
        return tuple(field for field in self.fields if field.name not in above)

    @property
    def file(self) -> str:
        """The name of its file in a bundle."""
        return f"{self.title.lower().replace(' ', '_')}.csv"


def heading_of(name: str) -> str:
    """Return the heading of a field.

    >>> heading_of("royalty_in_c1")
    'Royalty in C1'
    """
    words = name.replace("_", " ").replace(" c1", " C1").replace("aisc", "AISC")
    return words[0].upper() + words[1:]


def _field(model: type[Base], name: str, text: str) -> Field:
    mapper = inspect(model)
    heading = heading_of(name)
    composites = {prop.key: prop for prop in mapper.composites}
    if name in composites:
        prop = composites[name]
        first: Column[Any] = prop.columns[0]
        kind = COMPOSED[prop.composite_class]
        return Field(name, heading, text, kind, not first.nullable, first.info[PER])
    column = mapper.local_table.columns[name]
    words = tuple(column.type.kind) if isinstance(column.type, Choice) else ()
    has_default = column.default is not None or column.server_default is not None
    required = not column.nullable and not has_default
    kind = PLAIN[type(column.type)]
    return Field(name, heading, text, kind, required, "", words, _referred(mapper.local_table, name))


def _referred(table: Any, name: str) -> str:
    """Return the table that a column names a row of."""
    for constraint in table.foreign_key_constraints:
        locals_ = [column.name for column in constraint.columns if column.name != "scenario_id"]
        if locals_ == [name]:
            return str(constraint.referred_table.name)
    return ""
