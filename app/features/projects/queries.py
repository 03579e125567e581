"""Lists of projects and of the scenarios in one, as columns: a list page loads no rows it does not show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.engine.kinds import ScenarioStatus
from app.models import Project, ProjectMember, Scenario, ScenarioValue, SimulationRun


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One line of the project list. base: the scenario that the others are compared with; 0 is none."""

    id: int
    slug: str
    name: str
    commodity: str
    country: str
    currency: str
    archived: bool
    private: bool
    scenarios: int
    changed_at: datetime
    base: int
    base_slug: str
    base_name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which projects a list holds. member: only those that this person works on, 0 asks for all."""

    search: str = ""
    commodity: str = ""
    archived: bool = False
    private: bool = False
    member: int = 0


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One line of a project's scenarios."""

    id: int
    slug: str
    name: str
    note: str
    status: ScenarioStatus
    is_base: bool
    runs: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A scenario and its project, as the command palette leads to them."""

    project_slug: str
    project: str
    scenario_slug: str
    scenario: str


ALL = Wanted()
SORTS = {
    "name": func.lower(Project.name),
    "commodity": func.lower(Project.commodity),
    "country": func.lower(Project.country),
    "changed": Project.updated_at.desc(),
    "npv": ScenarioValue.npv.desc().nulls_last(),
    "irr": ScenarioValue.irr.desc().nulls_last(),
    "payback": ScenarioValue.payback.nulls_last(),
}
#: Amounts of different currencies have no order.
FIRST = {"npv": (Project.currency,)}


def count_projects(session: Session, wanted: Wanted) -> int:
    """Return how many projects a list with this filter holds."""
    counted: int = session.execute(_filtered(select(func.count(Project.id)), wanted)).scalar_one()
    return counted


def commodities(session: Session) -> Sequence[str]:
    """Return what the projects mine, each once."""
    statement = (
        select(func.min(Project.commodity))
        .where(Project.deleted_at.is_(None), Project.commodity != "")
        .group_by(func.lower(Project.commodity))
        .order_by(func.lower(Project.commodity))
    )
    return session.scalars(statement).all()


def list_projects(
    session: Session,
    *,
    limit: int,
    offset: int = 0,
    wanted: Wanted = ALL,
    sort: str = "name",
) -> list[ProjectRow]:
    """Return one page of projects; `sort` is a key of `SORTS`."""
    scenarios = (
        select(func.count(Scenario.id))
        .where(Scenario.project_id == Project.id, Scenario.deleted_at.is_(None))
        .correlate(Project)
        .scalar_subquery()
    )
    statement = select(
        Project.id,
        Project.slug,
        Project.name,
        Project.commodity,
        Project.country,
        Project.currency,
        Project.archived_at.is_not(None),
        Project.private,
        scenarios,
        Project.updated_at,
        func.coalesce(Scenario.id, 0),
        func.coalesce(Scenario.slug, ""),
        func.coalesce(Scenario.name, ""),
    )
    joined = statement.outerjoin(
        Scenario, (Scenario.project_id == Project.id) & Scenario.is_base & Scenario.deleted_at.is_(None)
    ).outerjoin(ScenarioValue, ScenarioValue.scenario_id == Scenario.id)
    statement = _filtered(joined, wanted).order_by(*FIRST.get(sort, ()), SORTS[sort], Project.id)
    return [ProjectRow(*row) for row in session.execute(statement.limit(limit).offset(offset))]


def find_places(session: Session, search: str, limit: int) -> list[Place]:
    """Return the scenarios that are, or whose project is, called like `search`."""
    pattern = _containing(search)
    statement = (
        select(Project.slug, Project.name, Scenario.slug, Scenario.name)
        .join(Scenario, Scenario.project_id == Project.id)
        .where(Project.archived_at.is_(None), Project.deleted_at.is_(None), Scenario.deleted_at.is_(None))
        .where(or_(Project.name.ilike(pattern), Scenario.name.ilike(pattern)))
        .order_by(func.lower(Project.name), Scenario.is_base.desc(), func.lower(Scenario.name))
        .limit(limit)
    )
    return [Place(*row) for row in session.execute(statement)]


def _containing(search: str) -> str:
    """Return the pattern of texts that contain `search`, its own signs taken literally."""
    return "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _filtered(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    statement = statement.where(Project.deleted_at.is_(None))
    if not wanted.archived:
        statement = statement.where(Project.archived_at.is_(None))
    if wanted.private:
        statement = statement.where(Project.private)
    if wanted.commodity:
        statement = statement.where(func.lower(Project.commodity) == wanted.commodity.lower())
    if wanted.member:
        mine = select(ProjectMember.project_id).where(ProjectMember.user_id == wanted.member)
        statement = statement.where(Project.id.in_(mine))
    if wanted.search:
        pattern = _containing(wanted.search)
        columns = (Project.name, Project.commodity, Project.country, Project.description)
        statement = statement.where(or_(*(column.ilike(pattern) for column in columns)))
    return statement


def list_scenarios(session: Session, project_id: int) -> list[ScenarioRow]:
    """Return the scenarios of one project, the base first."""
    runs = select(func.count(SimulationRun.id)).where(SimulationRun.scenario_id == Scenario.id)
    statement = (
        select(
            Scenario.id,
            Scenario.slug,
            Scenario.name,
            Scenario.note,
            Scenario.status,
            Scenario.is_base,
            runs.scalar_subquery(),
            Scenario.updated_at,
        )
        .where(Scenario.project_id == project_id, Scenario.deleted_at.is_(None))
        .order_by(Scenario.is_base.desc(), func.lower(Scenario.name))
    )
    return [ScenarioRow(*row) for row in session.execute(statement)]
