"""What `app.seed.written` writes, as a file: keys in the order of the registry, numbers as they were entered.

What is empty is left out: no value, no text, no rows. Reading a document and writing it again gives the same
bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session, object_session

from app.exchange.registry import PROJECT, SCENARIOS, Kind, Sheet, children
from app.models import Project, Scenario
from app.seed.document import FORMAT
from app.seed.readers import LARGEST
from app.seed.written import written
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
        "project": _object(PROJECT, written(project, whole=True)),
        "scenarios": [_scenario(each) for each in sorted(loaded, key=lambda each: each.slug)],
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
    told = written(scenario, whole=True)
    return _object(SCENARIOS, told) | _children((), told)


def _object(sheet: Sheet, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a row in the order of the registry, without those that are empty."""
    found = {
        field.name: canonical(told.get(field.name), by_name=field.kind is Kind.NUMBERS) for field in sheet.own
    }
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def _children(path: tuple[str, ...], told: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for sheet in children(path):
        name = sheet.path[-1]
        if name in told:
            rows = [told[name]] if sheet.one else told[name]
            made = [_object(sheet, each) | _children(sheet.path, each) for each in rows]
            found[name] = made[0] if sheet.one else made
    return found


def canonical(value: Any, *, by_name: bool = True) -> Any:
    """Return plain JSON with whole numbers without a point, and its keys by name or as they came."""
    match value:
        case bool():
            return value
        case float():
            return plain_number(value)
        case int() if EXACT <= abs(value) <= LARGEST:
            # PostgreSQL writes every digit of a large number that was entered as 1e30.
            return float(value)
        case dict():
            keys = sorted(value) if by_name else value
            return {key: canonical(value[key], by_name=by_name) for key in keys}
        case list():
            return [canonical(each, by_name=by_name) for each in value]
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
