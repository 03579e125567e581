"""What a database holds, in figures that two databases can be compared by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

import psycopg
from psycopg import sql

#: Texts of rows must not depend on who asks.
_SPEAK_PLAINLY = (
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL intervalstyle = 'iso_8601'",
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL search_path = pg_catalog",
)
_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY 1, 2"""
_SEQUENCES = """
    SELECT schemaname || '.' || sequencename, coalesce(last_value, 0) FROM pg_sequences
    WHERE schemaname !~ '^pg_' ORDER BY 1"""
_OBJECTS = """
    SELECT kind, count(*) FROM (
        SELECT CASE relkind WHEN 'i' THEN 'indexes' WHEN 'v' THEN 'views' ELSE 'sequences' END AS kind,
               relnamespace AS schema FROM pg_class WHERE relkind IN ('i', 'v', 'S')
        UNION ALL SELECT 'constraints', connamespace FROM pg_constraint
        UNION ALL SELECT 'functions', pronamespace FROM pg_proc
        UNION ALL SELECT 'triggers', c.relnamespace FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        UNION ALL SELECT 'types', typnamespace FROM pg_type WHERE typtype IN ('d', 'e')
    ) found JOIN pg_namespace n ON n.oid = found.schema
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' GROUP BY 1 ORDER BY 1"""


@dataclass(frozen=True, slots=True)
class Table:
    """How many rows a table has, and a sum over the hashes of their contents that no order changes."""

    rows: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Census:
    """One database at one moment."""

    server: str
    major: int
    revision: str | None
    bytes: int
    tables: dict[str, Table]
    sequences: dict[str, int]
    objects: dict[str, int]

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read what `asdict` wrote."""
        tables = {name: Table(**table) for name, table in document["tables"].items()}
        return cls(**{**document, "tables": tables})

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @property
    def rows(self) -> int:
        """Return how many rows there are in all tables."""
        return sum(table.rows for table in self.tables.values())


def take(connection: psycopg.Connection, schema: str) -> Census:
    """Count and fingerprint everything the connection's transaction sees."""
    for statement in _SPEAK_PLAINLY:
        connection.execute(statement.encode())
    version = connection.info.server_version
    return Census(
        server=f"{version // 10000}.{version % 10000}",
        major=version // 10000,
        revision=_revision(connection, schema),
        bytes=int(_one(connection, sql.SQL("SELECT pg_database_size(current_database())"))),
        tables={
            f"{place}.{name}": _table(connection, place, name) for place, name in _pairs(connection, _TABLES)
        },
        sequences={str(name): int(value) for name, value in _pairs(connection, _SEQUENCES)},
        objects={str(kind): int(count) for kind, count in _pairs(connection, _OBJECTS)},
    )


def differences(wanted: Census, found: Census) -> Iterator[str]:
    """Say how a restored database differs from the one that its backup was made of.

    A sequence is no part of the snapshot, so it may be further than it was when the rows were counted.
    What else there is beside rows is compared within one major version, which decides how it is counted.
    """
    if wanted.revision != found.revision:
        yield f"schema revision {found.revision} instead of {wanted.revision}"
    for name in sorted(wanted.tables.keys() | found.tables.keys()):
        before, after = wanted.tables.get(name), found.tables.get(name)
        if before is None or after is None:
            yield f"table {name} {'is missing' if after is None else 'was not there'}"
        elif before.rows != after.rows:
            yield f"table {name} has {after.rows} rows instead of {before.rows}"
        elif before.fingerprint != after.fingerprint:
            yield f"table {name} has {after.rows} rows with other contents"
    for name, value in wanted.sequences.items():
        if found.sequences.get(name, -1) < value:
            yield f"sequence {name} is at {found.sequences.get(name)} instead of {value}"
    if wanted.major == found.major and wanted.objects != found.objects:
        yield f"{found.objects} instead of {wanted.objects}"


def _table(connection: psycopg.Connection, place: str, name: str) -> Table:
    rows, fingerprint = connection.execute(
        sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {} t").format(
            sql.Identifier(place, name)
        )
    ).fetchone() or (0, "0")
    return Table(int(rows), str(fingerprint))


def _revision(connection: psycopg.Connection, schema: str) -> str | None:
    table = sql.Identifier(schema, "alembic_version")
    there = connection.execute("SELECT to_regclass(%s)", [table.as_string(connection)]).fetchone()
    if not there or there[0] is None:
        return None
    row = connection.execute(sql.SQL("SELECT version_num FROM {}").format(table)).fetchone()
    return str(row[0]) if row else None


def _pairs(connection: psycopg.Connection, query: str) -> list[tuple[Any, Any]]:
    return connection.execute(query.encode()).fetchall()


def _one(connection: psycopg.Connection, query: sql.SQL) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
