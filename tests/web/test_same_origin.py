"""Requests that change something pass only from CalMiner's own pages, or from callers without a cookie."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

CASES = [
    ({"sec-fetch-site": "same-origin"}, 200),
    ({"sec-fetch-site": "none"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
    ({"origin": "http://testserver"}, 200),
    ({"origin": "https://testserver"}, 200),
    ({"origin": "http://testserver:8000"}, 403),
    ({"origin": "http://testserver.evil.example"}, 403),
    ({"origin": "https://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": ""}, 403),
    ({}, 200),
    ({"cookie": "session=1"}, 403),
    ({"cookie": "session=1", "origin": "http://testserver"}, 200),
    ({"cookie": "session=1", "authorization": "Bearer calminer_x"}, 200),
    ({"cookie": "session=1", "authorization": "Basic eDp5"}, 403),
    ({"sec-fetch-site": "cross-site", "authorization": "Basic eDp5"}, 403),
]


@pytest.mark.parametrize(("headers", "status"), CASES)
def test_unsafe_method(web: TestClient, headers: dict[str, str], status: int) -> None:
    response = web.post("/api/sample/raw", content=b"1", headers=headers)
    assert response.status_code == status
    if status == 403:
        assert "another site" in response.json()["detail"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "PROPFIND"])
def test_every_unsafe_method(web: TestClient, method: str) -> None:
    assert web.request(method, "/health", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_links_from_other_sites_still_work(web: TestClient) -> None:
    assert web.get("/styleguide", headers={"sec-fetch-site": "cross-site"}).status_code == 200
    assert web.head("/openapi.json", headers={"origin": "https://evil.example"}).status_code == 200
