"""Connections to the live and to the scratch server, and the databases that come and go there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from app.db import CannotConnect, Trouble
from app.operate.backup.census import Census, take
from app.settings import Settings

SCRATCH = "scratch"
LIVE = "live"
#: How long a drop waits for PostgreSQL's own processes to leave a database [seconds].
LEAVE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server by the name that the agent knows it by."""

    name: str
    settings: Settings

    @property
    def host(self) -> str:
        """Return where it is."""
        return self.settings.backup_scratch_host if self.name == SCRATCH else self.settings.database_host

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return self.settings.backup_scratch_port if self.name == SCRATCH else self.settings.database_port

    @contextmanager
    def connect(self, database: str, *, autocommit: bool = False) -> Iterator[psycopg.Connection]:
        """Connect to one of its databases; raises `CannotConnect`."""
        try:
            connection = psycopg.connect(
                host=self.host,
                port=self.port,
                user=self.settings.database_user,
                password=self.settings.database_password.get_secret_value() or None,
                dbname=database,
                sslmode=self.settings.database_sslmode,
                connect_timeout=self.settings.database_connect_timeout,
                application_name="calminer backup",
                autocommit=autocommit,
            )
        except psycopg.OperationalError as error:
            said = f"{self.name} server {self.host}:{self.port}, {' '.join(str(error).split())}"
            raise CannotConnect(Trouble.UNREACHABLE, self.settings, said) from error
        with connection:
            yield connection

    def census(self, database: str) -> Census:
        """Count everything that one of its databases holds."""
        with self.connect(database) as connection:
            return take(connection, self.settings.database_schema)

    def exists(self, database: str) -> bool:
        """Say whether it has such a database."""
        with self._administer() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
            return found.fetchone() is not None

    def create(self, database: str) -> None:
        """Create an empty database in PostgreSQL's own locale, which no system upgrade changes."""
        with self._administer() as connection:
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin "
                    "BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
                ).format(sql.Identifier(database))
            )

    def drop(self, database: str) -> None:
        """Drop a database and whoever is connected to it.

        An autovacuum worker that happens to be there belongs to the superuser, whom another role may not end;
        it leaves by itself within moments.
        """
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))
        deadline = time.monotonic() + LEAVE_SECONDS
        while True:
            try:
                with self._administer() as connection:
                    connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return

    def rename(self, *pairs: tuple[str, str]) -> None:
        """Give databases other names, all of them or none.

        Raises psycopg's `ObjectInUse` while somebody is connected to one.
        """
        with self.connect("postgres") as connection:
            for database, name in pairs:
                connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                        sql.Identifier(database), sql.Identifier(name)
                    )
                )

    def names_like(self, start: str) -> list[str]:
        """Return the databases whose names begin so."""
        with self._administer() as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1", [start]
            )
            return [str(name) for (name,) in rows]

    @contextmanager
    def _administer(self) -> Iterator[psycopg.Connection]:
        with self.connect("postgres", autocommit=True) as connection:
            yield connection
