"""The fixtures keep their promises; every other test stands on them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

WRITE = text("CREATE TABLE left_behind (x integer)")
LOOK = text("SELECT to_regclass('left_behind') IS NOT NULL")


@pytest.mark.parametrize("run", [1, 2])
def test_what_a_test_commits_is_gone_for_the_next(session: Session, run: int) -> None:
    assert not session.scalar(LOOK)
    session.execute(WRITE)
    session.commit()
    session.execute(text("SELECT 1"))
    session.rollback()
    assert session.scalar(LOOK)


@pytest.mark.parametrize("run", [1, 2])
def test_an_own_database_is_new_each_time(own_database: Engine, run: int) -> None:
    with own_database.begin() as connection:
        assert not connection.scalar(LOOK)
        connection.execute(WRITE)
    with own_database.begin() as connection:
        assert connection.scalar(LOOK)


def test_the_template_is_migrated_and_an_empty_database_is_empty(
    session: Session, empty_database: Engine
) -> None:
    count = text("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
    assert session.scalar(count)
    with empty_database.connect() as connection:
        assert connection.scalar(count) == 0


def test_queries_are_counted_and_savepoints_are_not(
    session: Session, query_counter: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with query_counter() as queries:
        session.execute(text("SELECT 1"))
        session.commit()
        session.execute(text("SELECT 2"))
    assert queries == ["SELECT 1", "SELECT 2"]


def test_the_server_is_the_version_that_installations_run(session: Session) -> None:
    assert session.scalar(text("SHOW server_version_num")).startswith("18")
    locale = text("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()")
    assert tuple(session.execute(locale).one()) == ("b", "C.UTF-8")
