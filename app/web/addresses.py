"""Paths of routes by their name and parameters, in one look instead of a walk over every route there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts
from starlette.convertors import Convertor
from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, compile_path, replace_params

Key = tuple[str, frozenset[str]]


class Addresses:
    """The addresses of the routes that an application had when this was made; the first of a name counts."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._known: dict[Key, tuple[str, dict[str, Convertor[Any]]]] = {}
        for each in iter_route_contexts(list(routes)):
            if isinstance(each.original_route, APIRoute) and each.name and each.path:
                _, path, convertors = compile_path(each.path)
                self._known.setdefault((each.name, frozenset(convertors)), (path, convertors))

    def path(self, name: str, parameters: Mapping[str, Any]) -> URLPath | None:
        """Return the path of a route, None for one that is not among these, such as a mount."""
        found = self._known.get((name, frozenset(parameters)))
        if found is None:
            return None
        path, convertors = found
        whole, _ = replace_params(path, convertors, dict(parameters))
        return URLPath(path=whole, protocol="http")
