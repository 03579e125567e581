"""Security headers and a request id are on every response."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.web.assets import asset
from app.web.middleware.security_headers import HEADERS, content_policy

RESPONSES = [
    ("/styleguide", 200),
    ("/health", 200),
    (asset("css/tokens.css"), 200),
    ("/openapi.json", 200),
    ("/static/none.css", 404),
    ("/no/such", 404),
    ("/sample/raise/NotAllowed", 403),
    ("/sample/raise/Conflict", 409),
    ("/sample/raise/LimitExceeded", 413),
    ("/sample/raise/InvalidInput", 422),
    ("/sample/raise/Mistake", 500),
    ("/api/sample/raise/Mistake", 500),
    ("/sample/raise/Unavailable", 503),
]


@pytest.mark.parametrize(("path", "status"), RESPONSES)
def test_headers_on_every_status(web: TestClient, path: str, status: int) -> None:
    response = web.get(path)
    assert response.status_code == status
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    assert response.headers["x-request-id"]


def test_headers_where_a_middleware_answers(web: TestClient) -> None:
    own = {"sec-fetch-site": "same-origin"}
    refused = web.post("/sample/form", headers={"sec-fetch-site": "cross-site"})
    too_large = web.post("/sample/form", content=b"x" * 70_000, headers=own)
    method = web.delete("/health", headers=own)
    assert [refused.status_code, too_large.status_code, method.status_code] == [403, 413, 405]
    for response in (refused, too_large, method):
        assert response.headers["content-security-policy"] == content_policy()
        assert response.headers["x-request-id"]


def test_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    directives = dict(part.split(" ", 1) for part in content_policy().split("; "))
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"
    assert directives["default-src"] == "'self'"
    for closed in ("object-src", "frame-ancestors", "base-uri"):
        assert directives[closed] == "'none'"
    assert "unsafe" not in content_policy()
    assert "http" not in content_policy()


def test_redoc_alone_gets_a_nonce_for_styles(web: TestClient) -> None:
    policies = [web.get("/redoc").headers["content-security-policy"] for _ in range(2)]
    assert policies[0] != policies[1]
    assert "style-src 'self' 'nonce-" in policies[0]
    assert "script-src 'self';" in policies[0]
    assert "unsafe" not in policies[0]
    nonce = policies[0].split("'nonce-")[1].split("'")[0]
    assert nonce not in policies[1]


@pytest.mark.parametrize("given", ["short", "x" * 65, "line\tbreak-0001", 'quote"<script>-0001', ""])
def test_request_id_of_doubtful_make_is_replaced(web: TestClient, given: str) -> None:
    answered = web.get("/health", headers={"X-Request-ID": given}).headers["x-request-id"]
    assert answered != given
    assert len(answered) == 16
