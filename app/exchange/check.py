"""What is wrong with a document before it is stored: fields, names, rules, units."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from secrets import token_hex
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from app.engine.checks import check as engine_check
from app.errors import InvalidInput, Problem
from app.exchange import rules
from app.exchange.places import Places
from app.exchange.registry import BY_TABLE, Kind
from app.exchange.tree import Node, nodes, scenario_nodes
from app.models import CostHeading, Currency, Project, Scenario
from app.models.entered import Entered
from app.seed.document import build_project, load_project
from app.valuation.inputs import read_inputs, reader_of
from app.valuation.inputs.paths import in_words
from app.valuation.inputs.reader import NAMES, name_of

MOST_PERIODS = 1200
YEARS = range(1900, 2201)
MOST_NOTES = 50
Reject = Callable[[str, object, str], None]


def check_document(session: Session, document: Mapping[str, Any], places: Places) -> list[Problem]:
    """Note every value that cannot be stored in `places`, and return what keeps scenarios from being valued.

    Nothing is stored: what has to be tried is tried and taken back.
    """
    try:
        project = build_project(document)
    except InvalidInput as error:
        for problem in error.problems:
            places.reject_path(problem.field, problem.value, problem.allowed)
        return []
    found = list(nodes(project))
    _check_names(session, found, places.reject_path)
    _check_time(project, places.reject_path)
    if not places.findings:
        for path, value, allowed in rules.broken(session, found):
            places.reject_path(path, value, allowed)
    return [] if places.findings else _try(session, document, places)


def _check_names(session: Session, found: Sequence[Node], reject: Reject) -> None:
    """Note every reference that leads nowhere and every name that stands twice."""
    shared = {
        "currencies": set(session.scalars(select(Currency.code))),
        "cost_headings": set(session.scalars(select(CostHeading.code))),
    }
    known: dict[tuple[str, int], set[object]] = {}
    for node in found:
        keys = node.keys
        of_table = known.setdefault((node.sheet.title, node.scenario if node.sheet.path else -1), set())
        twice = frozenset(keys) if node.sheet.title == "Correlations" else keys
        if node.sheet.keys and twice in of_table:
            reject(f"{node.path}.{node.sheet.keys[-1]}", " / ".join(map(str, keys)), "each only once")
        of_table.add(twice)
    _check_scenarios(found, reject)
    for node in found:
        for path, value, table in _references(node):
            if table in shared:
                where, names = f"a {_singular(table)} of this installation", shared[table]
            else:
                title = BY_TABLE[table].title
                where = f"a row of {title} in the same scenario"
                names = {
                    keys[0] for keys in known.get((title, node.scenario), set()) if isinstance(keys, tuple)
                }
            if value not in names:
                reject(path, value, where)


def _references(node: Node) -> Iterator[tuple[str, object, str]]:
    """Yield path, name and table of everything that a row names."""
    for field in node.sheet.own:
        value = getattr(node.row, field.name)
        path = f"{node.path}.{field.name}"
        if field.refers and value is not None:
            yield path, value, field.refers
        if field.kind is Kind.QUANTITY and isinstance(value, Entered) and value.driver is not None:
            yield f"{path}.driver", value.driver, "parameters"


def _singular(table: str) -> str:
    return {"currencies": "currency", "cost_headings": "cost heading"}[table]


def _check_scenarios(found: Sequence[Node], reject: Reject) -> None:
    names: set[object] = set()
    base = False
    for node in found:
        if isinstance(node.row, Scenario):
            if node.row.name in names:
                reject(f"{node.path}.name", node.row.name, "a name that no other scenario has")
            if node.row.is_base and base:
                reject(f"{node.path}.is_base", True, "one base in a project")
            names.add(node.row.name)
            base = base or bool(node.row.is_base)


def _check_time(project: Project, reject: Reject) -> None:
    """Note a timeline that no mine has."""
    for number, scenario in enumerate(project.scenarios):
        path = f"scenarios[{number}]"
        if scenario.period_count > MOST_PERIODS:
            reject(f"{path}.periods", scenario.period_count, f"at most {MOST_PERIODS:,} periods")
        for name in ("start", "valuation"):
            day = getattr(scenario, name)
            if day is not None and day.year not in YEARS:
                reject(f"{path}.{name}", day.isoformat(), f"a day from {YEARS[0]} to {YEARS[-1]}")


def _try(session: Session, document: Mapping[str, Any], places: Places) -> list[Problem]:
    """Store the document, read it as the engine would, and take it back."""
    trial = session.begin_nested()
    try:
        slug = f"trial-{token_hex(8)}"
        project = load_project(session, {**document, "project": {**document["project"], "slug": slug}})
        notes = [
            note for number, each in enumerate(project.scenarios) for note in _read(each, number, places)
        ]
    except (IntegrityError, DataError) as error:
        told = getattr(getattr(error.orig, "diag", None), "message_primary", None)
        places.reject_path("project", None, f"what the database accepts: {told or error.orig}")
        notes = []
    finally:
        trial.rollback()
    return notes[:MOST_NOTES]


def _read(scenario: Scenario, number: int, places: Places) -> list[Problem]:
    """Note wrong units, and return what else the engine misses."""
    paths: dict[str, str] = {}
    for node in list(scenario_nodes(scenario, number))[1:]:
        if type(node.row) not in NAMES:
            continue
        paths[name_of(node.row)] = node.path
        for field in node.sheet.fields:
            paths[name_of(node.row, field.name)] = f"{node.path}.{field.name}"
    read = reader_of(scenario)
    inputs = read_inputs(read, scenario)
    for problem in read.problems:
        path = paths.get(problem.field)
        if path is not None:
            about = ".unit" if problem.allowed.startswith("a unit") else ""
            places.reject_path(f"{path}{about}", problem.value, problem.allowed)
    missing = [problem for problem in read.problems if problem.field not in paths]
    found = missing or ([] if read.problems else [in_words(inputs, each) for each in engine_check(inputs)])
    return [Problem(f"{scenario.name}: {each.field}", each.value, each.allowed) for each in found]
