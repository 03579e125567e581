"""What was typed while somebody was signed out, or before they signed in anew, is kept and sent again."""

from __future__ import annotations

import re
from html import unescape

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import Scenario
from tests import persons
from tests.features.conftest import GOLD, SAME_ORIGIN, given

TYPED = "diesel <&\"'> price"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def held(page: str) -> dict[str, str]:
    """The fields that a page holds, its own token among them."""
    return {name: unescape(text) for name, text in HIDDEN.findall(page)}


def leave(client: TestClient) -> None:
    client.cookies.clear()


def test_a_form_of_somebody_signed_out_is_held_and_sent_again(
    client: TestClient, session: Session, gold: Scenario
) -> None:
    fields = given(client, GOLD + "/comments") | {"text": TYPED}
    leave(client)
    refused = client.post(f"{GOLD}/comments", data=fields, headers=SAME_ORIGIN)
    assert refused.status_code == 401
    assert "this page holds what you typed" in refused.text
    assert 'target="_blank"' in refused.text
    assert held(refused.text)["text"] == TYPED

    persons.sign_in(client, session, persons.person(session, RoleName.ADMINISTRATOR))
    asked = client.post(f"{GOLD}/comments", data=held(refused.text), headers=SAME_ORIGIN)
    assert asked.status_code == 403
    assert "Send this now?" in asked.text
    assert "Sign in in a new tab" not in asked.text
    done = client.post(f"{GOLD}/comments", data=held(asked.text), headers=SAME_ORIGIN)
    assert done.status_code == 303
    assert "diesel" in client.get(f"{GOLD}/comments").text


def test_nothing_is_repeated_that_the_browser_does_not_vouch_for(client: TestClient, gold: Scenario) -> None:
    fields = given(client, GOLD + "/comments") | {"text": "from elsewhere"}
    leave(client)
    for headers in ({"Origin": "https://testserver", "Sec-Fetch-Site": ""}, {"Sec-Fetch-Site": "cross-site"}):
        page = client.post(f"{GOLD}/comments", data=fields, headers=headers)
        assert page.status_code in {401, 403}
        assert "from elsewhere" not in page.text


def test_no_secret_is_repeated(stranger: TestClient) -> None:
    fields = {"email": "a@mine.example", "password": "nine plain lanterns", "csrf_token": "0" * 64}
    page = stranger.post("/sign-in", data=fields, headers=SAME_ORIGIN)
    assert page.status_code == 403
    assert "nine plain lanterns" not in page.text
