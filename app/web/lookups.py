"""The things a URL names, looked up once.

404 when there is none, or none that the caller may know of; 403 when it may not be touched. A lookup that
begins with a project settles whether the caller's role suffices there.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from app.engine.kinds import ScenarioStatus
from app.errors import NotAllowed, NotFound
from app.models import Parameter, Project, Scenario, SimulationRun
from app.people.identity import may
from app.people.policy import Permission
from app.web.access import AccessDep, settles_project
from app.web.deps import SessionDep

Slug = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=200)]
#: PostgreSQL's bigint; a larger number in a URL is an unknown one, not an error of the database.
LARGEST_KEY = 2**63 - 1
Key = Annotated[int, Path(ge=1, le=LARGEST_KEY)]
#: Of a revision, counted from 1 in its scenario.
Number = Annotated[int, Path(ge=1, le=LARGEST_KEY)]


@settles_project
def find_project(session: SessionDep, access: AccessDep, project_slug: Slug) -> Project:
    """Return the project that the URL names; raises `NotFound`, `NotAllowed`."""
    statement = select(Project).where(Project.slug == project_slug, Project.deleted_at.is_(None))
    project = session.scalars(statement).one_or_none()
    if project is None:
        raise NotFound("project", project_slug)
    access.require(project)
    return project


ProjectDep = Annotated[Project, Depends(find_project, scope="function")]


@settles_project
def find_scenario(
    session: SessionDep, access: AccessDep, project_slug: Slug, scenario_slug: Slug
) -> Scenario:
    """Return the scenario that the URL names, with its project; raises `NotFound`, `NotAllowed`."""
    statement = (
        select(Scenario)
        .join(Scenario.project)
        .where(
            Project.slug == project_slug,
            Scenario.slug == scenario_slug,
            Project.deleted_at.is_(None),
            Scenario.deleted_at.is_(None),
        )
        .options(contains_eager(Scenario.project))
    )
    scenario = session.scalars(statement).one_or_none()
    if scenario is None:
        raise NotFound("scenario", f"{project_slug}/{scenario_slug}")
    access.require(scenario.project)
    return scenario


ScenarioDep = Annotated[Scenario, Depends(find_scenario, scope="function")]


def editable(scenario: Scenario) -> Scenario:
    """Return the scenario when it may be changed; raises `NotAllowed` and says what to do instead."""
    if scenario.status is ScenarioStatus.APPROVED:
        raise NotAllowed(
            f"“{scenario.name}” is approved, so its inputs are locked. Clone it and change the clone."
        )
    if scenario.status is ScenarioStatus.ARCHIVED or scenario.project.archived_at is not None:
        raise NotAllowed(f"“{scenario.name}” is archived, so nothing in it can be changed. Restore it first.")
    return scenario


def is_editable(scenario: Scenario) -> bool:
    """Say whether pages should offer to change the scenario: it is not locked, and the reader may."""
    archived = scenario.status is ScenarioStatus.ARCHIVED or scenario.project.archived_at is not None
    locked = archived or scenario.status is ScenarioStatus.APPROVED
    return not locked and may(Permission.EDIT, scenario.project)


def find_editable_scenario(scenario: ScenarioDep) -> Scenario:
    """Return the scenario that the URL names when it may be changed."""
    return editable(scenario)


EditorDep = Annotated[Scenario, Depends(find_editable_scenario, scope="function")]


def find_parameter(session: SessionDep, scenario: ScenarioDep, name: str) -> Parameter:
    """Return the parameter that the URL names in its scenario; raises `NotFound`."""
    statement = select(Parameter).where(Parameter.scenario_id == scenario.id, Parameter.name == name)
    # PostgreSQL refuses a text with a NUL in it; no parameter is called that.
    parameter = None if "\0" in name else session.scalars(statement).one_or_none()
    if parameter is None:
        raise NotFound("parameter", name)
    return parameter


ParameterDep = Annotated[Parameter, Depends(find_parameter, scope="function")]


@settles_project
def find_run(session: SessionDep, access: AccessDep, run_id: Key) -> SimulationRun:
    """Return the run that the URL names, with its scenario and project; raises `NotFound`, `NotAllowed`."""
    statement = (
        select(SimulationRun)
        .where(SimulationRun.id == run_id)
        .options(joinedload(SimulationRun.scenario).joinedload(Scenario.project))
    )
    run = session.scalars(statement).one_or_none()
    if run is None:
        raise NotFound("simulation run", run_id)
    access.require(run.scenario.project)
    return run


RunDep = Annotated[SimulationRun, Depends(find_run, scope="function")]
