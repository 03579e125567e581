"""A stored scenario as the part of a project document that `app.seed.document` reads back.

Derived from the models, as the reader is, so that what can be read can be written. What is empty, or stands
at its default, is left out.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from math import isfinite
from typing import Any

from sqlalchemy import Column, inspect
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.models import Curve, Entered, PeriodRun, Row, Scenario, Single
from app.models.base import Base
from app.seed.document import NOT_OWNED, plain_columns, required
from app.seed.readers import WITHOUT_END

#: The order of a list is its own.
NOT_WRITTEN = frozenset({"position"})


def scenario_document(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario, with all of its parts loaded or in reach of its session, as a document writes it."""
    return written(scenario)


def written(row: Base, given: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return a row and those that it owns; `given` names the columns that its parent fills in."""
    mapper: Mapper[Any] = inspect(type(row))
    columns = {key: column for key, column in plain_columns(mapper, given).items() if key not in NOT_WRITTEN}
    needed = required(mapper, columns)
    found: dict[str, Any] = {}
    for key in (*columns, *(composite.key for composite in mapper.composites)):
        value = getattr(row, key)
        if key in needed or not (value is None or (key in columns and value == usual(columns[key]))):
            found[key] = plain_value(value)
    for relation in mapper.relationships:
        if relation.key in NOT_OWNED:
            continue
        filled = frozenset(str(target.key) for _, target in relation.synchronize_pairs)
        owned = getattr(row, relation.key)
        if isinstance(owned, list):
            if owned:
                found[relation.key] = [written(child, filled) for child in owned]
        elif owned is not None:
            found[relation.key] = written(owned, filled)
    return found


def usual(column: Column[Any]) -> object:
    """Return what a column holds when nothing was said about it, None where there is nothing of the kind."""
    default = column.default
    if isinstance(default, ScalarElementColumnDefault):
        return default.arg
    return {} if default is not None else None


def plain_value(value: object) -> Any:
    """Return one field as JSON writes it."""
    match value:
        case Entered():
            driver = {"driver": value.driver} if value.driver is not None else {}
            return {"value": _row(value.values), "unit": value.unit} | driver
        case Row():
            return {"value": list(value.values), "unit": value.unit}
        case Single():
            return {"value": value.value, "unit": value.unit}
        case Curve():
            along = [x if isfinite(x) else WITHOUT_END for x in value.x]
            return {"x": along, "x_unit": value.x_unit, "y": list(value.y), "y_unit": value.y_unit}
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case tuple():
            return [
                {"length": run.length.value, "count": run.count}
                for run in value
                if isinstance(run, PeriodRun)
            ]
        case _:
            return value


def _row(values: tuple[float, ...]) -> float | list[float]:
    return values[0] if len(values) == 1 else list(values)
