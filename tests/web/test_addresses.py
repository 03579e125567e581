"""Addresses by name are those that the framework finds by trying every route."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import NoMatchFound, compile_path

from app.factory import create_app


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app()


def test_every_route_has_the_address_that_the_framework_gives_it(app: FastAPI) -> None:
    names = set()
    for each in iter_route_contexts(app.routes):
        if isinstance(each.original_route, APIRoute) and each.name and each.path:
            given = {key: f"a-{key} b\\é" for key in compile_path(each.path)[2]}
            names.add((each.name, tuple(given)))
            assert app.url_path_for(each.name, **given) == FastAPI.url_path_for(app, each.name, **given)
    assert len(names) > 100


def test_a_mount_has_its_address(app: FastAPI) -> None:
    assert app.url_path_for("static", path="css/tokens.css") == "/static/css/tokens.css"


def test_a_route_that_came_later_is_found() -> None:
    app = create_app()
    assert app.url_path_for("projects") == "/projects"
    app.add_api_route("/later/{key}", lambda key: key, name="later")
    assert app.url_path_for("later", key=3) == "/later/3"


@pytest.mark.parametrize(
    ("name", "given"), [("none", {}), ("project", {}), ("projects", {"project_slug": "a"})]
)
def test_what_no_route_answers_is_refused(app: FastAPI, name: str, given: dict[str, str]) -> None:
    with pytest.raises(NoMatchFound):
        app.url_path_for(name, **given)


def test_a_parameter_may_not_reach_into_another_address(app: FastAPI) -> None:
    with pytest.raises(AssertionError):
        app.url_path_for("project", project_slug="a/edit")
