"""A stored project as the document that `app.seed.document` reads, key for key in the registry's order.

What is empty is left out: no value, no text, no rows. Numbers are written as they were entered, so reading
a document and writing it again gives the same bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session, object_session

from app.exchange.registry import PROJECT, SCENARIOS, Sheet, children
from app.models import Curve, Entered, Project, Row, Scenario, Single
from app.models.base import Base
from app.seed.document import FORMAT
from app.seed.readers import LARGEST, WITHOUT_END
from app.valuation.load import load_scenario

#: Up to this length an object or a list stands on one line.
LINE = 110
#: Whole numbers below this are written without a point; above it a float skips some.
EXACT = 2**53


def project_document(project: Project) -> dict[str, Any]:
    """Return a project with its scenarios; runs, versions and the archive are the installation's own."""
    session = object_session(project)
    loaded = [full(session, scenario) for scenario in project.scenarios if scenario.deleted_at is None]
    return {
        "format": FORMAT,
        "project": _object(PROJECT, project),
        "scenarios": [_scenario(scenario) for scenario in sorted(loaded, key=lambda each: each.slug)],
    }


def full(session: Session | None, scenario: Scenario) -> Scenario:
    """Return a scenario with its parts loaded in a bounded number of queries."""
    return scenario if session is None else load_scenario(session, scenario.id)


def document_text(document: Mapping[str, Any]) -> str:
    """Return a document as the text of its file."""
    return _text(document, "") + "\n"


def plain_number(value: float) -> float:
    """Return a whole number as such, so that 3500.0 is written 3500; every other as it is.

    Minus zero becomes zero: a cell of a workbook knows no other.

    >>> plain_number(3500.0), plain_number(0.1), plain_number(-0.0)
    (3500, 0.1, 0)
    """
    return int(value) if value.is_integer() and abs(value) < EXACT else value


def _scenario(scenario: Scenario) -> dict[str, Any]:
    return _object(SCENARIOS, scenario) | _children((), scenario)


def _object(sheet: Sheet, row: Base) -> dict[str, Any]:
    written = {field.name: _value(getattr(row, field.name)) for field in sheet.own}
    return {name: value for name, value in written.items() if value not in (None, "", [], {})}


def _children(path: tuple[str, ...], row: Base) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for sheet in children(path):
        owned = getattr(row, sheet.path[-1])
        if sheet.one:
            if owned is not None:
                found[sheet.path[-1]] = _object(sheet, owned)
        elif owned:
            found[sheet.path[-1]] = [_object(sheet, each) | _children(sheet.path, each) for each in owned]
    return found


def _value(value: Any) -> Any:
    match value:
        case Entered():
            driver = {"driver": value.driver} if value.driver is not None else {}
            return {"value": _numbers(value.values), "unit": value.unit} | driver
        case Row():
            return {"value": [plain_number(each) for each in value.values], "unit": value.unit}
        case Single():
            return {"value": plain_number(value.value), "unit": value.unit}
        case Curve():
            along = [plain_number(x) if math.isfinite(x) else WITHOUT_END for x in value.x]
            y = [plain_number(each) for each in value.y]
            return {"x": along, "x_unit": value.x_unit, "y": y, "y_unit": value.y_unit}
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case tuple():
            return [{"length": run.length.value, "count": run.count} for run in value]
        case _:
            return canonical(value)


def _numbers(values: tuple[float, ...]) -> float | list[float]:
    return plain_number(values[0]) if len(values) == 1 else [plain_number(each) for each in values]


def canonical(value: Any) -> Any:
    """Return plain JSON with its keys in order and whole numbers without a point."""
    match value:
        case bool():
            return value
        case float():
            return plain_number(value)
        case int() if EXACT <= abs(value) <= LARGEST:
            # PostgreSQL writes every digit of a large number that was entered as 1e30.
            return float(value)
        case dict():
            return {key: canonical(value[key]) for key in sorted(value)}
        case list():
            return [canonical(each) for each in value]
        case _:
            return value


def _text(value: Any, indent: str) -> str:
    short = json.dumps(value, ensure_ascii=False, allow_nan=False)
    nested = isinstance(value, dict | list) and bool(value)
    if not nested or len(indent) + len(short) <= LINE or _is_row(value):
        return short
    deeper = f"{indent}  "
    if isinstance(value, dict):
        keys = {key: json.dumps(key, ensure_ascii=False) for key in value}
        lines = [f"{deeper}{keys[key]}: {_text(each, deeper)}" for key, each in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + _text(each, deeper) for each in value) + f"\n{indent}]"


def _is_row(value: Any) -> bool:
    """Say whether a value is a list of numbers, which stays on one line however long it is."""
    return isinstance(value, list) and all(isinstance(each, int | float) for each in value)
