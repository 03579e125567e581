"""The policy against the application: every route has a line, and every role gets what it says."""

from __future__ import annotations

import doctest
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from types import ModuleType

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.factory import DEVELOPMENT_ROUTERS, NEVER_WAITS, ROUTERS, create_app
from app.models import Project, TokenScope
from app.people import passwords, policy, throttle, tokens
from app.people.policy import POLICY, ROLES, SCOPES, Permission, route_key
from app.web import entrance
from app.web.access import authorize, settled_by_lookup
from tests import persons
from tests.conftest import ClientAs
from tests.thorough import THOROUGH

#: What an address may name, with something that is not there; nobody learns whether it is.
UNKNOWN = {
    "project_slug": "nowhere",
    "scenario_slug": "nothing",
    "name": "nobody",
    "case_key": "none",
    "secret": "x" * 43,
    "tone": "good",
}
OPEN = {
    "health.health",
    "health.ready",
    "signin.pages.show",
    "signin.pages.enter",
    "signin.pages.forgotten",
    "signin.pages.send_link",
    "signin.sign_up.show",
    "signin.sign_up.ask",
    "signin.links.show",
    "signin.links.use",
    "signin.provider.begin",
    "signin.provider.finish",
    "signin.second.show",
    "signin.second.enter",
}
#: Each may do what those before it may.
LADDER = (None, *RoleName)
#: What a caller without rights may be answered.
REFUSED = {303, 401, 403}


@dataclass(frozen=True)
class Route:
    """One method of one route."""

    key: str
    method: str
    path: str
    in_project: bool

    @property
    def address(self) -> str:
        """An address of the route at which there is nothing."""
        path = self.path
        for part in [piece for piece in path.split("/") if piece.startswith("{")]:
            path = path.replace(part, UNKNOWN.get(part[1:-1], "987654321"))
        return path


def api_routes(routers: tuple[APIRouter, ...]) -> Iterator[APIRoute]:
    for router in routers:
        for route in router.routes:
            assert isinstance(route, APIRoute), f"{route} is no plain route, so no policy could guard it"
            yield route


def routes() -> list[Route]:
    return [
        Route(route_key(route.endpoint), method, route.path, settled_by_lookup(route.dependant))
        for route in api_routes(ROUTERS + DEVELOPMENT_ROUTERS)
        for method in sorted(route.methods or ())
    ]


ALL = routes()
ROUTE = pytest.mark.parametrize("route", ALL, ids=lambda route: f"{route.method} {route.path}")


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    keys = {route.key for route in ALL}
    missing = [f'"{key}": Permission.…,' for key in sorted(keys - POLICY.keys())]
    assert not missing, "add to POLICY in app/people/policy.py:\n" + "\n".join(missing)
    assert not sorted(POLICY.keys() - keys), "lines of routes that are gone"


def test_a_key_names_one_function() -> None:
    seen: dict[str, object] = {}
    for route in api_routes(ROUTERS + DEVELOPMENT_ROUTERS):
        key = route_key(route.endpoint)
        assert seen.setdefault(key, route.endpoint) is route.endpoint, key


def test_nothing_is_reached_around_the_guard() -> None:
    """Each entry of the application is the folder of static files or a router that begins with the guard.

    One router has none: a proxy asks there whether the process may have traffic, and nobody else has to.
    """
    app = create_app()
    assert {route_key(route.endpoint) for route in api_routes((NEVER_WAITS,))} == {
        "health.health",
        "health.ready",
    }
    unguarded = 0
    for entry in app.routes:
        context = getattr(entry, "include_context", None)
        if context is None:
            assert getattr(entry, "path", "") == "/static", entry
        elif context.dependencies:
            assert [each.dependency for each in context.dependencies][:1] == [authorize]
        else:
            unguarded += 1
            assert entry.original_router is NEVER_WAITS
    assert unguarded == 1


def test_what_is_open_to_everybody_is_a_short_list() -> None:
    assert {key for key, permission in POLICY.items() if permission is Permission.PUBLIC} == OPEN


def test_an_address_that_names_a_project_settles_the_question_there() -> None:
    named = ("{project_slug}", "{run_id}")
    around = [route for route in ALL if not route.in_project and any(name in route.path for name in named)]
    assert around == []


def test_reading_changes_nothing() -> None:
    """What needs more than reading is never a GET, but for the forms that lead there."""
    forms = {
        Permission.EDIT: {"projects.scenario_pages.new", "projects.scenario_pages.edit"},
        Permission.MANAGE: {
            "projects.pages.new",
            "projects.pages.edit",
            "projects.removal_pages.index",
            "projects.lifecycle_api.deleted",
            "members.pages.show",
            "exchange.pages.new",
            "exchange.pages.show",
            "exchange.api.show",
        },
        Permission.ADMINISTER: {
            "people.api.index",
            "people.api.show",
            "people.pages.index",
            "people.pages.show",
            "record.pages.show",
            "record.pages.export",
        },
    }
    for route in ALL:
        permission = POLICY[route.key]
        if route.method in {"GET", "HEAD"} and permission in {Permission.EDIT, Permission.RUN, *forms}:
            assert route.key in forms.get(permission, set()), route


@ROUTE
def test_a_stranger_gets_nowhere(stranger: TestClient, route: Route) -> None:
    response = stranger.request(route.method, route.address)
    if POLICY[route.key] is Permission.PUBLIC:
        assert response.status_code != 401
        assert "/sign-in?" not in response.headers.get("location", "")
    elif route.path.startswith("/api/"):
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
    elif route.method == "GET":
        assert response.status_code == 303
        assert response.headers["location"].startswith("/sign-in?next=")
    else:
        assert response.status_code == 401


@pytest.fixture(scope="module")
def expected() -> dict[tuple[RoleName | None, Permission], bool]:
    """Who may do what, written out once more and by hand, as the issue of it is to be right."""
    everybody = {Permission.PUBLIC, Permission.OWN, Permission.SIGNED_IN}
    rights = {
        None: everybody,
        RoleName.VIEWER: everybody | {Permission.READ, Permission.COMMENT},
        RoleName.ANALYST: {*Permission} - {Permission.MANAGE, Permission.ADMINISTER},
        RoleName.PROJECT_MANAGER: {*Permission} - {Permission.ADMINISTER},
        RoleName.ADMINISTRATOR: {*Permission},
    }
    return {(role, each): each in allowed for role, allowed in rights.items() for each in Permission}


def telling(role: RoleName | None, allowed: Callable[[RoleName | None], bool]) -> bool:
    """Return whether a role is the least that may do something, or the highest that may not.

    What those around them are answered follows, as roles contain one another; a thorough run asks for all.
    """
    least = next(index for index, each in enumerate(LADDER) if allowed(each))
    return THOROUGH or role in LADDER[max(least - 1, 0) : least + 1]


@pytest.mark.parametrize("role", LADDER)
def test_every_role_on_every_route(
    client_as: ClientAs, expected: dict[tuple[RoleName | None, Permission], bool], role: RoleName | None
) -> None:
    """The refusals are 403 and nothing else; what is allowed is anything but a refusal for lack of rights."""
    client = client_as(role)
    wrong = []
    for route in ALL:
        permission = POLICY[route.key]
        if route.in_project or route.key == "signin.pages.leave":
            continue
        if not telling(role, lambda each, permission=permission: expected[each, permission]):
            continue
        response = client.request(route.method, route.address)
        denied = response.status_code == 403 and "Your role does not let you" in response.text
        if denied is expected[role, permission]:
            wrong.append((route, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [None, *RoleName])
def test_every_role_in_a_project(
    client_as: ClientAs,
    session: Session,
    expected: dict[tuple[RoleName | None, Permission], bool],
    role: RoleName | None,
) -> None:
    session.add(Project(slug="nowhere", name="Nowhere", currency="USD"))
    session.flush()
    client = client_as(role)
    for route in ALL:
        if "{project_slug}" not in route.path or "{scenario_slug}" in route.path:
            continue
        response = client.request(route.method, route.address)
        if role is None:
            assert response.status_code == 404, (route, "a person without a role knows of no project")
        else:
            denied = response.status_code == 403 and "Your role does not let you" in response.text
            assert denied is not expected[role, POLICY[route.key]], (route, response.status_code)


@pytest.mark.parametrize("scope", TokenScope)
def test_a_token_opens_its_scope_alone(
    client: TestClient, stranger: TestClient, session: Session, scope: TokenScope
) -> None:
    owner = persons.person(session, RoleName.ADMINISTRATOR)
    _, secret = tokens.create(session, owner.id, name="t", scopes=[scope], days=1)
    stranger.headers["Authorization"] = f"Bearer {secret}"
    for route in ALL:
        if not route.path.startswith("/api/") or route.in_project:
            continue
        status = stranger.request(route.method, route.address).status_code
        assert (status == 403) is (POLICY[route.key] not in SCOPES[scope]), (route, status)


def test_the_roles_contain_one_another() -> None:
    ordered = [ROLES[role] for role in RoleName]
    assert all(lower < higher for lower, higher in pairwise(ordered))


@pytest.mark.usefixtures("app")
def test_a_route_without_a_line_is_closed(session: Session) -> None:
    from fastapi import Depends

    stray = APIRouter()

    @stray.get("/api/stray")
    def stray_route() -> dict[str, str]:
        return {"secret": "plans"}

    own = create_app()
    own.include_router(stray, dependencies=[Depends(authorize)])
    with persons.browser(own) as browser:
        persons.sign_in(browser, session, persons.person(session, RoleName.ADMINISTRATOR))
        response = browser.get("/api/stray")
    assert response.status_code == 403
    assert "plans" not in response.text


@pytest.mark.parametrize("module", [entrance, passwords, policy, throttle])
def test_docstring_examples(module: ModuleType) -> None:
    results = doctest.testmod(module)
    assert results.attempted > 0
    assert results.failed == 0
