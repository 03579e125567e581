"""Rows that a revision brings back keep their keys, so that links to them and open pages go on working.

A document knows rows by name. Its rows therefore replace all that a scenario owns, and then take over key,
version and stamps from the rows that they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import Session

from app.models.clone import copied_tables

#: What a row is given.
OWN = ("id", "version", "created_at", "updated_at")
#: What says nothing about its content; a list that comes back is counted anew.
UNTOLD = (*OWN, "position")

Taken = dict[Table, Sequence[Row[Any]]]


def take_out(session: Session, scenario_id: int) -> Taken:
    """Delete every part of a scenario in the database; return what told its rows apart."""
    return {
        table: session.execute(
            delete(table).where(table.c.scenario_id == scenario_id).returning(*_told(table))
        ).all()
        for table in reversed(copied_tables())
    }


def give_back(session: Session, scenario_id: int, taken: Taken) -> None:
    """Give the rows that are there now what those had that they are: under one name, or else of one content.

    The version of a row rises where its content is another, as it does when somebody edits it.
    """
    for table, before in taken.items():
        own = [name for name in OWN if name in table.c]
        if not before or not own:
            continue
        now = session.execute(select(*_told(table)).where(table.c.scenario_id == scenario_id)).all()
        keys = [column for column in table.primary_key if column.name == "id"] or list(table.primary_key)
        # Of rows without a name, only equal ones are the same; a renamed one is told by its content.
        told = ("whole", "name_key", "content") if _naming(table) or "id" not in table.c else ("whole",)
        changed = [_taken_over(table, old, new) for old, new in _pairs(before, now, told)]
        if changed:
            found = update(table).where(*(column == bindparam(f"at_{column.name}") for column in keys))
            session.connection().execute(
                found.values({name: bindparam(f"to_{name}") for name in own}), changed
            )


def _told(table: Table) -> list[ColumnElement[Any]]:
    """Return the columns that a row keeps, its name, its content without the name, and the whole of it."""
    named = _naming(table)
    row = func.to_jsonb(literal_column(table.name))
    own = [*(table.c[name] for name in OWN if name in table.c), table.c.scenario_id]
    return [
        *own,
        cast(func.jsonb_build_array(*(table.c[name] for name in named)), Text).label("name_key"),
        _digest(row, (*UNTOLD, *named)).label("content"),
        _digest(row, UNTOLD).label("whole"),
    ]


def _digest(row: ColumnElement[Any], without: Iterable[str]) -> ColumnElement[str]:
    return func.md5(cast(row.op("-")(cast(array(list(without)), ARRAY(Text))), Text))


def _naming(table: Table) -> tuple[str, ...]:
    """Return the columns that no two rows of a scenario share; none where the table has no such rule."""
    rules = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    return tuple(column.name for rule in rules[:1] for column in rule.columns if column.name != "scenario_id")


def _pairs(
    before: Sequence[Row[Any]], now: Sequence[Row[Any]], told: Iterable[str]
) -> list[tuple[Row[Any], Row[Any]]]:
    """Return which row is which, by one thing that tells them after the other."""
    found: list[tuple[Row[Any], Row[Any]]] = []
    for said in told:
        waiting: dict[Hashable, list[Row[Any]]] = defaultdict(list)
        for row in before:
            waiting[getattr(row, said)].append(row)
        pairs = [(waiting[key].pop(0), row) for row in now if waiting[key := getattr(row, said)]]
        found += pairs
        told_apart = {id(row) for pair in pairs for row in pair}
        before = [row for row in before if id(row) not in told_apart]
        now = [row for row in now if id(row) not in told_apart]
    return found


def _taken_over(table: Table, old: Row[Any], new: Row[Any]) -> dict[str, Any]:
    """Return the parameters of the update of one row."""
    same = old.whole == new.whole
    at = "id" if "id" in table.c else "scenario_id"
    stays = {name: getattr(old, name) for name in OWN if name in table.c}
    if "version" in stays and not same:
        stays["version"] += 1
    if "updated_at" in stays and not same:
        stays["updated_at"] = new.updated_at
    return {f"at_{at}": getattr(new, at), **{f"to_{name}": value for name, value in stays.items()}}
