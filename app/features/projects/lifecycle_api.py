"""Scenarios of a project as JSON, and archiving, deleting and bringing back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.engine.kinds import PeriodLength
from app.features.projects import removal, scenario_edit
from app.models import Scenario
from app.web.deps import SessionDep, WindowDep
from app.web.lookups import EditorDep, Key, ProjectDep, ScenarioDep

router = APIRouter(tags=["projects"])
SCENARIO = "/api/projects/{project_slug}/scenarios/{scenario_slug}"
Name = Annotated[str, Field(min_length=1, max_length=200)]
Note = Annotated[str, Field(max_length=4000)]
Kind = Literal["project", "scenario"]


class ScenarioBody(BaseModel):
    """What a scenario begins with; what is left out is taken from the defaults of the settings."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    start: date
    length: PeriodLength | None = None
    count: Annotated[int | None, Field(ge=1, le=scenario_edit.MOST_PERIODS, description="Of periods.")] = None
    discount_rate: Annotated[float | None, Field(ge=0, le=1, description="Per year, 0.08 is 8 %.")] = None
    note: Note = ""


class NameBody(BaseModel):
    """Another name and note."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    note: Note = ""
    version: Annotated[int, Field(ge=1)]


class ArchiveBody(BaseModel):
    """Whether a project is archived."""

    model_config = ConfigDict(extra="forbid")

    archived: bool


class ScenarioState(BaseModel):
    """A scenario's name, address and version."""

    project: str
    slug: str
    name: str
    note: str
    is_base: bool
    version: int


class ContentsOut(BaseModel):
    """What was deleted along."""

    model_config = ConfigDict(from_attributes=True)

    scenarios: int
    revisions: int
    runs: int
    comments: int


class DeletedOut(BaseModel):
    """Something deleted that can be brought back by kind and id. project: of a scenario."""

    model_config = ConfigDict(from_attributes=True)

    kind: Kind
    id: int
    name: str
    project: str
    deleted_at: datetime


@router.post("/api/projects/{project_slug}/scenarios", status_code=201, summary="Create a scenario")
def create(session: SessionDep, project: ProjectDep, body: ScenarioBody) -> ScenarioState:
    """Add an empty scenario with a timeline and a discount rate."""
    made = scenario_edit.create(session, project, scenario_edit.NewScenario(**body.model_dump()))
    return _state(session, made)


@router.get(f"{SCENARIO}/name", summary="Show a scenario's name")
def show(session: SessionDep, scenario: ScenarioDep) -> ScenarioState:
    """Return name, note and version."""
    return _state(session, scenario)


@router.put(f"{SCENARIO}/name", summary="Rename a scenario")
def rename(session: SessionDep, scenario: EditorDep, body: NameBody) -> ScenarioState:
    """Change name and note; the address stays."""
    scenario_edit.rename(session, scenario, body.name, body.note, body.version)
    return _state(session, scenario)


@router.put(f"{SCENARIO}/base", summary="Make a scenario the base")
def make_base(session: SessionDep, scenario: EditorDep) -> ScenarioState:
    """Make it the scenario that the others of its project are compared with."""
    scenario_edit.set_base(session, scenario.project, scenario)
    return _state(session, scenario)


@router.delete(SCENARIO, summary="Delete a scenario")
def delete_scenario(session: SessionDep, scenario: ScenarioDep) -> ContentsOut:
    """Delete a scenario with a way back, and say what went along."""
    gone = removal.contents(session, scenario.project, scenario)
    removal.delete(session, scenario)
    return ContentsOut.model_validate(gone)


@router.put("/api/projects/{project_slug}/archive", summary="Archive a project")
def archive(session: SessionDep, project: ProjectDep, body: ArchiveBody) -> ArchiveBody:
    """Archive a project, or take it back."""
    removal.archive(session, project, body.archived)
    return body


@router.delete("/api/projects/{project_slug}", summary="Delete a project")
def delete_project(session: SessionDep, project: ProjectDep) -> ContentsOut:
    """Delete a project with a way back, and say what went along."""
    gone = removal.contents(session, project)
    removal.delete(session, project)
    return ContentsOut.model_validate(gone)


@router.get("/api/deleted", summary="List what was deleted")
def deleted(session: SessionDep, window: WindowDep) -> list[DeletedOut]:
    """Return a page of deleted projects and scenarios, the latest first; empty behind the last."""
    found = removal.list_deleted(session)[window.offset : window.offset + window.limit]
    return [DeletedOut.model_validate(row) for row in found]


@router.post("/api/deleted/{kind}/{key}/restore", status_code=204, summary="Undo a deletion")
def bring_back(session: SessionDep, kind: Kind, key: Key) -> None:
    """Bring a deleted project or scenario back."""
    removal.bring_back(session, kind, key)


@router.delete("/api/deleted/{kind}/{key}", status_code=204, summary="Delete for good")
def erase(
    session: SessionDep,
    kind: Kind,
    key: Key,
    name: Annotated[str, Query(max_length=200, description="Its name, typed out.")],
) -> None:
    """Delete for good what was deleted before."""
    removal.erase(session, kind, key, name)


def _state(session: SessionDep, scenario: Scenario) -> ScenarioState:
    session.flush()
    return ScenarioState(
        project=scenario.project.slug,
        slug=scenario.slug,
        name=scenario.name,
        note=scenario.note,
        is_base=scenario.is_base,
        version=scenario.version,
    )
