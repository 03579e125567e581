"""The rules that the database holds rows to, put to rows before they are stored, and what each one allows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Column, Table, text
from sqlalchemy.orm import Session

from app.exchange.tree import Node
from app.models.base import Base
from app.models.scenario import PeriodRun

#: What a rule that is named after its field allows.
BY_ENDING = {
    "_given": "something; fill this in",
    "_is_index": "the number of a period, from 0",
    "_positive": "more than 0",
    "_not_negative": "0 or more",
    "_is_share": "from 0 to 1, that is 0 to 100 %",
    "_is_plain": "small letters, digits and single hyphens, such as base-case",
    "_is_identifier": "small letters, digits and underscores after a letter, such as gold_price",
    "_in_range": "from -1 to 1",
    "_finite": "a finite number",
    "_entered": "a number with its unit",
    "_allowed": "one of the words of the list",
    "_is_object": "numbers by name",
}
#: Every other rule: the field that is shown, and what is allowed there.
BY_NAME = {
    "periods_are_runs": ("periods", "runs of months, quarters or years, each at least one long"),
    "window_ordered": ("last", "a period not before the first"),
    "two_parameters": ("second", "another parameter than the first"),
    "one_kind_of_uncertainty": ("process", "empty where a family is given"),
    "one_recovery": ("recovery", "empty where a recovery curve is given"),
    "one_origin": ("source", "a source or a stockpile, and not both"),
    "concentrate_is_whole": (
        "concentrate_metal",
        "a metal with the grade of its concentrate; without a metal no charges of a concentrate",
    ),
    "participation_is_whole": ("participation_share", "a share and a basis, or neither"),
    "levy_takes_a_cost": ("cost_of", "a class where a levy is given, and none otherwise"),
    "contingency_has_method": ("contingency", "a contingency with a method, or neither"),
    "kind_has_numbers": (
        "kind",
        "steps for sliding_price, stepped_price and tiered, a rate for every other kind",
    ),
}


def broken(session: Session, nodes: Sequence[Node]) -> Iterator[tuple[str, object, str]]:
    """Yield path, value and what is allowed, for each row that the database would refuse."""
    by_table: dict[str, list[Node]] = {}
    for node in nodes:
        by_table.setdefault(str(node.sheet.model.__tablename__), []).append(node)
    for name, rows in by_table.items():
        yield from _of_table(session, Base.metadata.tables[name], rows)


def allowed_by(constraint: str) -> tuple[str, str]:
    """Return the field that a rule is about, and what it allows.

    >>> allowed_by("lag_not_negative")
    ('lag', '0 or more')
    """
    if constraint in BY_NAME:
        return BY_NAME[constraint]
    ending = next(ending for ending in BY_ENDING if constraint.endswith(ending))
    return constraint.removesuffix(ending), BY_ENDING[ending]


def rules_of(table: Table) -> dict[str, str]:
    """Return the rules of a table by name, without its own prefix."""
    checks = [rule for rule in table.constraints if isinstance(rule, CheckConstraint)]
    return {str(rule.name).removeprefix(f"ck_{table.name}_"): str(rule.sqltext) for rule in checks}


def _of_table(session: Session, table: Table, rows: Sequence[Node]) -> Iterator[tuple[str, object, str]]:
    rules = rules_of(table)
    flags = ", ".join(f"({rule}) IS FALSE" for rule in rules.values())
    # The rules are the model's own; the values travel as one parameter.
    statement = text(
        f"SELECT {flags} FROM json_populate_recordset(NULL::{table.name}, CAST(:rows AS json))"  # noqa: S608  # nosec B608
        " WITH ORDINALITY AS candidate ORDER BY ordinality"
    )
    values = json.dumps([_columns(table, node) for node in rows])
    found = session.execute(statement.execution_options(no_parameters=False), {"rows": values})
    for node, verdicts in zip(rows, found, strict=True):
        for name, bad in zip(rules, verdicts, strict=True):
            if bad:
                field, allowed = allowed_by(name)
                yield f"{node.path}.{field}", _shown(node, field), allowed


def _columns(table: Table, node: Node) -> dict[str, Any]:
    inherited = dict(zip(node.sheet.keys, node.owners, strict=False))
    return {
        column.name: _json(inherited.get(column.name, getattr(node.row, column.key, None)), column)
        for column in table.columns
        if column.name not in ("id", "scenario_id", "project_id")
    }


def _json(value: Any, column: Column[Any]) -> Any:
    default = column.default
    if value is None and default is not None and default.is_scalar:
        value = default.arg  # type: ignore[attr-defined]
    match value:
        case float():
            return str(value)
        case date():
            return value.isoformat()
        case [PeriodRun(), *_]:
            return [{"length": run.length.value, "count": run.count} for run in value]
        case tuple():
            return [str(each) for each in value]
        case _:
            return value


def _shown(node: Node, field: str) -> object:
    value: Any = getattr(node.row, field, None)
    return getattr(value, "value", None) or getattr(value, "values", None) or value
