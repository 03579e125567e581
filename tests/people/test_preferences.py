"""What a person chose on their account page is how every page is written for them."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.features.account import browsers
from app.models import AuditEvent, User
from app.seed.demo import documents
from app.seed.document import load_project
from tests import persons
from tests.conftest import ClientAs
from tests.people.conftest import send

MOMENT = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def administrator(session: Session) -> User:
    """An administrator, and an act on record at half past eleven in the evening, UTC."""
    person = persons.person(session, RoleName.ADMINISTRATOR)
    session.add(AuditEvent(action="restored", at=MOMENT))
    session.flush()
    return person


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ({}, ["31 Jan 2026", "23:30", "UTC"]),
        ({"time_zone": "Australia/Perth"}, ["1 Feb 2026", "07:30"]),
        ({"time_zone": "America/Santiago"}, ["31 Jan 2026", "20:30"]),
        ({"locale": "de", "time_zone": "Australia/Perth"}, ["01.02.2026", "07:30"]),
    ],
)
def test_times(
    client_as: ClientAs, administrator: User, session: Session, chosen: dict[str, str], shown: list[str]
) -> None:
    client = client_as(user=administrator)
    assert send(client, "/account", name=administrator.name, **chosen).status_code == 303
    text = client.get("/record?action=restored").text
    for each in shown:
        assert each in text, each


@pytest.mark.parametrize(
    ("chosen", "header", "number"),
    [
        ({}, "en-US", "436.4"),
        ({}, "de", "436,4"),
        ({"locale": "de"}, "en-US", "436,4"),
        ({"number_format": "comma-point"}, "en-US", "436,4"),
    ],
)
def test_numbers(
    client_as: ClientAs, session: Session, chosen: dict[str, str], header: str, number: str
) -> None:
    person = persons.person(session, RoleName.ANALYST)
    client = client_as(user=person)
    client.headers["Accept-Language"] = header
    send(client, "/account", name=person.name, **chosen)
    assert number in client.get("/styleguide").text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme(client_as: ClientAs, administrator: User, theme: str) -> None:
    client = client_as(user=administrator)
    assert "data-theme" not in client.get("/account").text.partition("<head>")[0]
    send(client, "/account", name=administrator.name, theme=theme)
    assert f'data-theme="{theme}"' in client.get("/record").text.partition("<head>")[0]


@pytest.mark.parametrize(
    "fields",
    [
        {"locale": "xx"},
        {"time_zone": "Mars/Olympus"},
        {"theme": "neon"},
        {"number_format": "roman"},
        {"name": ""},
    ],
)
def test_what_there_is_not_is_refused(
    client_as: ClientAs, administrator: User, session: Session, fields: dict[str, str]
) -> None:
    client = client_as(user=administrator)
    answer = send(client, "/account", **{"name": administrator.name, **fields})
    assert answer.status_code == 422
    assert f'href="#{next(iter(fields))}"' in answer.text


def test_the_form_sets_nothing_else(client_as: ClientAs, session: Session) -> None:
    person = persons.person(session, RoleName.VIEWER)
    email = person.email
    more = {"email": "root@evil.example", "role": "administrator", "active": "", "id": "1", "user_id": "1"}
    assert send(client_as(user=person), "/account", name="New name", **more).status_code == 303
    session.refresh(person)
    assert (person.name, person.email, person.active) == ("New name", email, True)
    assert [held.role for held in person.roles] == [RoleName.VIEWER]
    noted = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "profile_changed")).one()
    assert noted["fields"] == ["name"]


def test_no_body_of_the_api_takes_more_than_it_names(client: TestClient) -> None:
    """Every JSON body of the API refuses fields that it does not name, but for free documents."""
    document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    loose = set()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                named = content["schema"].get("$ref", "").rpartition("/")[2]
                schema = schemas.get(named, content["schema"])
                if kind == "application/json" and schema.get("additionalProperties") is not False:
                    loose.add(path)
    # A document is checked field by field; a summary only computes with what it is given.
    assert loose == {"/api/imports/document", "/api/reporting/summary"}


def test_browsers_are_called_by_their_names(client_as: ClientAs, session: Session) -> None:
    results = doctest.testmod(browsers)
    assert (results.attempted > 0, results.failed) == (True, 0)
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/18.0 Mobile/15E148 Safari/604.1"
    )
    assert browsers.in_words(agent) == "Safari 18 on iPhone"
    assert browsers.in_words(f"{agent[:60]} FxiOS/140.0") == "Firefox 140 on iPhone"


def test_demo_pages_are_written_for_the_reader(client_as: ClientAs, session: Session) -> None:
    load_project(session, documents()["diamba-sud"])
    person = persons.person(session, RoleName.VIEWER)
    client = client_as(user=person)
    page = "/projects/diamba-sud/scenarios/feasibility-study"
    english = client.get(page).text
    send(client, "/account", name=person.name, locale="de")
    german = client.get(page).text
    assert 'data-locale="de"' in german
    assert german != english.replace('data-locale="en"', 'data-locale="de"')
