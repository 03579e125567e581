"""Rendering: one function for every page, one environment for every template."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.people.identity import Identity, identity, may
from app.settings import get_settings
from app.web import context, csrf, flash, formatting
from app.web.assets import asset
from app.web.measures import in_currency
from app.web.navigation import Crumb, Link, palette_sources, sidebar

ROOT = Path(__file__).resolve().parent.parent.parent
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Shell:
    """What the layout shows around every page."""

    title: str
    crumbs: Sequence[Crumb]
    links: Sequence[Link]
    flashes: Sequence[flash.Flash]
    csrf_token: str
    theme: str
    folded: bool
    locale: str
    palette_sources: str
    request_id: str
    version: str
    environment: str
    person: Identity | None


def page(
    request: Request,
    template: str,
    data: object = None,
    *,
    crumbs: Sequence[Crumb] = (),
    title: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Render `template` with `data` as `page` and the layout around it as `shell`.

    The title of the window is `title`, else the last of `crumbs`.
    """
    shell = _shell(request, crumbs, title)
    names = {"page": data, "shell": shell, "url_for": _Urls(request)}
    text = environment().get_template(template).render(names)
    response = HTMLResponse(text, status_code=status, headers=dict(headers or {}))
    response.headers.setdefault("Cache-Control", "no-store" if status >= 400 else "private, no-cache")
    csrf.remember(request, response)
    flash.forget(request, response)
    return response


def fragment(
    request: Request, template: str, data: object = None, *, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """Render a piece of a page, for scripts that exchange it in place."""
    text = environment().get_template(template).render(page=data, url_for=_Urls(request))
    return HTMLResponse(text, headers={"Cache-Control": "no-store", **(headers or {})})


class _Urls:
    """`url_for("project", project_id=3)` in templates: the path of a route, without host and scheme."""

    def __init__(self, request: Request) -> None:
        self._app = request.app

    def __call__(self, name: str, /, **parameters: object) -> str:
        return str(self._app.url_path_for(name, **parameters))


def _shell(request: Request, crumbs: Sequence[Crumb], title: str) -> Shell:
    settings = get_settings()
    person = identity.get()
    theme = request.cookies.get("theme") or (person.preferences.theme if person else "")
    return Shell(
        title=title or (crumbs[-1].label if crumbs else ""),
        crumbs=crumbs,
        links=sidebar(request.app, request.url.path, settings),
        flashes=flash.read(request),
        csrf_token=csrf.token(request),
        theme=theme if theme in THEMES else "",
        folded=request.cookies.get("sidebar") == "folded",
        locale=context.locale.get().tag,
        palette_sources=palette_sources(request.app),
        request_id=context.request_id.get(),
        version=version(),
        environment=settings.environment,
        person=person,
    )


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the template environment: escaping on, unknown names refused."""
    templates = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=get_settings().environment == "development",
    )
    templates.globals |= {"asset": asset, "may": may}
    templates.filters |= {name: _at_request(write) for name, write in WRITERS.items()}
    templates.filters["in_currency"] = in_currency
    templates.filters["capitalize_first"] = formatting.capitalised
    return templates


def _number(value: float | None, digits: int = 4, places: int | None = None) -> Markup:
    return formatting.element(formatting.number(value, digits, places=places), value)


def _money(value: float | None, currency: str = "", scale: str | None = None, digits: int = 4) -> Markup:
    return formatting.element(formatting.money(value, currency, scale=scale, digits=digits), value)


def _percent(value: float | None, digits: int = 3) -> Markup:
    return formatting.element(formatting.percent(value, digits), value)


#: Filters whose text depends on the reader.
WRITERS: dict[str, Callable[..., str]] = {
    "number": _number,
    "money": _money,
    "percent": _percent,
    "count": formatting.count,
    "day": formatting.day,
    "moment": formatting.moment,
    "plain": formatting.plain,
    "full": formatting.full,
}


def _at_request(write: Callable[..., str]) -> Callable[..., str]:
    """Keep Jinja from writing a constant once for all readers, when it compiles the template."""

    @pass_context
    def written(_context: Context, *arguments: object, **options: object) -> str:
        return write(*arguments, **options)

    return written


@lru_cache(maxsize=1)
def version() -> str:
    """Return CalMiner's version, from the one place that states it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])
