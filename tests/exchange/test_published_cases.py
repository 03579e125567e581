"""Each published mine, built through the API alone from nothing, is worth what its source printed."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.exchange.published import PUBLISHED


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_mine_through_the_api_alone(client: TestClient, name: str) -> None:
    document, claims = PUBLISHED[name]
    assert client.get("/api/projects").json()["total"] == 0
    made = client.post("/api/imports/document", json=document())
    assert made.status_code == 201, made.text
    slug = made.json()["project"]
    (scenario,) = client.get(f"/api/projects/{slug}").json()["scenarios"]
    value: Any = client.get(f"/api/projects/{slug}/scenarios/{scenario['slug']}/valuation").json()
    assert "indicators" in value, value["errors"]
    found = {each["key"]: each["value"] for each in value["indicators"]}
    for claim in claims:
        assert abs(found[claim.indicator] - claim.printed) <= claim.tolerance, claim
    assert value["problems"] == []
