"""What the values of shared rows must keep to, beyond what the database checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotAllowed, Problem
from app.models import Currency, DeckPrice, MeasurementUnit, PriceDeck, Row, Single
from app.models.base import Base
from app.planning.parts import Kind
from app.planning.shared.parts import UNITS, Shared
from app.planning.shared.uses import count_uses
from app.valuation.own_units import BASE_OF, know_own_units
from app.valuation.units import Measure, UnknownUnit, fitting, is_built_in, measure

SYMBOL = re.compile(r"[^\W\d_][\w.²³°]{0,19}")
HEADING = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_NAME = 200
#: Words that stand for something else in addresses.
RESERVED = frozenset({"new", "removed"})
#: Fields that are a part of a whole.
SHARES = frozenset(
    {"payable", "moisture", "insurance", "losses", "provisional", "participation_share", "tax_rate"}
)
NOT_NEGATIVE = frozenset({"price", "threshold", "deduction"})


def bad_values(session: Session, part: Shared, values: Mapping[str, Any], place: str) -> list[Problem]:
    """Return what is wrong with the fields of a change, each on its own."""
    know_own_units(session)
    currencies = [name for name in values if part.kind(name) is Kind.CURRENCY and values[name] is not None]
    known = set(session.scalars(select(Currency.code))) if currencies else set()
    found = [
        Problem(name, values[name], "one of the currencies of this installation")
        for name in currencies
        if values[name] not in known
    ]
    for name, value in values.items():
        found += [Problem(name, value, allowed) for allowed in _wrong(part, name, value)]
    return [Problem(f"{place}.{problem.field}", problem.value, problem.allowed) for problem in found]


def _wrong(part: Shared, name: str, value: Any) -> Iterator[str]:
    match value:
        case Row(values, unit):
            yield from _wrong_numbers(part, name, values, unit)
        case Single(number, unit):
            yield from _wrong_numbers(part, name, (number,), unit)
        case str() if part.kind(name) is Kind.TEXT:
            yield from _wrong_text(part, name, value)
        case str() if part.required(name) and not value.strip():
            yield "fill this in"
        case float() if name == "rate" and not value > 0:
            yield "greater than 0"


def _wrong_text(part: Shared, name: str, value: str) -> Iterator[str]:
    if part.required(name) and not value.strip():
        yield "fill this in"
    elif len(value) > LONGEST_NAME:
        yield f"at most {LONGEST_NAME} characters"
    elif name == "code" and part.key == "headings" and (value in RESERVED or not HEADING.fullmatch(value)):
        yield "small letters, digits and hyphens, such as grade-control"


def _wrong_numbers(part: Shared, name: str, values: tuple[float, ...], unit: str) -> Iterator[str]:
    wanted = part.per(name)
    given = _measured(unit)
    if given is None:
        yield "a unit that CalMiner knows, such as t, g/t, %, ¤/oz"
        return
    target = fitting(given, (wanted,))
    if target is None:
        yield f"a unit that measures {wanted}"
        return
    base = [given.to_base(number) for number in values]
    if name in SHARES and not all(0 <= number <= 1 for number in base):
        yield "from 0 to 100 %"
    if name in NOT_NEGATIVE and any(number < 0 for number in base):
        yield "at least 0"


def _measured(unit: str) -> Measure | None:
    try:
        return measure(unit)
    except UnknownUnit:
        return None


def refuse_change(session: Session, row: Base, values: Mapping[str, Any], place: str) -> None:
    """Raise `NotAllowed` or `InvalidInput` where the row as a whole forbids the change; `{}` adds it."""
    if isinstance(row, MeasurementUnit) and values:
        _refuse_unit_change(session, row, values, place)
    elif isinstance(row, MeasurementUnit):
        _refuse_unit(row, place)
    elif isinstance(row, DeckPrice):
        _refuse_prices(session, row, values.get("price", row.price), place)


def _refuse_unit_change(
    session: Session, row: MeasurementUnit, values: Mapping[str, Any], place: str
) -> None:
    changed = {name for name in ("kind", "factor", "system") if name in values}
    changed = {name for name in changed if values[name] != getattr(row, name)}
    if changed and is_built_in(row.code):
        raise NotAllowed(f"“{row.code}” is built in: its name and its place may change, its factor may not.")
    if changed - {"system"} and (used := count_uses(session, UNITS, row.code)):
        raise NotAllowed(f"{used} scenarios use “{row.code}”, so what it measures stays as it is.")
    if "kind" in changed and values["kind"] not in BASE_OF:
        raise InvalidInput([Problem(f"{place}.kind", values["kind"], _kinds())])


def _refuse_unit(row: MeasurementUnit, place: str) -> None:
    if is_built_in(row.code):
        raise InvalidInput([Problem(f"{place}.code", row.code, "another symbol: this one is built in")])
    if not SYMBOL.fullmatch(row.code):
        allowed = "letters and digits, beginning with a letter, at most 20; / and ¤ combine units in a field"
        raise InvalidInput([Problem(f"{place}.code", row.code, allowed)])
    if row.kind not in BASE_OF:
        raise InvalidInput([Problem(f"{place}.kind", row.kind, _kinds())])


def _kinds() -> str:
    return f"one of {', '.join(BASE_OF)}; money by something is written ¤/unit"


def refuse_built_in(row: Base) -> None:
    """Raise `NotAllowed` for a unit that is part of CalMiner."""
    if isinstance(row, MeasurementUnit) and is_built_in(row.code):
        raise NotAllowed(f"“{row.code}” is built in and cannot be removed.")


def _refuse_prices(session: Session, row: DeckPrice, price: Row, place: str) -> None:
    years = session.scalar(select(PriceDeck.years).where(PriceDeck.name == row.deck))
    if years is not None and len(price.values) not in {1, years}:
        allowed = f"one price, or {years}: one for each year of the deck"
        raise InvalidInput([Problem(f"{place}.price", f"{len(price.values)} prices", allowed)])


def settle_deck(session: Session, row: Base, place: str) -> None:
    """Bring the prices of a deck to its number of years: the last goes on, and only its like is left out."""
    if not isinstance(row, PriceDeck):
        return
    with session.no_autoflush:
        prices = session.scalars(select(DeckPrice).where(DeckPrice.deck == row.name)).all()
    for price in prices:
        held = price.price.values
        if len(held) in {1, row.years}:
            continue
        if len(set(held[row.years - 1 :])) > 1:
            told = f"{len(held)}: {price.commodity} has a price of its own in a year that would go"
            raise InvalidInput([Problem(f"{place}.years", row.years, told)])
        longer = (*held, *(held[-1:] * row.years))[: row.years]
        price.price = Row(longer, price.price.unit)
