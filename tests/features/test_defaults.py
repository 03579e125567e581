"""What a new scenario, a new project and a run begin with."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.models import Scenario
from tests.features.conftest import GOLD, SAME_ORIGIN
from tests.features.settings import change


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient) -> None:
    client.headers.update(SAME_ORIGIN)


def test_a_new_scenario_begins_with_the_defaults(client: TestClient, gold: Scenario) -> None:
    defaults = {
        "length": "quarter",
        "count": 40,
        "discount_rate": {"value": 6.5, "unit": "%"},
        "convention": "end",
        "tax_rate": {"value": 27, "unit": "%"},
        "loss_rule": "lost",
        "depreciation_method": "straight_line",
        "depreciation_life": {"value": 10, "unit": "a"},
        "trials": 5000,
        "sampler": "plain",
    }
    change(client, {"part": "defaults", "key": "only", "version": 1, "values": defaults})
    made = client.post("/api/projects/diamba-sud/scenarios", json={"name": "Fresh", "start": "2027-01-01"})
    assert made.status_code == 201, made.text
    address = f"/api/projects/diamba-sud/scenarios/{made.json()['slug']}"
    terms = client.get(f"{address}/parts/terms").json()[0]["values"]
    assert (terms["discount_rate"], terms["convention"]) == ({"value": 6.5, "unit": "%"}, "end")
    assert client.get(f"{address}/parts/scenario").json()[0]["values"]["periods"] == [
        {"length": "quarter", "count": 40}
    ]
    assert client.get(f"{address}/parts/income_tax").json()[0]["values"]["loss_rule"] == "lost"
    assert client.get(f"{address}/parts/depreciation").json()[0]["name"] == "General"
    form = client.get("/projects/diamba-sud/new-scenario").text
    assert 'value="6.5"' in form
    assert 'value="quarter" selected' in form
    run = client.get(f"{GOLD}/simulations").text
    assert 'value="5000"' in run
    assert 'value="plain" selected' in run
