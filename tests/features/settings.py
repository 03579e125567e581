"""Rows of the settings for tests, through the door that a program uses."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

API = "/api/settings"


def change(client: TestClient, *changes: dict[str, Any], status: int = 200) -> Any:
    answer = client.post(f"{API}/changes", json={"changes": list(changes)})
    assert answer.status_code == status, answer.text
    return answer.json()


def add(client: TestClient, part: str, **values: Any) -> dict[str, Any]:
    found: dict[str, Any] = change(client, {"part": part, "values": values})["rows"][0]
    return found


def errors(answer: Any) -> dict[str, str]:
    return {error["field"]: error["allowed"] for error in answer["errors"]}


def deck(client: TestClient, name: str = "Street", **values: Any) -> dict[str, Any]:
    made = {
        "name": name,
        "as_of": "2026-03-31",
        "source": "Survey of brokers",
        "first_year": 2026,
        "years": 3,
    }
    return add(client, "decks", **(made | values))


def price(
    client: TestClient, commodity: str, numbers: Any, unit: str, name: str = "Street"
) -> dict[str, Any]:
    return add(
        client,
        "deck_prices",
        deck=name,
        commodity=commodity,
        currency="USD",
        price={"value": numbers if isinstance(numbers, list) else [numbers], "unit": unit},
    )


def smelter(client: TestClient) -> dict[str, Any]:
    made = add(
        client,
        "smelters",
        name="Benchmark 2026",
        as_of="2026-01-01",
        source="Annual benchmark",
        currency="USD",
        treatment={"value": 80, "unit": "¤/t"},
    )
    add(client, "smelter_metals", terms="Benchmark 2026", metal="Cu", payable={"value": 96.5, "unit": "%"})
    add(
        client,
        "smelter_penalties",
        terms="Benchmark 2026",
        element="As",
        threshold={"value": 0.2, "unit": "%"},
        step={"value": 0.1, "unit": "%"},
        rate={"value": 2.5, "unit": "¤/t"},
    )
    return made
