"""Maintenance that is due or overdue in the base scenarios of the projects in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.errors import InvalidInput
from app.models import MaintenanceEntry, MaintenancePlan, Project, Scenario
from app.valuation.evaluate import evaluate_scenario
from app.valuation.upkeep import Due, upkeep_of
from app.web import context

#: Scenarios that are looked at, the ones changed last first.
MOST_SCENARIOS = 20


@dataclass(frozen=True, slots=True)
class Reminder:
    """One plan of a scenario with open events: the oldest of them, and how many there are."""

    project_slug: str
    project: str
    scenario_slug: str
    plan: str
    equipment: str
    day: date
    overdue: bool
    events: int


def reminders(session: Session) -> list[Reminder]:
    """Return what is overdue or due within a month, the oldest first."""
    planned = select(MaintenancePlan.id).where(MaintenancePlan.scenario_id == Scenario.id).exists()
    present = Project.deleted_at.is_(None) & Scenario.deleted_at.is_(None) & Project.archived_at.is_(None)
    statement = (
        select(Scenario)
        .join(Scenario.project)
        .where(Scenario.is_base, present, planned)
        .options(joinedload(Scenario.project))
        .order_by(Scenario.updated_at.desc(), Scenario.id)
        .limit(MOST_SCENARIOS)
    )
    scenarios = session.scalars(statement).all()
    log = _log(session, [scenario.id for scenario in scenarios])
    found = [each for scenario in scenarios for each in _of(session, scenario, log.get(scenario.id, ()))]
    return sorted(found, key=lambda each: (each.day, each.project, each.plan))


def _log(session: Session, scenarios: Sequence[int]) -> dict[int, list[MaintenanceEntry]]:
    entry = MaintenanceEntry
    statement = select(entry).where(entry.scenario_id.in_(scenarios)).order_by(entry.scenario_id, entry.day)
    rows = session.scalars(statement).all() if scenarios else []
    return {key: list(own) for key, own in groupby(rows, key=lambda row: row.scenario_id)}


def _of(session: Session, scenario: Scenario, log: Sequence[MaintenanceEntry]) -> list[Reminder]:
    try:
        valuation = evaluate_scenario(session, scenario.id)
    except InvalidInput:
        return []
    due = [each for each in upkeep_of(valuation, log, context.today()).due if each.overdue or each.soon]
    by_plan: dict[str, list[Due]] = {}
    for each in due:
        by_plan.setdefault(each.plan, []).append(each)
    return [
        Reminder(
            scenario.project.slug,
            scenario.project.name,
            scenario.slug,
            plan,
            events[0].equipment,
            events[0].day,
            events[0].overdue,
            len(events),
        )
        for plan, events in by_plan.items()
    ]
