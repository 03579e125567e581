"""A body larger than the installation accepts is refused, announced or not."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.testclient import TestClient

LIMIT = 65536


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 1024):
        yield b"x" * 1024


def test_as_large_as_allowed(web: TestClient) -> None:
    assert web.post("/api/sample/raw", content=b"x" * LIMIT).text == str(LIMIT)
    assert web.post("/api/sample/raw", content=chunks(LIMIT)).text == str(LIMIT)


def test_announced(web: TestClient) -> None:
    response = web.post("/api/sample/raw", content=b"x" * (LIMIT + 1))
    assert response.status_code == 413
    assert "0.0625 MB" in response.json()["detail"]


def test_announced_to_an_address_that_reads_nothing(web: TestClient) -> None:
    response = web.post("/no/such", content=b"x" * (LIMIT + 1))
    assert response.status_code == 413
    assert "0.0625 MB" in response.text


def test_not_announced(web: TestClient) -> None:
    response = web.post("/api/sample/raw", content=chunks(LIMIT + 2048))
    assert response.status_code == 413
    assert "0.0625 MB" in response.json()["detail"]


def test_form_that_is_not_announced(web: TestClient) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    response = web.post("/sample/form", content=chunks(LIMIT + 2048), headers=headers)
    assert response.status_code == 413
    assert "0.0625 MB" in response.text


def test_json_that_is_not_announced(web: TestClient) -> None:
    headers = {"content-type": "application/json"}
    response = web.post("/api/sample/body", content=chunks(LIMIT + 2048), headers=headers)
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_announcement_that_is_no_number(web: TestClient) -> None:
    headers = {"content-length": "many"}
    assert web.post("/api/sample/raw", content=chunks(LIMIT + 2048), headers=headers).status_code == 413
