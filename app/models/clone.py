"""A scenario's deep copy, table by table inside the database.

Parts refer to each other by name, so the rows of a copy need nothing but the new scenario's key.
"""

from __future__ import annotations

from sqlalchemy import Column, Table, insert, literal, select
from sqlalchemy.orm import Session

from app.engine.kinds import ScenarioStatus
from app.models.base import Base
from app.models.scenario import Scenario

#: Belongs to the scenario that made it: a run is evidence about those inputs, a revision its past, a comment
#: was said about this one, and a value was computed from these rows.
NOT_COPIED = frozenset({"simulation_runs", "scenario_revisions", "comments", "scenario_values"})
#: A copy's own: key, stamps and version start afresh.
FRESH = frozenset({"id", "scenario_id", "created_at", "updated_at", "version"})


def copied_tables() -> tuple[Table, ...]:
    """Return the tables that a clone copies, parents before children."""
    return tuple(
        table
        for table in Base.metadata.sorted_tables
        if "scenario_id" in table.columns and table.name not in NOT_COPIED
    )


def copied_columns(table: Table) -> list[Column[object]]:
    """Return the columns that a copy takes over as they are."""
    return [column for column in table.columns if column.name not in FRESH]


def clone_scenario(session: Session, original: Scenario, *, slug: str, name: str) -> Scenario:
    """Return a draft in the same project with a copy of every part of `original`; runs are not copied."""
    session.flush()
    kept = {
        column.name: getattr(original, column.name)
        for column in copied_columns(Base.metadata.tables["scenarios"])
        if column.name not in {"slug", "name", "status", "is_base", "deleted_at"}
    }
    copy = Scenario(**kept, slug=slug, name=name, status=ScenarioStatus.DRAFT, is_base=False)
    session.add(copy)
    session.flush()
    for table in copied_tables():
        columns = copied_columns(table)
        source = select(literal(copy.id), *columns).where(table.c.scenario_id == original.id)
        names = ["scenario_id", *(column.name for column in columns)]
        session.execute(insert(table).from_select(names, source, include_defaults=False))
    session.refresh(copy)
    return copy
