"""What scenarios use of the settings: where, what stays because of it, units of one's own."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.models import Scenario
from app.valuation.own_units import know_own_units
from app.valuation.units import measure
from tests.features.conftest import SAME_ORIGIN, Post
from tests.features.settings import API, add, change
from tests.planning.conftest import every_part
from tests.seeds import Seeds, base_scenario


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient) -> None:
    client.headers.update(SAME_ORIGIN)


@pytest.fixture
def seeds(seeds: Seeds) -> Seeds:
    return {**seeds, "used": every_part}


@pytest.fixture
def used(session: Session) -> Scenario:
    """A scenario that uses currencies, headings and units."""
    return base_scenario(session, "everything")


def test_what_scenarios_use_says_where_and_stays(client: TestClient, used: Scenario) -> None:
    heading = next(line.heading for line in used.costs if line.heading)
    for part, key in (("currencies", "CAD"), ("headings", heading), ("units", "Mt")):
        found = client.get(f"{API}/{part}/{key}/uses").json()
        assert [each["scenario_slug"] for each in found] == ["base"], part
        assert "Project everything" in client.get(f"/settings/{part}/{key}").text
        assert client.get(f"{API}/{part}/{key}").json()["key"] == key
        gone = client.post(f"{API}/changes", json={"changes": [{"part": part, "key": key, "remove": True}]})
        assert gone.status_code == 403, part
    assert "1 scenario uses" in gone.text or "built in" in gone.text
    change(client, {"part": "headings", "key": heading, "values": {"active": False}})
    assert "Not offered" in client.get("/settings/headings").text


def test_a_cost_category_moves_among_its_like(client: TestClient, post: Post) -> None:
    def order() -> list[str]:
        rows = client.get(f"{API}/headings").json()["rows"]
        return [row["key"] for row in rows if row["values"]["section"] == "operating"]

    first, second = order()[:2]
    post("/settings/headings", f"/settings/headings/{first}/move", direction="down")
    assert order()[:2] == [second, first]
    post("/settings/headings", f"/settings/headings/{second}/move", direction="up")
    assert order()[:2] == [second, first]


def test_a_heading_that_is_not_offered_stays_on_its_line(client: TestClient, used: Scenario) -> None:
    heading = next(line.heading for line in used.costs if line.heading)
    line = next(line for line in used.costs if line.heading == heading)
    change(client, {"part": "headings", "key": heading, "values": {"active": False}})
    here = "/projects/everything/scenarios/base/parts/costs"
    assert f'value="{heading}" selected' in client.get(f"{here}/{line.id}").text
    other = client.get("/projects/everything/scenarios/base/parts/capital/new").text
    assert f'value="{heading}"' in other


def test_built_in_units_are_locked(client: TestClient) -> None:
    body = {"part": "units", "key": "t", "values": {"factor": 2}}
    assert client.post(f"{API}/changes", json={"changes": [body]}).status_code == 403
    change(client, {"part": "units", "key": "t", "values": {"label": "metric tonne"}})
    assert "Built in" in client.get("/settings/units").text
    percent = client.get(f"{API}/units/~25~").json()
    assert percent["values"]["code"] == "%"
    assert client.get("/settings/units/~25~").status_code == 200


def test_a_unit_of_ones_own_is_read_in_scenarios(
    client: TestClient, session: Session, used: Scenario
) -> None:
    add(client, "units", code="skip", label="Skip of ore", kind="mass", factor=12.5, system="none")
    know_own_units(session)
    assert measure("¤/skip").to_base(25.0) == 2.0
    address = "/api/projects/everything/scenarios/base"
    row = client.get(f"{address}/parts/costs").json()[0]
    held = {"rate": {"value": 25, "unit": "¤/skip"}, "basis": "per_t_mined"}
    body = {"part": "costs", "key": row["key"], "values": held}
    assert client.post(f"{address}/changes", json={"changes": [body]}).status_code == 200
    assert client.get("/projects/everything/scenarios/base/costs").status_code == 200
    assert [each["places"] for each in client.get(f"{API}/units/skip/uses").json()] == [["cost lines"]]
    for values in ({"factor": 13.0}, {"kind": "volume"}):
        body = {"part": "units", "key": "skip", "values": values}
        assert client.post(f"{API}/changes", json={"changes": [body]}).status_code == 403
    gone = client.post(f"{API}/changes", json={"changes": [{"part": "units", "key": "skip", "remove": True}]})
    assert gone.status_code == 403
