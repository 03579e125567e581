"""A message shows on the next page, once, and only when CalMiner wrote it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.web.flash import COOKIE
from app.web.signing import sign, unsign
from tests.web.test_csrf import SAME_ORIGIN, token_of


def test_it_shows_once(web: TestClient) -> None:
    data = {"name": "Ada", "csrf_token": token_of(web)}
    assert web.post("/sample/form", data=data, headers=SAME_ORIGIN).headers["location"] == "/health"
    assert "Saved &lt;b&gt;well&lt;/b&gt;." in web.get("/styleguide").text
    assert "Saved" not in web.get("/styleguide").text.replace("Saved: nothing", "")


def test_its_tone(web: TestClient) -> None:
    web.get("/styleguide/flash/warning")
    assert "A message, meant warning." in web.get("/no/such").text


def test_fragments_leave_it_for_the_page(web: TestClient) -> None:
    web.get("/styleguide/flash/info")
    assert "A message" not in web.get("/styleguide/progress/1").text
    assert "A message, meant info." in web.get("/styleguide").text


@pytest.mark.parametrize(
    "forge", [lambda: "", lambda: "nonsense", lambda: sign("other", [["Forged", "good"]])]
)
def test_forged(web: TestClient, forge: Callable[[], str]) -> None:
    web.cookies.set(COOKIE, forge())
    response = web.get("/styleguide")
    assert response.status_code == 200
    assert "Forged" not in response.text


@pytest.mark.usefixtures("shell")
def test_signature_is_for_one_purpose_and_a_while() -> None:
    text = sign("flash", ["a", 1])
    assert unsign("flash", text, 60) == ["a", 1]
    assert unsign("reset", text, 60) is None
    assert unsign("flash", text, -1) is None
    # The first sign: the last one of a signature carries bits that its decoding drops.
    assert unsign("flash", ("a" if text[0] != "a" else "b") + text[1:], 60) is None
