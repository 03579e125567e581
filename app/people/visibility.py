"""What a person must not know of is left out of everything that their request reads.

A rule on the session rather than in each query: a list that somebody adds next year is covered too. Queries
written as plain text are not; there are none in the features.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, event, select
from sqlalchemy.orm import InstrumentedAttribute, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption

from app.models import Comment, Project, Scenario, SimulationRun
from app.people.identity import Identity

LIMITS = "people.limits"


def see_as(session: Session, person: Identity) -> None:
    """Let a session see what this person may know of; nothing is added where nothing is hidden."""
    if person.hidden or person.only is not None:
        session.info[LIMITS] = limits(person)


def limits(person: Identity) -> tuple[LoaderCriteriaOption, ...]:
    """Return the conditions that every statement of this person's request carries."""
    scenarios = select(Scenario.id).where(seen(Scenario.project_id, person))
    return (
        with_loader_criteria(Project, seen(Project.id, person), include_aliases=True),
        with_loader_criteria(Scenario, seen(Scenario.project_id, person), include_aliases=True),
        with_loader_criteria(SimulationRun, SimulationRun.scenario_id.in_(scenarios), include_aliases=True),
        with_loader_criteria(Comment, Comment.scenario_id.in_(scenarios), include_aliases=True),
    )


def seen(project_id: InstrumentedAttribute[int], person: Identity) -> ColumnElement[bool]:
    """Return the condition that a row belongs to a project which this person may know of."""
    if person.only is not None:
        return project_id.in_(person.only)
    return project_id.not_in(person.hidden)


@event.listens_for(Session, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> None:
    conditions: tuple[Any, ...] = state.session.info.get(LIMITS, ())
    if conditions and (state.is_select or state.is_update or state.is_delete) and not state.is_column_load:
        state.statement = state.statement.options(*conditions)
