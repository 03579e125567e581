"""Everything that was entered in a scenario, as tables.

Read from the model's own description, so that nothing that is stored stays unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

from sqlalchemy import Table, inspect
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.models import Base, Curve, Entered, Row, Scenario, Single
from app.models.entered import ENTERED, entered_names
from app.planning.choices import choice_in_words
from app.planning.parts import PARTS
from app.planning.words import in_sentence, in_words

#: Title of each section and the lists of the scenario that it shows.
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Valuation terms", ("terms",)),
    ("Production", ("sources", "stockpiles", "processes")),
    ("Products", ("products",)),
    ("Operating costs", ("costs", "consumption")),
    ("Equipment and maintenance", ("equipment", "maintenance", "maintenance_log")),
    ("Capital and closure", ("capital", "closures")),
    ("Fiscal terms", ("levies", "depreciation", "depletion", "income_tax", "working_capital", "interests")),
    ("Rows entered in place of derived lines", ("entered_rows",)),
    ("Exchange rates", ("rates",)),
)
#: Columns that say how a row is kept, not what was entered.
BOOKKEEPING = frozenset(
    {"id", "scenario_id", "name", "note", "position", "version", "created_at", "updated_at", "product"}
)
#: How each kind of row is described.
KINDS = {part.model: part for part in PARTS.values()}
NAMES = ("name", "metal", "element", "line", "currency", "source", "stockpile", "process")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One entered quantity: one value or one per period, in its unit, times a driver where it names one."""

    label: str
    unit: str
    values: tuple[float, ...]
    driver: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the model: what it is called, its plain facts, its quantities.

    part, key: where it is edited.
    """

    name: str
    kind: str
    facts: Sequence[tuple[str, str]]
    quantities: Sequence[Quantity]
    note: str
    part: str
    key: str

    @property
    def words(self) -> list[str]:
        """What is said about the part beside its name."""
        kind = [self.kind] if self.name and self.kind != self.name.lower() else []
        return [
            *kind,
            *(f"{in_sentence(label)}: {fact}" for label, fact in self.facts),
            *([self.note] if self.note else []),
        ]


@dataclass(frozen=True, slots=True)
class Section:
    """The parts under one title."""

    title: str
    parts: Sequence[Part] = field(default_factory=tuple)

    @property
    def by_period(self) -> bool:
        """Whether any quantity has a value for each period."""
        return any(len(quantity.values) > 1 for part in self.parts for quantity in part.quantities)


def sections(scenario: Scenario) -> list[Section]:
    """Return what was entered, by section, without empty ones. The scenario must be loaded with its parts."""
    found = []
    for title, lists in SECTIONS:
        parts = [part for name in lists for item in _items(scenario, name) for part in walk(item)]
        if parts:
            found.append(Section(title, parts))
    return found


def _items(scenario: Scenario, name: str) -> Sequence[Base]:
    held = getattr(scenario, name)
    if held is None:
        return ()
    return held if isinstance(held, list) else (held,)


def walk(item: Base, above: str = "") -> Iterator[Part]:
    """Yield a row of the model and those below it, named after it."""
    own = _name(item, above)
    name = f"{above} › {own}" if above and own else own or above
    part = KINDS[type(item)]
    yield Part(
        name,
        part.singular,
        _facts(item),
        _quantities(item),
        getattr(item, "note", ""),
        part.key,
        part.key_of(item),
    )
    for relationship in inspect(item).mapper.relationships:
        if relationship.direction is RelationshipDirection.ONETOMANY and relationship.uselist:
            for child in getattr(item, relationship.key):
                yield from walk(child, name)


def _name(item: Base, above: str) -> str:
    for column in NAMES:
        value = getattr(item, column, None)
        if isinstance(value, str) and value and value != above.rpartition(" › ")[2]:
            return value
    return ""


def _facts(item: Base) -> list[tuple[str, str]]:
    facts = []
    for column in table_of(type(item)).columns:
        value = None if column.name in BOOKKEEPING or ENTERED in column.info else getattr(item, column.name)
        usual = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
        if column.name in NAMES or value is None or value in (usual, "", [], {}):
            continue
        facts.append((_label(item, column.name), _fact(value)))
    return facts


def _fact(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case StrEnum():
            return in_sentence(choice_in_words(value))
        case list() | tuple():
            return "; ".join(_fact(item) for item in value)
        case float():
            return "no end" if value == inf else f"{value:.15g}"
        case _:
            return str(value)


def _quantities(item: Base) -> list[Quantity]:
    found = []
    for name in entered_names(table_of(type(item))):
        label = _label(item, name)
        match getattr(item, name):
            case Entered(values, unit, driver):
                found.append(Quantity(label, unit, values, driver or ""))
            case Row(values, unit):
                found.append(Quantity(label, unit, values))
            case Single(value, unit):
                found.append(Quantity(label, unit, (value,)))
            case Curve(x, x_unit, y, y_unit):
                found.append(Quantity(f"{label}, at", x_unit, x))
                found.append(Quantity(label, y_unit, y))
    return found


def _label(item: Base, name: str) -> str:
    """Return what forms call a column."""
    known = KINDS[type(item)].field(name)
    return known.words if known else in_words(name)


def table_of(kind: type[Base]) -> Table:
    """Return the table of a model class."""
    return Base.metadata.tables[kind.__tablename__]
