"""Alive and ready are two questions."""

from __future__ import annotations

from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.factory import create_app
from app.migrations.api import head


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
