"""Signing in over plain HTTP: a Compose file that publishes the application without TLS asks for it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from app.settings import CHECKOUT, Settings

LOCAL = ("docker-compose.dev.yml", "docker-compose.test.yml")


def services(file: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CHECKOUT / file).read_text(encoding="utf-8"))["services"]
    return loaded


@pytest.mark.parametrize("file", LOCAL)
def test_people_can_sign_in_on_this_machine(file: str) -> None:
    """The api's own settings give cookies that a browser sends back over HTTP, and a first link to open."""
    api = services(file)["api"]
    assert [port.startswith("127.0.0.1:") for port in api["ports"]] == [True]
    environment = {name: value for name, value in api["environment"].items() if name.startswith("CALMINER_")}
    address = environment.pop("CALMINER_PUBLIC_URL")
    assert address.startswith("http://127.0.0.1:${API_PORT:-")
    assert Settings.model_validate(environment).insecure_cookies is True
    assert "--first-administrator" in " ".join(api["command"])


def test_what_is_tested_there_is_the_cookie_of_production() -> None:
    assert "CALMINER_INSECURE_COOKIES" not in services("docker-compose.test.yml")["tests"]["environment"]


def test_production_never_says_so() -> None:
    text = (CHECKOUT / "docker-compose.prod.yml").read_text(encoding="utf-8")
    assert "CALMINER_INSECURE_COOKIES" not in text
