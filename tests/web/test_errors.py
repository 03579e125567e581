"""Every way to fail gives its status, as a page for people and as problem details for programs."""

from __future__ import annotations

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import exc
from starlette.requests import Request

from app.web.errors import prefers_json
from tests.web.conftest import SAMPLES

STATUSES = {
    "NotFound": 404,
    "NotAllowed": 403,
    "Conflict": 409,
    "InvalidInput": 422,
    "LimitExceeded": 413,
    "Unavailable": 503,
    "Mistake": 500,
}


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_page_of_each_error(web: TestClient, name: str, status: int) -> None:
    response = web.get(f"/sample/raise/{name}")
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in response.text
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_problem_details_of_each_error(web: TestClient, name: str, status: int) -> None:
    response = web.get(f"/api/sample/raise/{name}")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail", "instance", "request_id", "errors"} <= body.keys()
    assert body["status"] == status
    assert body["instance"] == f"/api/sample/raise/{name}"
    assert body["request_id"] == response.headers["x-request-id"]
    assert body["type"].startswith("urn:calminer:problem:")


def test_invalid_input_names_field_value_and_what_is_allowed(web: TestClient) -> None:
    rejected = {error["field"]: error for error in web.get("/api/sample/raise/InvalidInput").json()["errors"]}
    assert rejected["discount_rate"] == {
        "field": "discount_rate",
        "value": 108.0,
        "allowed": "from 0 to 100 %",
    }
    assert rejected["api_password"]["value"] == "(hidden)"
    assert len(rejected["note"]["value"]) == 201
    assert rejected["mass"]["value"] == "nan"
    page = web.get("/sample/raise/InvalidInput").text
    assert "108" in page
    assert "from 0 to 100 %" in page
    assert "hunter2" not in page


def test_conflict_shows_both_values(web: TestClient) -> None:
    body = web.get("/api/sample/raise/Conflict").json()
    assert body["theirs"] == {"name": "<Base>", "since": "2026-07-01"}
    assert body["yours"] == {"name": "<Mine>"}
    page = web.get("/sample/raise/Conflict").text
    assert "&lt;Base&gt;" in page
    assert "&lt;Mine&gt;" in page
    assert "<Mine>" not in page


def test_mistake_tells_its_request_and_nothing_else(web: TestClient) -> None:
    response = web.get("/sample/raise/Mistake", headers={"X-Request-ID": "walk-in-0042"})
    assert response.headers["x-request-id"] == "walk-in-0042"
    assert "walk-in-0042" in response.text
    assert "secret detail" not in response.text
    assert "Traceback" not in response.text


def test_unavailable_keeps_the_place_of_the_database_to_itself(web: TestClient) -> None:
    response = web.get("/sample/raise/Unavailable")
    assert "db.internal" not in response.text
    assert response.headers["retry-after"] == "5"


def test_database_that_is_gone(web: TestClient) -> None:
    response = web.get("/sample/database")
    assert response.status_code == 503
    assert "cannot reach its database" in response.text
    assert web.get("/health").json() == {"status": "ok"}
    ready = web.get("/ready")
    assert ready.status_code == 503
    assert ready.json() == {"status": "unavailable", "reason": "The database does not answer."}


def test_a_full_disk_is_called_that(web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    full = psycopg.errors.DiskFull("could not extend file: No space left on device")
    monkeypatch.setitem(SAMPLES, "Mistake", exc.OperationalError("INSERT", {}, full))
    response = web.get("/sample/raise/Mistake")
    assert response.status_code == 503
    assert "disk of the database is full" in response.text
    assert "saved before is safe" in response.text
    assert "extend file" not in response.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (exc.OperationalError("SELECT 1", {}, psycopg.OperationalError("server closed the connection")), 503),
        (exc.OperationalError("SELECT 1", {}, psycopg.errors.AdminShutdown("terminating connection")), 503),
        (psycopg.OperationalError("connection refused"), 503),
        (exc.TimeoutError("QueuePool limit reached"), 503),
        (exc.OperationalError("SELECT 1", {}, psycopg.errors.DeadlockDetected("deadlock")), 500),
    ],
)
def test_database_errors(
    web: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    monkeypatch.setitem(SAMPLES, "Mistake", error)
    assert web.get("/sample/raise/Mistake").status_code == status


def test_validation_lists_every_field(web: TestClient) -> None:
    response = web.post("/api/sample/body?page=0", json={"trials": 3, "secret_word": "sesame"})
    assert response.status_code == 422
    rejected = {error["field"]: error for error in response.json()["errors"]}
    assert set(rejected) == {"page", "trials", "name", "secret_word"}
    assert rejected["trials"]["value"] == 3
    assert "100" in rejected["trials"]["allowed"]
    assert rejected["name"]["value"] is None
    assert rejected["secret_word"]["value"] == "(hidden)"


def test_body_that_is_no_json(web: TestClient) -> None:
    response = web.post("/api/sample/body", content=b"{", headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_address_without_a_valid_id(web: TestClient) -> None:
    assert web.get("/sample/twelve/page").status_code == 404
    problem = web.get("/api/sample/twelve/page")
    assert problem.status_code == 422
    assert problem.json()["errors"][0]["field"] == "number"


def test_unknown_address(web: TestClient) -> None:
    page = web.get("/no/such/<page>")
    assert page.status_code == 404
    assert "There is no page at this address." in page.text
    assert web.get("/api/no/such").json()["title"] == "Not found"


def test_method_that_does_not_exist_here(web: TestClient) -> None:
    response = web.delete("/health")
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]
    assert web.put("/api/sample/body", headers={"sec-fetch-site": "same-origin"}).json()["status"] == 405


def test_try_again_never_leads_to_another_host(web: TestClient) -> None:
    assert 'href="//' not in web.get("//evil.example/x").text
    page = web.post("/no/such", headers={"referer": "https://evil.example/form"})
    assert "evil.example" not in page.text


@pytest.mark.parametrize(
    ("path", "accept", "json"),
    [
        ("/api/projects", "text/html", True),
        ("/api", "", True),
        ("/apiary", "text/html", False),
        ("/projects", "*/*", False),
        ("/projects", "", False),
        ("/projects", "application/json", True),
        ("/projects", "application/problem+json, text/html;q=0.5", True),
        ("/projects", "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8", False),
        ("/projects", "application/json;q=nonsense", True),
    ],
)
def test_who_prefers_json(path: str, accept: str, json: bool) -> None:
    headers = [(b"accept", accept.encode()), (b"host", b"testserver")]
    scope = {"type": "http", "path": path, "headers": headers, "query_string": b"", "scheme": "http"}
    assert prefers_json(Request(scope)) is json
