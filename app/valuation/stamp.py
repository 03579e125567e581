"""One short text that differs whenever anything differs that a scenario's value depends on."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.models.base import Base

#: Runs are evidence about a scenario, revisions and the maintenance log its history, comments are talk, and a
#: value follows from the rest; none of them moves it.
NOT_VALUED = frozenset(
    {"simulation_runs", "scenario_revisions", "maintenance_entries", "comments", "scenario_values"}
)


def stamp(session: Session, scenario_id: int) -> str:
    """Return the stamp of a scenario's present state, "" where there is no such scenario."""
    return stamps(session, [scenario_id]).get(scenario_id, "")


def stamps(session: Session, scenario_ids: Collection[int]) -> dict[int, str]:
    """Return the stamps of some scenarios' present states.

    PostgreSQL gives every version of every row a place and the transaction that wrote it, so this sees
    what any statement changed, also cascades and bulk updates, in one query instead of loading the rows.
    """
    session.flush()
    found = session.execute(_statement(), {"scenario_ids": list(scenario_ids)})
    return {row.key: row.stamp for row in found}


@lru_cache(maxsize=1)
def _statement() -> Select[int, str]:
    wanted = bindparam("scenario_ids", type_=ARRAY(BigInteger))
    scenarios, projects = (Base.metadata.tables[name] for name in ("scenarios", "projects"))
    of_project = select(scenarios.c.id.label("key"), _version(projects)).join(
        projects, projects.c.id == scenarios.c.project_id
    )
    rows = [of_project.where(scenarios.c.id == any_(wanted))]
    rows.append(_versions(scenarios, scenarios.c.id).where(scenarios.c.id == any_(wanted)))
    rows += [
        _versions(table, table.c.scenario_id).where(table.c.scenario_id == any_(wanted))
        for table in Base.metadata.sorted_tables
        if "scenario_id" in table.columns and table.name not in NOT_VALUED
    ]
    found = union_all(*rows).subquery().c
    together = func.md5(func.string_agg(found.row, func.chr(10)).aggregate_order_by(found.row)).label("stamp")
    return select(found.key, together).group_by(found.key)


def _versions(table: Table, key: ColumnElement[int]) -> Select[int, str]:
    return select(key.label("key"), _version(table))


def _version(table: Table) -> ColumnElement[str]:
    system = (cast(literal_column(f"{table.name}.{name}"), Text) for name in ("tableoid", "ctid", "xmin"))
    return func.concat(*system).label("row")
