"""What the pages of the settings show: rows as a list, what goes with a row, the grid of a deck's years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request

from app.models import DeckPrice, MeasurementUnit, PriceDeck
from app.models.base import Base
from app.planning.parts import Field, Kind
from app.planning.shared.parts import SHARED, Shared, find_shared, owned_by
from app.planning.shared.save import list_rows
from app.planning.shared.uses import uses_by_code
from app.planning.values import value_of
from app.planning.words import in_words, value_in_words
from app.valuation.units import is_built_in
from app.web import formatting
from app.web.navigation import Crumb

#: Part of each tab and the words on it, in order.
TABS = ("currencies", "units", "headings", "decks", "smelters", "defaults")
#: Fields that lists leave to the form.
NOT_LISTED = frozenset({"note", "position", "active"})
MOST_COLUMNS = 7
#: Parts whose list counts the scenarios that use each row.
COUNTED = frozenset({"currencies", "headings"})


class Tab(NamedTuple):
    """One tab of the settings."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of a list. used: by how many scenarios, None where that is not counted."""

    key: str
    version: int
    name: str
    cells: Sequence[str]
    active: bool
    locked: bool
    used: int | None


@dataclass(frozen=True, slots=True)
class OwnedPart:
    """The rows of another part that go with a row. field: the one that names the owner."""

    key: str
    title: str
    singular: str
    field: str
    headings: Sequence[str]
    rows: Sequence[ListedRow]


@dataclass(frozen=True, slots=True)
class DeckRow:
    """One commodity by year. constant: one price holds for all years."""

    key: str
    version: int
    commodity: str
    currency: str
    unit: str
    values: Sequence[float]
    constant: bool


def tabs(request: Request, part: Shared) -> list[Tab]:
    """Return the tabs of the settings, that of a part marked."""
    path = request.app.url_path_for
    return [
        Tab(SHARED[key].title, str(path("setting_list", part=key)), key == part.tab)
        for key in TABS
        if key != "defaults"
    ] + [Tab("Defaults", str(path("setting", part="defaults", key="only")), part.tab == "defaults")]


def crumbs(request: Request, part: Shared, *deeper: Crumb) -> tuple[Crumb, ...]:
    """Return the path to a page of a part."""
    path = request.app.url_path_for
    top = Crumb("Settings", str(path("settings")))
    if part.only:
        return (top, Crumb(part.title))
    owner = find_shared(part.owner) if part.owner else part
    return (top, Crumb(owner.title, str(path("setting_list", part=owner.key)) if deeper else ""), *deeper)


def columns(part: Shared) -> list[Field]:
    """Return the fields that a list shows beside the name."""
    hidden = NOT_LISTED | set(part.naming) | ({part.parents[0][0]} if part.parents else set())
    return [field for field in part.fields if field.name not in hidden][:MOST_COLUMNS]


def listed(session: Session, part: Shared, rows: Sequence[Base]) -> list[ListedRow]:
    """Return rows as a list shows them."""
    used: Mapping[str, int] = uses_by_code(session, part) if part.key in COUNTED else {}
    return [
        ListedRow(
            part.key_of(row),
            getattr(row, "version", 1),
            part.name_of(row),
            [cell(part, row, field.name) for field in columns(part)],
            getattr(row, "active", True),
            isinstance(row, MeasurementUnit) and is_built_in(row.code),
            used.get(str(getattr(row, part.identity)), 0) if part.key in COUNTED else None,
        )
        for row in rows
    ]


def cell(part: Shared, row: Base, name: str) -> str:
    """Return one field in the reader's words and signs."""
    value = getattr(row, name)
    if value is None:
        return ""
    match part.kind(name):
        case Kind.CHOICE:
            return in_words(str(value)).lower()
        case Kind.DAY:
            return formatting.day(value)
        case Kind.NUMBER:
            return formatting.full(value)
        case Kind.SINGLE:
            unit = "" if value.unit == "1" else f" {value.unit}"
            return f"{formatting.full(value.value)}{unit}"
        case _:
            return value_in_words(value_of(part, row, name))


def owned_parts(session: Session, part: Shared, row: Base) -> list[OwnedPart]:
    """Return what goes with a row, part by part."""
    return [
        OwnedPart(
            owned.key,
            owned.title,
            owned.singular,
            owned.parents[0][0],
            [field.words for field in columns(owned)],
            listed(session, owned, list_rows(session, owned, getattr(row, owned.parents[0][1]))),
        )
        for owned in owned_by(part)
    ]


def deck_years(deck: PriceDeck) -> list[str]:
    """Return a name for each column of a deck; the last one holds on."""
    years = [str(deck.first_year + index) for index in range(deck.years)]
    return [*years[:-1], f"{years[-1]} on"]


def deck_rows(session: Session, deck: PriceDeck) -> list[DeckRow]:
    """Return the prices of a deck for the grid."""
    found = list_rows(session, SHARED["deck_prices"], deck.name)
    return [_deck_row(deck, row) for row in found if isinstance(row, DeckPrice)]


def _deck_row(deck: PriceDeck, row: DeckPrice) -> DeckRow:
    held = row.price.values
    constant = len(held) == 1 and deck.years > 1
    values = held * deck.years if constant else held
    return DeckRow(str(row.id), row.version, row.commodity, row.currency, row.price.unit, values, constant)
