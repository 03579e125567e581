"""What the dashboard shows: the projects changed last with their base scenario, and the latest runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.engine.kinds import RunStatus
from app.models import Project, Scenario, SimulationRun

#: Neither the scenario nor its project was deleted.
PRESENT = Project.deleted_at.is_(None) & Scenario.deleted_at.is_(None)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the latest runs."""

    id: int
    status: RunStatus
    trials: int
    seed: int
    created_at: datetime
    project: str
    scenario: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is."""

    projects: int
    scenarios: int
    runs: int


def base_scenarios(session: Session, limit: int) -> Sequence[Scenario]:
    """Return the base scenarios of the projects in use, the ones changed last first."""
    statement = (
        select(Scenario)
        .join(Scenario.project)
        .where(Scenario.is_base, Project.archived_at.is_(None), PRESENT)
        .options(joinedload(Scenario.project))
        .order_by(func.greatest(Scenario.updated_at, Project.updated_at).desc(), Scenario.id)
        .limit(limit)
    )
    return session.scalars(statement).all()


def latest_runs(session: Session, limit: int) -> list[RunRow]:
    """Return the runs asked for last."""
    statement = (
        select(
            SimulationRun.id,
            SimulationRun.status,
            SimulationRun.trials,
            SimulationRun.seed,
            SimulationRun.created_at,
            Project.name,
            Scenario.name,
        )
        .join(Scenario, Scenario.id == SimulationRun.scenario_id)
        .join(Project, Project.id == Scenario.project_id)
        .where(PRESENT)
        .order_by(SimulationRun.id.desc())
        .limit(limit)
    )
    return [RunRow(*row) for row in session.execute(statement)]


def counts(session: Session) -> Counts:
    """Return how many projects, scenarios and runs there are."""
    projects = select(func.count(Project.id)).where(Project.deleted_at.is_(None))
    scenarios = select(func.count(Scenario.id)).join(Scenario.project).where(PRESENT)
    runs = (
        select(func.count(SimulationRun.id))
        .join(SimulationRun.scenario)
        .join(Scenario.project)
        .where(PRESENT)
    )
    statement = select(*(each.scalar_subquery() for each in (projects, scenarios, runs)))
    return Counts(*session.execute(statement).one())
