"""A migrated database of its own per test process; each test in a transaction that is rolled back."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import db, settings
from app.migrations import api
from app.seed.reference import SEEDS, plant


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give the engine of a fresh database with the whole schema and the reference data."""
    name = f"valuation_{os.getpid()}_{secrets.token_hex(4)}"
    url = settings.get_settings().database_url
    admin = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    made = db.make_engine(settings.get_settings().model_copy(update={"database_name": name}))
    with api.setup_lock(made) as connection_:
        api.upgrade(connection_)
        for seed in SEEDS:
            plant(connection_, seed)
        connection_.commit()
    yield made
    made.dispose()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Give a session whose work is rolled back."""
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as made:
            yield made
        transaction.rollback()
