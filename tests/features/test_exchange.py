"""Export, templates and import through both doors, and each way to fail."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from app.exchange.tables import tables_of
from app.models import Scenario
from tests.exchange.published import los_ricos
from tests.features.conftest import SAME_ORIGIN, Post


def send(client: TestClient, name: str, data: bytes) -> Any:
    return client.post("/api/imports", files={"file": (name, data)}, headers=SAME_ORIGIN)


@pytest.mark.parametrize("wanted", ["json", "xlsx", "csv"])
def test_a_project_goes_out_and_comes_back(client: TestClient, gold: Scenario, wanted: str) -> None:
    first = client.get("/api/projects/diamba-sud/export", params={"format": wanted})
    assert first.status_code == 200
    draft = send(client, f"gold.{wanted if wanted != 'csv' else 'zip'}", first.content).json()
    assert draft["findings"] == []
    assert draft["target"] == "diamba-sud"
    assert all(sheet["changed"] == sheet["removed"] == sheet["created"] == 0 for sheet in draft["sheets"])
    put = {"version": draft["version"], "target": ""}
    again = client.put(f"/api/imports/{draft['key']}", json=put)
    assert again.json()["ready"], again.text
    report = client.post(f"/api/imports/{draft['key']}/commit", json={})
    assert report.status_code == 200, report.text
    assert report.json()["project"] == "diamba-sud-2"
    texts = [
        client.get(f"/api/projects/{slug}/export", params={"format": "json"}).text
        for slug in ("diamba-sud", "diamba-sud-2")
    ]
    assert texts[0].replace('"diamba-sud"', '"diamba-sud-2"') == texts[1]


def test_an_import_over_a_project_changes_what_differs(client: TestClient, gold: Scenario) -> None:
    document = client.get("/api/projects/diamba-sud/export").json()
    part = document["scenarios"][0]
    part["costs"][0]["rate"]["value"] = 99
    part["closures"][0]["name"] = "Another closure"
    draft = send(client, "gold.json", json.dumps(document).encode()).json()
    assert draft["findings"] == []
    changes = {sheet["title"]: sheet for sheet in draft["sheets"]}
    assert changes["Costs"]["changed"] == 1
    assert (changes["Closures"]["created"], changes["Closures"]["removed"]) == (1, 1)
    done = client.post(f"/api/imports/{draft['key']}/commit", json={"state": draft["state"]})
    assert done.status_code == 200, done.text
    after = client.get("/api/projects/diamba-sud/export").json()
    assert after["scenarios"][0]["costs"][0]["rate"]["value"] == 99
    assert after == document


def test_the_pages_of_an_import(client: TestClient, gold: Scenario) -> None:
    """Every page renders: the form, what to mend, what it does, the report, the formats."""
    document = client.get("/api/projects/diamba-sud/export").json()
    document["scenarios"][0]["costs"][0]["rate"]["unit"] = "bushels"
    draft = send(client, "gold.json", json.dumps(document).encode()).json()
    assert "a unit that CalMiner knows" in draft["findings"][0]["allowed"]
    assert "bushels" in client.get(f"/imports/{draft['key']}").text
    book = client.get("/api/projects/diamba-sud/export", params={"format": "xlsx"}).content
    draft = send(client, "gold.xlsx", book).json()
    page = client.get(f"/imports/{draft['key']}", params={"columns": 2}).text
    assert "Everything in this file can be used" in page
    assert "Columns of Timeline" in page
    body = {"state": draft["state"]}
    assert client.post(f"/api/imports/{draft['key']}/commit", json=body).status_code == 200
    report = client.get(f"/imports/{draft['key']}").text
    assert "Diamba Sud imported" in report
    assert "NPV" in report
    for address in ("/imports", "/projects/diamba-sud/export", "/imports/template/csv"):
        assert client.get(address).status_code == 200


def test_a_value_that_is_mended_on_the_page_stays_mended(client: TestClient, post: Post) -> None:
    book = load_workbook(BytesIO(client.get("/imports/template/xlsx").content))
    for table in tables_of(los_ricos()):
        sheet = book[table.layout.title]
        columns = {str(cell.value): cell.column for cell in sheet[1]}
        for number, row in enumerate(table.rows, start=3):
            for heading, value in zip(table.headings, row, strict=False):
                sheet.cell(number, columns[heading]).value = value
    book["Terms"]["C3"] = "percent a year"
    file = BytesIO()
    book.save(file)
    place = f"/imports/{send(client, 'los-ricos.xlsx', file.getvalue()).json()['key']}"
    page = client.get(place).text
    name = re.search(r'name="(cell-[^"]+)" type="text" value="percent a year"', page)
    assert name is not None
    assert "One value needs a change" in page
    post(place, **{name[1]: "%"})
    assert "Everything in this file can be used" in client.get(place).text
