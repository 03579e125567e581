"""Projects as JSON."""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from app.engine.kinds import ScenarioStatus
from app.engine.returns import REASONS, Reason
from app.features.projects import edit as editing
from app.features.projects.queries import count_projects, find_places, list_projects, list_scenarios
from app.features.projects.valued import ValuedProject, WantedDep, valued
from app.models import Project
from app.web.deps import SessionDep, WindowDep
from app.web.lookups import ProjectDep

router = APIRouter(prefix="/api/projects", tags=["projects"])
places = APIRouter()
MOST_PLACES = 20
Text = Annotated[str, Field(max_length=editing.LONGEST_TEXT)]


class ProjectBody(BaseModel):
    """What a planner says about a project."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=editing.LONGEST_NAME)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217 code.")]
    description: Text = ""
    commodity: Text = ""
    country: Text = ""
    location: Text = ""
    source: Text = ""
    source_reference: Text = ""
    source_caveat: Text = ""


class ProjectChange(ProjectBody):
    """A new state of a project, and the version that the edit started from."""

    version: Annotated[int, Field(ge=1)]


class ScenarioSummary(BaseModel):
    """A scenario in the list of its project."""

    model_config = ConfigDict(from_attributes=True)

    slug: str
    name: str
    note: str
    status: ScenarioStatus
    is_base: bool
    runs: int
    changed_at: datetime


class ProjectOut(ProjectBody):
    """A project with its scenarios."""

    slug: str
    version: int
    archived: bool
    scenarios: list[ScenarioSummary]


class IndicatorSummary(BaseModel):
    """One indicator in engine units: units of currency, fractions, years. undefined: why it is None."""

    value: float | None
    unit: str
    convention: str
    undefined: str


class ProjectSummary(BaseModel):
    """A project in the list. base: the slug of its base scenario, empty where it has none.

    indicators: of the base scenario, by key. waits: they are not computed yet.
    """

    slug: str
    name: str
    commodity: str
    country: str
    currency: str
    archived: bool
    private: bool
    scenarios: int
    changed_at: datetime
    base: str
    indicators: dict[str, IndicatorSummary]
    waits: bool


class PlaceOut(BaseModel):
    """Somewhere to go."""

    label: str
    hint: str
    href: str


class ProjectPage(BaseModel):
    """A page of the list, and how many projects there are in all."""

    total: int
    page: int
    items: list[ProjectSummary]


@router.get("", summary="List projects")
def index(
    session: SessionDep,
    window: WindowDep,
    wanted: WantedDep,
    sort: Literal["name", "commodity", "country", "changed", "npv", "irr", "payback"] = "name",
) -> ProjectPage:
    """Return a page of projects with the value of each one's base scenario.

    A few are valued anew in one request where inputs changed; of the others `waits` is true until the next.
    """
    rows = list_projects(session, wanted=wanted, sort=sort, limit=window.limit, offset=window.offset)
    items = [_summary(each) for each in valued(session, rows)]
    return ProjectPage(total=count_projects(session, wanted), page=window.number, items=items)


@places.get("/api/places", name="places", tags=["projects"], summary="Find projects and scenarios by name")
def find(
    request: Request, session: SessionDep, q: Annotated[str, Query(max_length=200)] = ""
) -> list[PlaceOut]:
    """Return where the command palette may lead, projects before their scenarios."""
    app, found = request.app, {}
    for place in find_places(session, q.strip(), MOST_PLACES):
        home = str(app.url_path_for("project", project_slug=place.project_slug))
        names = {"project_slug": place.project_slug, "scenario_slug": place.scenario_slug}
        there = str(app.url_path_for("scenario", **names))
        found[home] = PlaceOut(label=place.project, hint="Project", href=home)
        found[there] = PlaceOut(label=f"{place.project}: {place.scenario}", hint="Scenario", href=there)
    return list(found.values())


@router.post("", status_code=201, summary="Create a project")
def create(session: SessionDep, body: ProjectBody) -> ProjectOut:
    """Add a project."""
    return _out(session, editing.create(session, editing.ProjectEdit(**body.model_dump())))


@router.get("/{project_slug}", summary="Show a project")
def show(session: SessionDep, project: ProjectDep) -> ProjectOut:
    """Return a project with its scenarios."""
    return _out(session, project)


@router.put("/{project_slug}", summary="Change a project")
def update(session: SessionDep, project: ProjectDep, body: ProjectChange) -> ProjectOut:
    """Replace what is said about a project; 409 when the version is no longer the current one."""
    wanted = editing.ProjectEdit(**body.model_dump(exclude={"version"}))
    editing.change(session, project, wanted, body.version)
    return _out(session, project)


def _summary(found: ValuedProject) -> ProjectSummary:
    kpis = found.value.kpis if found.value else ()
    indicators = {
        kpi.key: IndicatorSummary(
            value=float(kpi.value[0]) if isfinite(kpi.value[0]) else None,
            unit=kpi.unit,
            convention=kpi.convention,
            undefined=REASONS[Reason(int(kpi.reasons[0]))].text if kpi.reasons[0] else "",
        )
        for kpi in kpis
    }
    row = found.row
    return ProjectSummary(
        **{
            name: getattr(row, name)
            for name in ProjectSummary.model_fields
            if hasattr(row, name) and name != "base"
        },
        base=row.base_slug,
        indicators=indicators,
        waits=found.waits,
    )


def _out(session: SessionDep, project: Project) -> ProjectOut:
    texts = {name: getattr(project, name) for name in editing.LABELS}
    return ProjectOut(
        **texts,
        slug=project.slug,
        version=project.version,
        archived=project.archived_at is not None,
        scenarios=[ScenarioSummary.model_validate(row) for row in list_scenarios(session, project.id)],
    )
