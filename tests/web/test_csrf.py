"""A form counts only with the token that CalMiner put into it for this browser."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from app.factory import DEVELOPMENT_ROUTERS, ROUTERS
from app.people.policy import POLICY, Permission, route_key
from app.web.csrf import COOKIE
from app.web.deps import read_form
from app.web.middleware.same_origin import SAFE_METHODS

SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


def token_of(client: TestClient) -> str:
    found = re.search(r'name="csrf_token" value="(\w+)"', client.get("/styleguide").text)
    assert found
    return found[1]


def post(client: TestClient, token: str | None, **headers: str) -> int:
    data = {"name": "Ada"} | ({} if token is None else {"csrf_token": token})
    return client.post("/sample/form", data=data, headers=SAME_ORIGIN | headers).status_code


def test_token_of_the_page(web: TestClient) -> None:
    token = token_of(web)
    assert post(web, token) == 303
    assert token_of(web) == token, "a page in another tab stays valid"


def test_token_in_a_header(web: TestClient) -> None:
    token = token_of(web)
    assert post(web, None, **{"x-csrf-token": token}) == 303


@pytest.mark.parametrize("token", [None, "", "0" * 64, "ümlaut"])
def test_without_the_token(web: TestClient, token: str | None) -> None:
    token_of(web)
    assert post(web, token) == 403


def test_token_of_another_browser(web: TestClient) -> None:
    stolen = token_of(web)
    web.cookies.clear()
    assert token_of(web) != stolen
    assert post(web, stolen) == 403


def test_token_without_its_cookie(web: TestClient) -> None:
    token = token_of(web)
    web.cookies.clear()
    assert post(web, token) == 403


def test_cookie_that_somebody_made_up_signs_nothing(web: TestClient) -> None:
    web.cookies.set(COOKIE, "x" * 43)
    assert post(web, "x" * 43) == 403


def test_cookie_is_out_of_reach_of_scripts(web: TestClient) -> None:
    header = web.get("/styleguide").headers["set-cookie"]
    assert "HttpOnly" in header
    assert "SameSite=lax" in header
    assert "Path=/" in header


def test_cookie_is_secure_over_tls(web: TestClient) -> None:
    web.base_url = web.base_url.copy_with(scheme="https")
    assert "Secure" in web.get("/styleguide").headers["set-cookie"]


def page_routes() -> list[APIRoute]:
    routers = (*ROUTERS, *DEVELOPMENT_ROUTERS)
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    return [route for route in routes if not route.path.startswith("/api/")]


@pytest.mark.parametrize("route", page_routes(), ids=lambda route: route.name)
def test_every_page_that_changes_something_asks_for_the_token(route: APIRoute) -> None:
    asks = any(dependency.call is read_form for dependency in route.dependant.dependencies)
    changes_nothing = (
        set(route.methods) <= SAFE_METHODS or POLICY[route_key(route.endpoint)] is Permission.READ
    )
    assert asks or changes_nothing
