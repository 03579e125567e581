"""The OpenAPI document promises problem details, and pages stay out of it."""

from __future__ import annotations

from fastapi.testclient import TestClient


def test_every_operation_fails_with_problem_details(web: TestClient) -> None:
    document = web.get("/openapi.json").json()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert operations
    for operation in operations:
        content = operation["responses"]["default"]["content"]
        assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert not {"HTTPValidationError", "ValidationError"} & document["components"]["schemas"].keys()


def test_what_is_promised_is_sent(web: TestClient) -> None:
    promised = web.get("/openapi.json").json()["components"]["schemas"]["Problem"]
    sent = web.get("/api/sample/raise/Conflict").json()
    assert set(promised["required"]) <= sent.keys() <= promised["properties"].keys()
    rejected = web.get("/api/sample/raise/InvalidInput").json()["errors"][0]
    assert set(promised["properties"]["errors"]["items"]["required"]) == rejected.keys()


def test_pages_stay_out(web: TestClient) -> None:
    paths = web.get("/openapi.json").json()["paths"]
    assert not [path for path in paths if not path.startswith(("/api/", "/sample/"))]
