"""Reference data: inserts what is missing, keeps what people edited, leaves deleted what they deleted.

The rows are in `data/<table>.csv`. The ledger remembers every key that was once put in, so that a row which
is gone since then was deleted by somebody and stays deleted.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, Double, Table, select
from sqlalchemy.dialects.postgresql import insert

from app.models import CostHeading, Currency, MeasurementUnit, Role, SeedEntry
from app.models.base import Base

DATA = Path(__file__).parent / "data"
LEDGER: Table = Base.metadata.tables[SeedEntry.__tablename__]


@dataclass(frozen=True, slots=True)
class Seed:
    """One file of reference rows and the column that is their natural key."""

    model: type[Base]
    key: str

    @property
    def name(self) -> str:
        """The name of the table, of the file and in the ledger."""
        return self.table.name

    @property
    def table(self) -> Table:
        """The table that the rows go to."""
        return Base.metadata.tables[self.model.__tablename__]


SEEDS: tuple[Seed, ...] = (
    Seed(Role, "name"),
    Seed(Currency, "code"),
    Seed(MeasurementUnit, "code"),
    Seed(CostHeading, "code"),
)
READERS: Mapping[type[Any], Callable[[str], object]] = {
    Double: float,
    BigInteger: int,
    Boolean: lambda word: word == "true",
}


def rows(seed: Seed) -> list[dict[str, object]]:
    """Return the rows of a seed's file as the table wants them; an empty cell is left to the default."""
    columns = seed.table.columns
    with (DATA / f"{seed.name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            {name: READERS.get(type(columns[name].type), str)(cell) for name, cell in line.items() if cell}
            for line in csv.DictReader(file)
        ]


def missing(
    connection: Connection, seed: Seed, known: Sequence[str] | None = None
) -> list[dict[str, object]]:
    """Return the rows that seeding would insert; `known` stands in for ledger and table."""
    if known is None:
        remembered = select(LEDGER.c.key).where(LEDGER.c.seed == seed.name)
        present = select(seed.table.c[seed.key])
        known = [str(key) for key in (*connection.scalars(remembered), *connection.scalars(present))]
    return [row for row in rows(seed) if row[seed.key] not in set(known)]


def plant(connection: Connection, seed: Seed) -> list[str]:
    """Insert what is missing and return its keys."""
    new = missing(connection, seed)
    by_columns: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for row in new:
        by_columns.setdefault(tuple(row), []).append(row)
    for group in by_columns.values():
        connection.execute(insert(seed.table).on_conflict_do_nothing(), group)
    remember(connection, seed.name, [str(row[seed.key]) for row in rows(seed)])
    return [str(row[seed.key]) for row in new]


def remember(connection: Connection, seed: str, keys: Sequence[str]) -> None:
    """Write keys into the ledger, so that they are never put in again."""
    if keys:
        entries = [{"seed": seed, "key": key} for key in keys]
        connection.execute(insert(LEDGER).on_conflict_do_nothing(), entries)


def remembered(connection: Connection, seed: str) -> frozenset[str]:
    """Return the keys that the ledger holds for a seed."""
    return frozenset(connection.scalars(select(LEDGER.c.key).where(LEDGER.c.seed == seed)))
