"""Stored rows as the part of a project document that `app.seed.document` reads back: the one writer there is.

Derived from the models, as the reader is, so that what can be read can be written. A history keeps it short:
what is empty, or stands at its default, is left out. A file (`app.exchange`) has it whole, its numbers and
the order of its keys tidied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
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


@dataclass(frozen=True, slots=True)
class Written:
    """One field of a row. needed: written even when empty. default: what it holds when nothing was said."""

    name: str
    needed: bool
    default: Any


@dataclass(frozen=True, slots=True)
class Owned:
    """A row, or a list of rows, below another. filled: the columns that the row above fills in."""

    name: str
    filled: frozenset[str]


def scenario_document(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario, with all of its parts loaded or in reach of its session, as a history keeps it."""
    return written(scenario)


def written(row: Base, given: frozenset[str] = frozenset(), *, whole: bool = False) -> dict[str, Any]:
    """Return a row and those that it owns; `given` names the columns that its parent fills in.

    whole: with what stands at its default.
    """
    found: dict[str, Any] = {}
    for field in _fields(type(row), given):
        value = getattr(row, field.name)
        if field.needed or (value is not None and (whole or value != field.default)):
            found[field.name] = plain_value(value)
    for below in _owned(type(row)):
        owned = getattr(row, below.name)
        if isinstance(owned, list):
            if owned:
                found[below.name] = [written(child, below.filled, whole=whole) for child in owned]
        elif owned is not None:
            found[below.name] = written(owned, below.filled, whole=whole)
    return found


@cache
def _fields(model: type[Base], given: frozenset[str]) -> tuple[Written, ...]:
    mapper: Mapper[Any] = inspect(model)
    columns = {key: column for key, column in plain_columns(mapper, given).items() if key not in NOT_WRITTEN}
    needed = required(mapper, columns)
    plain = [Written(key, key in needed, usual(column)) for key, column in columns.items()]
    return (*plain, *(Written(each.key, each.key in needed, None) for each in mapper.composites))


@cache
def _owned(model: type[Base]) -> tuple[Owned, ...]:
    return tuple(
        Owned(relation.key, frozenset(str(target.key) for _, target in relation.synchronize_pairs))
        for relation in inspect(model).relationships
        if relation.key not in NOT_OWNED
    )


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
