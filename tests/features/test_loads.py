"""Through whatever door, a save reads the parts of a scenario once before the change and once after it.

Before, because the change starts from what nobody else can move any more; after, because only the database
knows what else moved, and the history keeps that. A third time would tell nothing new.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.valuation.load import LISTS
from tests.features.conftest import SAME_ORIGIN
from tests.features.settings import change
from tests.features.test_parts import filled
from tests.planning.conftest import every_part
from tests.seeds import Seeds

ALL = "/projects/everything/scenarios/base"
API = f"/api{ALL}"
#: Whole lists, as `load_scenario` asks for them; a lookup of one row has no order.
LIST = re.compile(r" FROM (\w+) WHERE \1\.scenario_id = \S+ ORDER BY ")
TABLES = {each.property.mapper.class_.__tablename__ for each in LISTS}

Send = Callable[[], Any]


@pytest.fixture
def seeds() -> Seeds:
    return {"client": every_part}


def first(client: TestClient, part: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = client.get(f"{API}/parts/{part}").json()
    return found[0]


def page(client: TestClient) -> Send:
    address = f"{ALL}/parts/costs/{first(client, 'costs')['key']}"
    sent = filled(client, address) | {"name": "Mining by contract", "why": "Tender"}
    return lambda: client.post(address, data=sent)


def deleting(client: TestClient) -> Send:
    address = f"{ALL}/parts/costs/{first(client, 'costs')['key']}"
    sent = filled(client, address)
    return lambda: client.post(f"{address}/delete", data=sent)


def grid(client: TestClient) -> Send:
    row = first(client, "costs")
    change = {key: row[key] for key in ("part", "key", "version")} | {"values": {"note": "Tender"}}
    return lambda: client.post(f"{API}/changes", json={"changes": [change]})


def driver(client: TestClient) -> Send:
    sent = {"version": 1, "values": [2.0], "note": "Tender"}
    return lambda: client.put(f"{API}/parameters/grade_factor", json=sent)


def undo(client: TestClient) -> Send:
    grid(client)()
    page = client.get(f"{ALL}/costs").text
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)
    sent = {"csrf_token": token[1] if token else "", "revision": "2", "tab": "costs"}
    return lambda: client.post(f"{ALL}/undo", data=sent)


def schedule(client: TestClient) -> Send:
    sent = {"source": "Pit", "reserve": {"value": 900, "unit": "kt"}, "ore_a_day": {"value": 1, "unit": "kt"}}
    return lambda: client.post(f"{API}/production/generate", json=sent)


def preset(client: TestClient) -> Send:
    sent = {"keep_levies": True, "uncover": True}
    return lambda: client.post(f"{API}/fiscal/presets/ghana", json=sent)


def rates(client: TestClient) -> Send:
    row = {"currency": "CAD", "quoted_in": "USD", "as_of": "2026-02-28", "rate": 0.74}
    change(client, {"part": "exchange_rates", "values": row})
    return lambda: client.post(f"{API}/take/rates", json={"as_of": "2026-03-31"})


@pytest.mark.parametrize("door", [page, deleting, grid, driver, undo, schedule, preset, rates])
def test_a_save_reads_no_list_of_the_scenario_a_third_time(
    client: TestClient,
    query_counter: Callable[[], AbstractContextManager[list[str]]],
    door: Callable[[TestClient], Send],
) -> None:
    client.headers.update(SAME_ORIGIN)
    send = door(client)
    before = client.get(f"{API}/revisions").json()["total"]
    with query_counter() as queries:
        answer = send()
    assert answer.status_code in {200, 303}, answer.text
    assert client.get(f"{API}/revisions").json()["total"] > before
    read = Counter(found[1] for each in queries if (found := LIST.search(" ".join(each.split()))))
    assert read.keys() >= TABLES
    assert {table: read[table] for table in TABLES if read[table] > 2} == {}


def test_a_parameter_that_cannot_be_right_is_refused_without_reading_its_scenario(
    client: TestClient, query_counter: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    client.headers.update(SAME_ORIGIN)
    with query_counter() as queries:
        answer = client.put(f"{API}/parameters/grade_factor", json={"version": 1, "values": [1.0, 2.0]})
    assert answer.status_code == 422, answer.text
    assert [each for each in queries if LIST.search(" ".join(each.split()))] == []
