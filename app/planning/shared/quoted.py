"""The dated rates of one pair of currencies, edited as a block: by day, whatever row a day was typed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, Problem
from app.models import ExchangeRate
from app.planning.edit import RowChange
from app.planning.shared.save import save_shared


@dataclass(frozen=True, slots=True)
class TypedRate:
    """One line of the block. was, version: the stored day that the line began as; None for a new one."""

    place: int
    as_of: date
    rate: float
    source: str
    was: date | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Rates say what one unit of `currency` was worth in `quoted_in`."""

    currency: str
    quoted_in: str


def rates_of(pair: Pair) -> Select[ExchangeRate]:
    """Return the query for the rates of a pair, the latest first."""
    rate = ExchangeRate
    return (
        select(rate)
        .where(rate.currency == pair.currency, rate.quoted_in == pair.quoted_in)
        .order_by(rate.as_of.desc())
    )


def count_rates(session: Session, pair: Pair) -> int:
    """Return how many rates a pair has."""
    return session.scalar(select(func.count()).select_from(rates_of(pair).subquery())) or 0


def quoted_currencies(session: Session, currency: str) -> list[str]:
    """Return the currencies that a currency has rates in."""
    statement = select(ExchangeRate.quoted_in).where(ExchangeRate.currency == currency).distinct()
    return sorted(session.scalars(statement))


def save_block(
    session: Session, pair: Pair, typed: Sequence[TypedRate], emptied: Sequence[tuple[date, int]]
) -> int:
    """Store a block and return how many rates changed; `emptied` are stored days whose line was cleared.

    Raises `InvalidInput` that names lines as `rate.3`, and `Conflict` where somebody else saved one first.
    """
    stored = {row.as_of: row for row in session.scalars(rates_of(pair))}
    shown = {line.was: line.version for line in typed if line.was} | dict(emptied)
    _refuse_twice(typed, stored, frozenset(shown))
    changes, places = _changes(pair, typed, stored, shown)
    if changes:
        try:
            save_shared(session, changes)
        except InvalidInput as error:
            raise InvalidInput([_placed(problem, places) for problem in error.problems]) from error
    return len(changes)


def _refuse_twice(
    typed: Sequence[TypedRate], stored: dict[date, ExchangeRate], shown: frozenset[date]
) -> None:
    problems, seen = [], set()
    for line in typed:
        if line.as_of in seen:
            problems.append(Problem(f"as_of.{line.place}", line.as_of, "a day that no other line has"))
        elif line.as_of in stored and line.as_of not in shown:
            held = f"another day: its rate is {stored[line.as_of].rate:.15g} already, on another page"
            problems.append(Problem(f"as_of.{line.place}", line.as_of, held))
        seen.add(line.as_of)
    if problems:
        raise InvalidInput(problems)


def _changes(
    pair: Pair,
    typed: Sequence[TypedRate],
    stored: dict[date, ExchangeRate],
    shown: dict[date, int | None],
) -> tuple[list[RowChange], list[int]]:
    changes, places = [], []
    kept = {line.as_of for line in typed}
    for day, version in shown.items():
        if day not in kept:
            key = str(stored[day].id) if day in stored else "0"
            changes.append(RowChange("exchange_rates", key, version, remove=True))
            places.append(0)
    for line in typed:
        values = {"rate": line.rate, "source": line.source}
        row = stored.get(line.as_of)
        if row is None and line.as_of in shown:
            changes.append(RowChange("exchange_rates", "0", shown[line.as_of], values))
        elif row is None:
            whole = {"currency": pair.currency, "quoted_in": pair.quoted_in, "as_of": line.as_of.isoformat()}
            changes.append(RowChange("exchange_rates", values=whole | values))
        elif (row.rate, row.source) != (line.rate, line.source):
            changes.append(RowChange("exchange_rates", str(row.id), shown[line.as_of], values))
        else:
            continue
        places.append(line.place)
    return changes, places


def _placed(problem: Problem, places: Sequence[int]) -> Problem:
    """The domain says `changes[0].rate`; the block says `rate.3`."""
    head, _, field = problem.field.partition("].")
    index = head.removeprefix("changes[")
    place = places[int(index)] if index.isdecimal() else 0
    return Problem(f"{field}.{place}", problem.value, problem.allowed)
