"""Statements that a connection of the tests prepares once, not anew in every test."""

from __future__ import annotations

from psycopg._preparing import PrepareManager
from sqlalchemy import Connection

#: More than a process of the tests asks in different words.
STATEMENTS = 2000


class Prepared(PrepareManager):
    """Keeps what is prepared when work is undone.

    The driver drops it then, in case the work made or dropped tables. Every test ends so, and the server
    would plan each statement anew in each of them, which for a whole scenario takes longer than its rows.
    """

    prepare_threshold = 1
    prepared_max = STATEMENTS

    def clear(self) -> bool:
        """Drop nothing: the tables of these connections stay as they are."""
        return False


def keep_prepared(connection: Connection) -> None:
    """Let a connection prepare what it asks a second time and keep it, with one plan for all values."""
    driver = connection.connection.driver_connection
    assert driver is not None
    if not isinstance(driver._prepared, Prepared):
        driver._prepared = Prepared()
        # Past the driver, which would begin a transaction and undo this with it.
        driver.pgconn.exec_(b"SET plan_cache_mode = force_generic_plan")
