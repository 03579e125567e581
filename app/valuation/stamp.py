"""One short text that differs whenever anything differs that a scenario's value depends on."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.models.base import Base

#: Runs are evidence about a scenario, revisions and the maintenance log its history; none moves its value.
NOT_VALUED = frozenset({"simulation_runs", "scenario_revisions", "maintenance_entries"})


def stamp(session: Session, scenario_id: int) -> str:
    """Return the stamp of a scenario's present state, "" where there is no such scenario.

    PostgreSQL gives every version of every row a place and the transaction that wrote it, so this sees
    what any statement changed, also cascades and bulk updates, in one query instead of loading the rows.
    """
    session.flush()
    return session.scalar(_statement(), {"scenario_id": scenario_id}) or ""


@lru_cache(maxsize=1)
def _statement() -> Select[str | None]:
    wanted = bindparam("scenario_id", type_=BigInteger)
    scenarios, projects = (Base.metadata.tables[name] for name in ("scenarios", "projects"))
    owner = select(scenarios.c.project_id).where(scenarios.c.id == wanted).scalar_subquery()
    owned = [
        _versions(table, table.c.scenario_id == wanted)
        for table in Base.metadata.sorted_tables
        if "scenario_id" in table.columns and table.name not in NOT_VALUED
    ]
    own = (_versions(scenarios, scenarios.c.id == wanted), _versions(projects, projects.c.id == owner))
    row = union_all(*own, *owned).subquery().c.row
    return select(func.md5(func.string_agg(row, func.chr(10)).aggregate_order_by(row)))


def _versions(table: Table, rule: ColumnElement[bool]) -> Select[str]:
    system = (cast(literal_column(f"{table.name}.{name}"), Text) for name in ("tableoid", "ctid", "xmin"))
    return select(func.concat(*system).label("row")).where(rule)
