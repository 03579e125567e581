"""Dated exchange rates as a block: typed, pasted, emptied, and each way to fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.features.conftest import SAME_ORIGIN, Post
from tests.features.settings import API, add, change


@pytest.fixture(autouse=True)
def _own_pages(client: TestClient) -> None:
    client.headers.update(SAME_ORIGIN)


def rates(client: TestClient, code: str = "CAD") -> dict[str, float]:
    rows = client.get(f"{API}/exchange_rates", params={"owner": code}).json()["rows"]
    return {row["values"]["as_of"]: row["values"]["rate"] for row in rows}


def block(*lines: tuple[str, str, str]) -> dict[str, str]:
    names = ("as_of", "rate", "source")
    return {
        f"{name}.{place}": text
        for place, line in enumerate(lines)
        for name, text in zip(names, line, strict=True)
    }


def test_a_block_of_rates_is_typed_changed_and_emptied(client: TestClient, post: Post) -> None:
    page = "/settings/currencies/CAD/rates?quoted_in=USD"
    answer = post(
        page, **block(("2026-01-31", "0.73", "bank"), ("28/02/2026", "0.74", ""), ("31.03.2026", "0.75", ""))
    )
    assert answer.status_code == 303, answer.text
    assert rates(client) == {"2026-01-31": 0.73, "2026-02-28": 0.74, "2026-03-31": 0.75}
    kept = {"was.0": "2026-03-31", "version.0": "1", "was.1": "2026-02-28", "version.1": "1"}
    answer = post(page, **kept, **block(("2026-03-31", "0.76", ""), ("", "", ""), ("2026-04-30", "0.77", "")))
    assert answer.status_code == 303, answer.text
    assert rates(client) == {"2026-01-31": 0.73, "2026-03-31": 0.76, "2026-04-30": 0.77}
    text = client.get(page).text
    assert text.index("2026-04-30") < text.index("2026-01-31")


@pytest.mark.parametrize(
    ("lines", "field", "words"),
    [
        ([("2026-01-31", "a lot", "")], "rate.0", "A number such as"),
        ([("2026-01-31", "-1", "")], "rate.0", "Greater than 0"),
        ([("soon", "0.7", "")], "as_of.0", "A date such as"),
        ([("2026-01-31", "", "")], "rate.0", "Fill this in"),
        ([("2026-01-31", "0.7", ""), ("2026-01-31", "0.8", "")], "as_of.1", "A day that no other line has"),
    ],
)
def test_a_bad_cell_keeps_the_block(
    client: TestClient, post: Post, lines: list[tuple[str, str, str]], field: str, words: str
) -> None:
    answer = post(
        "/settings/currencies/CAD/rates?quoted_in=USD", **block(*lines, ("2026-06-30", "0.9", "kept"))
    )
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert words in answer.text
    assert 'value="kept"' in answer.text
    assert rates(client) == {}


def test_a_day_of_another_page_is_not_overwritten(client: TestClient, post: Post) -> None:
    add(client, "exchange_rates", currency="CAD", quoted_in="USD", as_of="2026-01-31", rate=0.7)
    answer = post("/settings/currencies/CAD/rates?quoted_in=USD", **block(("2026-01-31", "0.9", "")))
    assert answer.status_code == 422
    assert "its rate is 0.7 already" in answer.text


def test_a_rate_that_somebody_changed_first_is_a_conflict(client: TestClient, post: Post) -> None:
    made = add(client, "exchange_rates", currency="CAD", quoted_in="USD", as_of="2026-01-31", rate=0.7)
    change(client, {"part": "exchange_rates", "key": made["key"], "values": {"rate": 0.8}})
    stale = {"was.0": "2026-01-31", "version.0": "1"}
    answer = post("/settings/currencies/CAD/rates?quoted_in=USD", **stale, **block(("2026-01-31", "0.9", "")))
    assert answer.status_code == 409
    assert "0.8" in answer.text


def test_lists_paginate_within_a_bounded_number_of_queries(
    client: TestClient, query_counter: Callable[..., Any]
) -> None:
    for month in range(1, 13):
        for day in range(1, 7):
            add(
                client,
                "exchange_rates",
                currency="CAD",
                quoted_in="USD",
                as_of=f"2026-{month:02}-{day:02}",
                rate=1,
            )
    page = client.get("/settings/currencies/CAD/rates?quoted_in=USD")
    assert "1 to 50 of 72" in page.text
    assert "51 to 72 of 72" in client.get("/settings/currencies/CAD/rates?quoted_in=USD&page=2").text
    with query_counter() as queries:
        client.get("/settings/currencies")
    assert len(queries) <= 8
    with query_counter() as queries:
        client.get("/settings/units/t")
    assert len(queries) <= 10
