"""The value of one field: out of a row as a document writes it, and back into a row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.models import Product, ProductProcess
from app.models.base import Base
from app.planning.parts import Kind, Part
from app.seed.readers import COMPOSITES, Rejected, read_column, words
from app.seed.written import plain_value


def value_of(part: Part, row: Base, name: str) -> Any:
    """Return one field of a row as a document writes it."""
    if part.kind(name) is Kind.NAMES:
        return [link.process for link in getattr(row, name)]
    return plain_value(getattr(row, name))


def read_value(part: Part, name: str, value: Any) -> Any:
    """Return what a field holds, from what a document writes; raises `Rejected`."""
    kind = part.kind(name)
    if kind is Kind.NAMES:
        if not isinstance(value, list):
            raise Rejected("it must be a list of names")
        return [words(each) for each in value]
    if value is None:
        if part.required(name):
            raise Rejected("fill this in")
        column = part.column(name)
        return None if column.nullable or name in inspect(part.model).composites else read_empty(part, name)
    composite = inspect(part.model).composites.get(name)
    if composite is not None:
        return COMPOSITES[composite.composite_class](value)
    return _checked(read_column(part.column(name), value))


def read_empty(part: Part, name: str) -> Any:
    """Return what a field falls back to when it is emptied."""
    default = part.column(name).default
    return {} if default is None or default.is_callable else getattr(default, "arg", None)


def _checked(value: Any) -> Any:
    if isinstance(value, str) and "\0" in value:
        raise Rejected("text without control characters")
    return value


def fill(row: Base, name: str, value: Any, session: Session | None) -> None:
    """Put a value into a row; a list of names becomes rows of its own."""
    if not isinstance(row, Product) or name != "processes":
        setattr(row, name, value)
        return
    held = {link.process: link for link in row.processes}
    for process, link in held.items():
        if process not in value:
            if session is not None:
                session.delete(link)
            else:
                row.processes.remove(link)
    for process in dict.fromkeys(value):
        if process not in held:
            row.processes.append(ProductProcess(process=process, scenario_id=row.scenario_id))
