"""Where one can go: the sidebar, the command palette, the path to the current page."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.applications import Starlette

from app.people.identity import may
from app.people.policy import Permission
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the sidebar: its words, the route it leads to, its icon, and the paths that light it up."""

    label: str
    route: str
    icon: str
    prefixes: tuple[str, ...]
    development: bool = False
    needs: Permission = Permission.READ


#: A feature adds its line here. `route` is the name of a GET route without path parameters.
SIDEBAR = (
    Item("Dashboard", "dashboard", "dashboard", ("/",)),
    Item("Projects", "projects", "projects", ("/projects", "/runs")),
    Item("Import", "imports", "table", ("/imports",), needs=Permission.MANAGE),
    Item("Proof of the engine", "proof", "good", ("/proof",)),
    Item("Settings", "settings", "settings", ("/settings",)),
    Item("People", "people", "people", ("/people",), needs=Permission.ADMINISTER),
    Item("Record", "record", "report", ("/record",), needs=Permission.ADMINISTER),
    Item("API", "api_docs", "code", ("/docs",), needs=Permission.SIGNED_IN),
    Item("Style guide", "styleguide", "palette", ("/styleguide",), True, Permission.SIGNED_IN),
)

#: Names of GET routes that answer `?q=` with `[{"label", "hint", "href"}]`, best first, for `Ctrl K`.
PALETTE_SOURCES: tuple[str, ...] = ("places",)


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the path to the current page; the last has no address."""

    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A sidebar entry as the current page shows it."""

    label: str
    href: str
    icon: str
    current: bool


def sidebar(app: Starlette, path: str, settings: Settings) -> tuple[Link, ...]:
    """Return the sidebar for the page at `path`: what whoever asks may go to."""
    wanted = [item for item in SIDEBAR if settings.environment != "production" or not item.development]
    visible = [item for item in wanted if may(item.needs)]
    return tuple(
        Link(item.label, str(app.url_path_for(item.route)), item.icon, _leads_to(item.prefixes, path))
        for item in visible
    )


def palette_sources(app: Starlette) -> str:
    """Return the addresses that the command palette asks, separated by spaces."""
    return " ".join(str(app.url_path_for(name)) for name in PALETTE_SOURCES)


def _leads_to(prefixes: tuple[str, ...], path: str) -> bool:
    return any(path == each or (each != "/" and path.startswith(f"{each}/")) for each in prefixes)
