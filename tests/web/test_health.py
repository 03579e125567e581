"""Alive and ready are two questions."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.factory import create_app
from app.migrations.api import head
from app.settings import get_settings
from app.web import health

#: As many requests as Starlette runs side by side.
THREADS = 40


def client() -> TestClient:
    return TestClient(create_app())


def test_alive_says_exactly_this() -> None:
    response = client().get("/health")
    assert response.content == b'{"status":"ok"}'
    assert response.headers["content-type"] == "application/json"


def test_ready_on_the_newest_schema(own_database: Engine) -> None:
    response = client().get("/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "ready"}


def test_not_ready_on_an_empty_database(empty_database: Engine) -> None:
    response = client().get("/ready")
    assert response.status_code == 503
    assert head() in response.json()["reason"]


def test_not_ready_on_another_schema(own_database: Engine) -> None:
    with own_database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    response = client().get("/ready")
    assert response.status_code == 503
    assert "9999_later" in response.json()["reason"]


@pytest.mark.parametrize(("oldest_code", "status"), [(head(), 200), ("9998", 503)])
def test_a_later_schema_is_served_where_it_kept_what_this_code_needs(
    own_database: Engine, oldest_code: str, status: int
) -> None:
    with own_database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{oldest_code}..9999'"))
    assert client().get("/ready").status_code == status


def test_a_busy_process_is_ready_at_once(own_database: Engine) -> None:
    """Every connection and every thread of requests is in use: the proxy must not take it for gone."""
    busy, done = threading.Semaphore(0), threading.Event()
    made = create_app()

    @made.get("/hold")
    def hold() -> None:
        with own_database.connect():
            busy.release()
            done.wait(30)

    @made.get("/hold-a-thread")
    def hold_a_thread() -> None:
        busy.release()
        done.wait(30)

    settings = get_settings()
    connections = 2 * settings.database_pool_size
    with TestClient(made) as client, ThreadPoolExecutor(THREADS) as pool:
        paths = ["/hold"] * connections + ["/hold-a-thread"] * (THREADS - connections)
        answers = [pool.submit(client.get, path) for path in paths]
        try:
            for _ in paths:
                assert busy.acquire(timeout=20)
            begin = time.monotonic()
            assert client.get("/ready").json() == {"status": "ready"}
            assert time.monotonic() - begin < settings.database_connect_timeout
        finally:
            done.set()
        assert {answer.result().status_code for answer in answers} == {200}


def test_a_leaving_process_is_alive_and_not_ready(
    own_database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "DRAINING", tmp_path / "draining")
    assert client().get("/ready").status_code == 200
    health.DRAINING.touch()
    assert client().get("/ready").json()["reason"] == "This process is leaving."
    assert client().get("/health").status_code == 200
