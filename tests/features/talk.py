"""What tests of comments begin with."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.features.conftest import GOLD

API = f"/api{GOLD}"
HERE = f"{API}/comments"


def say(client: TestClient, text: str, **place: str) -> dict[str, object]:
    answer = client.post(HERE, json={"text": text, **place})
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


def line(client: TestClient, part: str = "costs") -> str:
    found: str = client.get(f"{API}/parts/{part}").json()[0]["name"]
    return found
