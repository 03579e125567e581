from __future__ import annotations

import socket
import time

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from app import db
from app.db import CannotConnect, Trouble, get_session, make_engine, ping, wait_for_database
from app.errors import NotFound
from app.models import Project
from app.settings import get_settings


def project(slug: str = "x") -> Project:
    return Project(slug=slug, name="X", currency="USD")


def count(engine: Engine) -> int | None:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM projects"))


def test_a_request_that_ends_well_is_committed(own_database: Engine) -> None:
    request = get_session()
    next(request).add(project())
    with pytest.raises(StopIteration):
        next(request)
    assert count(own_database) == 1


@pytest.mark.parametrize("error", [NotFound("project", 1), RuntimeError("broken")])
def test_a_request_that_raises_is_rolled_back(own_database: Engine, error: Exception) -> None:
    request = get_session()
    next(request).add(project())
    with pytest.raises(type(error)):
        request.throw(error)  # type: ignore[attr-defined]
    assert count(own_database) == 0


def test_a_refused_row_is_no_lost_connection(own_database: Engine) -> None:
    request = get_session()
    next(request).add_all([project(), project()])
    with pytest.raises(IntegrityError):
        next(request)
    assert count(own_database) == 0


def test_a_connection_that_the_server_ends_is_unavailable(own_database: Engine) -> None:
    request = get_session()
    session = next(request)
    own = session.scalar(text("SELECT pg_backend_pid()"))
    with own_database.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
    with pytest.raises(OperationalError) as lost:
        session.execute(text("SELECT 1"))
    with pytest.raises(CannotConnect) as refused:
        request.throw(lost.value)  # type: ignore[attr-defined]
    assert refused.value.trouble is Trouble.UNREACHABLE
    ping(own_database)


def test_a_pool_without_a_free_connection_is_busy(
    own_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = make_engine(
        get_settings().model_copy(update={"database_pool_size": 1, "database_connect_timeout": 1})
    )
    with small.connect(), small.connect(), pytest.raises(CannotConnect, match="busy"):
        ping(small)
    small.dispose()


def test_connections_speak_utc_and_see_one_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW timezone")) == "UTC"
        assert connection.scalar(text("SHOW search_path")) == get_settings().database_schema


def test_waiting_ends_as_soon_as_the_server_answers(engine: Engine) -> None:
    wait_for_database(30, engine)


def test_waiting_for_a_wrong_password_ends_at_once(engine: Engine) -> None:
    wrong = make_engine(
        get_settings().model_copy(update={"database_password": type(get_settings().database_password)("no")})
    )
    began = time.monotonic()
    with pytest.raises(CannotConnect, match="authentication"):
        wait_for_database(30, wrong)
    assert time.monotonic() - began < 5


def test_waiting_for_nobody_tries_until_the_time_is_over(
    monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = make_engine(
            get_settings().model_copy(
                update={"database_host": "127.0.0.1", "database_port": free.getsockname()[1]}
            )
        )
        pauses: list[float] = []
        monkeypatch.setattr(db.time, "sleep", pauses.append)
        monkeypatch.setattr(db.time, "monotonic", lambda: sum(pauses))
        with pytest.raises(CannotConnect, match="unreachable"):
            wait_for_database(10, nowhere)
    assert 8 < sum(pauses) <= 10
    assert max(pauses) == db.LONGEST_PAUSE
