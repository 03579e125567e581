"""What every page inside a scenario shares: its tabs, its crumbs, what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request

from app.engine.kinds import ScenarioStatus
from app.models import Scenario
from app.web.navigation import Crumb

#: Route name and label of each tab, in order. A feature that adds a tab adds its line here.
TABS = (
    ("scenario", "Overview"),
    ("terms", "Terms"),
    ("parameters", "Parameters"),
    ("production", "Production"),
    ("products", "Products"),
    ("costs", "Costs"),
    ("consumption", "Consumption"),
    ("equipment", "Equipment"),
    ("maintenance", "Maintenance"),
    ("fiscal", "Fiscal"),
    ("inputs", "All inputs"),
    ("simulations", "Simulations"),
    ("comments", "Comments"),
    ("history", "History"),
)


class Tab(NamedTuple):
    """One tab of a scenario."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Workspace:
    """The frame of a scenario's page."""

    project_slug: str
    scenario_slug: str
    project: str
    scenario: str
    currency: str
    status: ScenarioStatus
    tabs: Sequence[Tab]
    crumbs: Sequence[Crumb]
    tab: str

    def comments_on(self, part: str, line: str) -> str:
        """Return the address of the comments on one line."""
        comments = next(tab.href for tab in self.tabs if tab.label == "Comments")
        return f"{comments}?{urlencode({'part': part, 'line': line})}"


def workspace(request: Request, scenario: Scenario, tab: str, *deeper: Crumb) -> Workspace:
    """Return the frame of a page in `tab`, whose crumbs go on with `deeper` ones."""
    project = scenario.project
    names = {"project_slug": project.slug, "scenario_slug": scenario.slug}

    def path(route: str, **parameters: str) -> str:
        return str(request.app.url_path_for(route, **parameters))

    tabs = [Tab(label, path(route, **names), route == tab) for route, label in TABS]
    here = next(item for item in tabs if item.current)
    own = [Crumb(here.label, here.href if deeper else "")] if tab != "scenario" or deeper else []
    above = [
        Crumb("Projects", path("projects")),
        Crumb(project.name, path("project", project_slug=project.slug)),
        Crumb(scenario.name, path("scenario", **names) if own else ""),
    ]
    return Workspace(
        project.slug,
        scenario.slug,
        project.name,
        scenario.name,
        project.currency,
        scenario.status,
        tabs,
        [*above, *own, *deeper],
        tab,
    )
