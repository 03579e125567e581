"""The queue: Procrastinate on CalMiner's own database; a job and the row it is about are one transaction."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import procrastinate
from psycopg import Connection
from sqlalchemy.orm import Session

from app.jobs.tasks import SIMULATE, TASKS
from app.settings import Settings, get_settings

#: Connections of one worker: fetching, finishing, heartbeat, listening for new jobs.
POOL_SIZE = 4


def make_app(settings: Settings) -> procrastinate.App:
    """Return the queue of an installation; nothing is connected yet."""
    connector = procrastinate.PsycopgConnector(
        kwargs={
            "host": settings.database_host,
            "port": settings.database_port,
            "user": settings.database_user,
            "password": settings.database_password.get_secret_value() or None,
            "dbname": settings.database_name,
            "sslmode": settings.database_sslmode,
            "connect_timeout": settings.database_connect_timeout,
            "application_name": "calminer queue",
            "options": f"-c search_path={settings.database_schema} -c timezone=UTC",
        },
        min_size=1,
        max_size=POOL_SIZE,
        timeout=settings.database_connect_timeout,
    )
    return procrastinate.App(connector=connector)


@lru_cache(maxsize=1)
def _sender() -> procrastinate.App:
    """Return the queue that only puts jobs on: it writes through other people's connections and has none."""
    return make_app(get_settings())


def enqueue(session: Session, task: str, **arguments: Any) -> int:
    """Put a job on the queue inside the session's transaction and return its number.

    The job exists when, and only when, the transaction is committed; workers hear of it at that moment.
    """
    session.flush()
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, Connection):
        raise TypeError(f"jobs need a psycopg connection, not {type(connection).__name__}")
    known = TASKS[task]
    job = _sender().configure_task(task, queue=known.queue, priority=known.priority, connection=connection)
    return job.defer(**arguments)


def enqueue_simulation(session: Session, run_id: int) -> None:
    """Put a simulation run on the queue inside the session's transaction."""
    enqueue(session, SIMULATE, run_id=run_id)
