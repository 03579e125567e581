"""One short text that differs whenever anything differs that a scenario's value depends on."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Select, Text, cast, column, func, select, union_all
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from app.models import Project, Scenario
from app.models.base import Base

#: Runs are evidence about a scenario and the maintenance log is history; neither moves its value.
NOT_VALUED = frozenset({"simulation_runs", "maintenance_entries"})


def stamp(session: Session, scenario_id: int) -> str:
    """Return the stamp of a scenario's present state, "" where there is no such scenario.

    PostgreSQL gives every version of every row a place and the transaction that wrote it, so this sees what any
    statement changed, also cascades and bulk updates, in one query instead of loading the rows.
    """
    session.flush()
    return session.execute(_statement(), {"scenario_id": scenario_id}).scalar() or ""


@lru_cache(maxsize=1)
def _statement() -> Select[tuple[str]]:
    parts = [
        _versions(table.name, f"{table.name}.scenario_id = :scenario_id")
        for table in Base.metadata.sorted_tables
        if "scenario_id" in table.columns and table.name not in NOT_VALUED
    ]
    scenario, project = Scenario.__tablename__, Project.__tablename__
    parts.append(_versions(scenario, f"{scenario}.id = :scenario_id"))
    owner = f"(SELECT project_id FROM {scenario} WHERE id = :scenario_id)"
    parts.append(_versions(project, f"{project}.id = {owner}"))
    versions = union_all(*parts).subquery()
    return select(func.md5(func.string_agg(versions.c.row, sql("',' ORDER BY row"))))


def _versions(table: str, rule: str) -> Select[tuple[str]]:
    place, writer = (cast(column(name), Text) for name in ("ctid", "xmin"))
    label = sql(f"'{table}'")
    row = func.concat(label, place, writer).label("row")
    return select(row).select_from(sql(table)).where(sql(rule))
