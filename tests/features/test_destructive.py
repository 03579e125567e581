"""Every act that takes something away asks first and says what goes; what can come back does."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import func
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.factory import ROUTERS
from app.models import SecondFactor
from tests import persons
from tests.conftest import ClientAs
from tests.crowd import first_mine
from tests.features.conftest import GOLD, SAME_ORIGIN
from tests.features.settings import deck
from tests.full import fill

MINE = "/projects/diamba-sud"
#: What the names of routes that take something away hold.
TAKES = re.compile(r"(^|_)(delete|remove|revoke|erase|end)(_|$)")
#: Each of them: the page that offers it, words of what goes, and of the way back or that there is none.
ACTS = {
    "delete_project": (MINE, "goes with", "you can bring it back"),
    "delete_scenario": (MINE, "goes with its inputs, its history", "you can bring it back"),
    "erase": ("/deleted", "goes with its inputs", "cannot be undone"),
    "delete_row": ("costs", "goes with everything that belongs to it", "Undo brings it back"),
    "delete_comment": (f"{GOLD}/comments", "Nobody sees it any more", "you can bring it back"),
    "remove_setting": ("deck", "goes", "offers to bring it back"),
    "remove_member": (f"{MINE}/people", "loses the role", "give the role back"),
    "revoke_token": ("/account/tokens", "is refused from now on", "cannot be brought back"),
    "end_sign_in": ("/account", "is signed out at once", "needs the password"),
    "end_other_sign_ins": ("/account", "is signed out at once", "This browser stays"),
    "remove_second_factor": ("person", "stop working", "set a second factor up again"),
}


def test_every_such_route_is_known_here() -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    pages = {route.name for route in routes if not route.include_in_schema and TAKES.search(route.name)}
    assert pages == ACTS.keys()


@pytest.fixture
def pages(client_as: ClientAs, session: Session) -> dict[str, str]:
    """The text of each page, of an installation where each act has something to act on."""
    ada = persons.person(session, RoleName.ADMINISTRATOR)
    mine = first_mine(session, 12)
    fill(session, mine, ada, 2)
    client: TestClient = client_as(user=ada)
    client.headers.update(SAME_ORIGIN)
    line = client.get(f"/api{GOLD}/parts/costs").json()[0]["key"]
    made = deck(client)["key"]
    other = persons.person(session)
    session.add(SecondFactor(user_id=other.id, secret=b"x" * 20, confirmed_at=func.now()))
    session.flush()
    named = {
        "costs": f"{GOLD}/parts/costs/{line}",
        "deck": f"/settings/decks/{made}",
        "person": f"/people/{other.id}",
    }
    return {page: client.get(named.get(page, page)).text for page, _, _ in ACTS.values()}


def test_each_says_what_goes_and_whether_it_comes_back(pages: dict[str, str]) -> None:
    for act, (page, goes, back) in ACTS.items():
        dialogs = re.findall(r"<dialog.*?</dialog>", pages[page], re.DOTALL)
        own = [each for each in dialogs if goes in each and back in each]
        assert own, act
        outside = re.sub(r"<dialog.*?</dialog>", "", pages[page], flags=re.DOTALL)
        actions = [action for each in own for action in re.findall(r'action="([^"]+)"', each)]
        assert actions
        assert not any(f'action="{action}"' in outside for action in actions), act
