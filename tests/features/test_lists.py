"""Every list of the product with more rows than a page, and each of them with none."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import User
from tests import persons
from tests.conftest import ClientAs
from tests.crowd import first_mine
from tests.features.conftest import GOLD
from tests.full import fill

MANY = 53
MINE = "/projects/diamba-sud"
#: Where each list stands; what it calls its rows at its foot.
LISTS = {
    "/projects": "projects",
    MINE: "scenarios",
    f"{MINE}/people": "members",
    f"{GOLD}/parameters": "parameters",
    f"{GOLD}/parts/costs": "operating costs",
    f"{GOLD}/parts/maintenance_log": "work done",
    f"{GOLD}/simulations": "runs",
    f"{GOLD}/history": "revisions",
    f"{GOLD}/comments": "comments",
    "/mentions": "mentions",
    "/deleted": "deleted things",
    "/settings/currencies/CAD/rates": "rates",
    "/settings/units": "measurement units",
    "/settings/headings": "cost categories",
    "/settings/decks": "price decks",
    "/settings/smelters": "smelter terms",
    "/people": "people",
    "/account": "sign-ins",
    "/account/tokens": "tokens",
    "/record": "acts",
}
#: What each list says and offers next where nothing is in it.
EMPTY = {
    "/projects": "No projects",
    f"{MINE}/people": "No members yet",
    f"{GOLD}/simulations": "No runs yet",
    f"{GOLD}/history": "No history yet",
    f"{GOLD}/comments": "No open comments",
    f"{GOLD}/maintenance": "“Add log entry” begins one",
    "/mentions": "Nobody",
    "/deleted": "Nothing is deleted",
    "/settings/decks": "No price decks",
    "/settings/smelters": "No smelter terms",
    "/account/tokens": "No tokens yet",
}


@pytest.fixture
def ada(session: Session) -> User:
    return persons.person(session, RoleName.ADMINISTRATOR)


def test_every_list_that_is_longer_than_a_page_has_another(
    client_as: ClientAs, session: Session, ada: User
) -> None:
    fill(session, first_mine(session, 12), ada, MANY)
    client = client_as(user=ada)
    wrong = {}
    for address, things in LISTS.items():
        first, second = (client.get(f"{address}?page={number}").text for number in (1, 2))
        foot = re.compile(rf"<p>{things.capitalize()} 51 to (\d+) of (\d+)</p>", re.IGNORECASE)
        found = foot.search(second)
        if f"{things} 1 to 50 of" not in first.lower() or not found or int(found[2]) < MANY:
            wrong[address] = re.findall(r'table-foot">\s*<p>(.*?)</p>', second)
    assert wrong == {}
    # A tab shows the beginning of each of its parts and leads to the rest.
    tab = client.get(f"{GOLD}/maintenance").text
    assert f"Work done 1 to 50 of {MANY}" in tab
    assert f'href="{GOLD}/parts/maintenance_log?page=2"' in tab


def test_every_empty_list_says_so(client: TestClient, session: Session) -> None:
    none = client.get("/projects").text
    assert "No projects" in none
    first_mine(session, 12)
    for address, words in EMPTY.items():
        assert words in none + client.get(address).text, address
