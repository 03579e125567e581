"""The runs of a scenario, as its list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Double, cast, extract, func, or_, select
from sqlalchemy.orm import Session

from app.engine.kinds import RunStatus, Sampler
from app.models import Parameter, SimulationRun


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the list; seconds from start to end, None before."""

    id: int
    status: RunStatus
    trials: int
    sampler: Sampler
    seed: int
    created_at: datetime
    seconds: float | None


def list_runs(session: Session, scenario_id: int, *, limit: int, offset: int = 0) -> list[RunRow]:
    """Return the runs of one scenario, the latest first."""
    statement = (
        select(
            SimulationRun.id,
            SimulationRun.status,
            SimulationRun.trials,
            SimulationRun.sampler,
            SimulationRun.seed,
            SimulationRun.created_at,
            cast(extract("epoch", SimulationRun.finished_at - SimulationRun.started_at), Double),
        )
        .where(SimulationRun.scenario_id == scenario_id)
        .order_by(SimulationRun.id.desc())
    )
    rows = session.execute(statement.limit(limit).offset(offset))
    return [RunRow(*row) for row in rows]


def count_runs(session: Session, scenario_id: int) -> int:
    """Return how many runs a scenario has."""
    statement = select(func.count(SimulationRun.id)).where(SimulationRun.scenario_id == scenario_id)
    return session.execute(statement).scalar_one()


def uncertain_labels(session: Session, scenario_id: int) -> list[str]:
    """Return the words of the parameters that a run would draw."""
    statement = (
        select(Parameter.label, Parameter.name)
        .where(
            Parameter.scenario_id == scenario_id,
            Parameter.active,
            or_(Parameter.family.is_not(None), Parameter.process.is_not(None)),
        )
        .order_by(Parameter.position, Parameter.id)
    )
    return [label or name for label, name in session.execute(statement)]


@dataclass(frozen=True, slots=True)
class Driver:
    """What people call a parameter, and the unit that they enter it in."""

    label: str
    unit: str


def drivers_of(session: Session, scenario_id: int) -> dict[str, Driver]:
    """Return the words of each parameter by its name."""
    statement = select(Parameter).where(Parameter.scenario_id == scenario_id)
    return {row.name: Driver(row.label or row.name, row.base.unit) for row in session.scalars(statement)}
