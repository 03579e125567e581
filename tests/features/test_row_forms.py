"""Every form of every part opens, for a new row and for one that is there."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.planning.parts import NEW, PARTS, Part

BASE = "/projects/everything/scenarios/base"


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("part", [part for part in PARTS.values() if part.path], ids=lambda part: part.key)
def test_a_form_opens(client: TestClient, part: Part) -> None:
    there = client.get(f"/api{BASE}/parts/{part.key}").json()[0]["key"]
    for key in (there, NEW):
        page = client.get(f"{BASE}/parts/{part.key}/{key}")
        assert page.status_code == 200, key
        assert [field.name for field in part.fields if f'name="{field.name}' not in page.text] == [], key
