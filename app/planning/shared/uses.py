"""Where the scenarios use a currency, a unit or a cost category."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Select, Table, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.errors import NotAllowed
from app.models import Project, Scenario
from app.models.base import Base
from app.models.entered import ENTERED, ROLE
from app.planning.shared.parts import Shared

UNIT_ROLES = frozenset({"unit", "x_unit", "y_unit"})
#: Parts whose rows stand in scenarios under their code.
COUNTED = frozenset({"currencies", "units", "headings"})


@dataclass(frozen=True, slots=True)
class Use:
    """A scenario that uses something, and the tables in which it does."""

    project: str
    project_slug: str
    scenario: str
    scenario_slug: str
    places: tuple[str, ...]


def where_used(session: Session, part: Shared, code: str) -> list[Use]:
    """Return the scenarios that use a code, of those that whoever asks may see."""
    if part.key not in COUNTED:
        return []
    found = union_all(*_statements(part, code)).subquery()
    statement = (
        select(
            Project.name,
            Project.slug,
            Scenario.name,
            Scenario.slug,
            func.array_agg(found.c.place.distinct()),
        )
        .join(found, found.c.scenario_id == Scenario.id)
        .join(Project, Project.id == Scenario.project_id)
        .where(Scenario.deleted_at.is_(None), Project.deleted_at.is_(None))
        .group_by(Project.id, Scenario.id)
        .order_by(Project.name, Scenario.name)
    )
    return [
        Use(project, project_slug, scenario, scenario_slug, tuple(places))
        for project, project_slug, scenario, scenario_slug, places in session.execute(statement)
    ]


def count_uses(session: Session, part: Shared, code: str) -> int:
    """Return how many scenarios use a code, deleted and private ones as well."""
    if part.key not in COUNTED:
        return 0
    found = union_all(*_statements(part, code)).subquery()
    return session.scalar(select(func.count(found.c.scenario_id.distinct()))) or 0


def uses_by_code(session: Session, part: Shared) -> dict[str, int]:
    """Return how many scenarios use each currency or each cost category."""
    held = [
        select(column.label("code"), table.c.scenario_id).where(column.is_not(None))
        for table, columns in _columns(part)
        for column in columns
    ]
    if not held or part.key == "units":
        return {}
    found = union_all(*held).subquery()
    counted = select(found.c.code, func.count(found.c.scenario_id.distinct())).group_by(found.c.code)
    return dict(session.execute(counted).all())


def refuse_used(session: Session, part: Shared, row: Base) -> None:
    """Raise `NotAllowed` for a row that scenarios use, or that something else in the settings needs."""
    code = str(getattr(row, part.identity))
    used = count_uses(session, part, code)
    if used:
        instead = " Stop offering it instead." if part.active else ""
        noun = "scenario uses" if used == 1 else "scenarios use"
        raise NotAllowed(f"{used} {noun} “{part.name_of(row)}”, so it cannot be removed.{instead}")
    if part.key == "currencies":
        _refuse_needed(session, part, row, code)


def _refuse_needed(session: Session, part: Shared, row: Base, code: str) -> None:
    for table in Base.metadata.tables.values():
        if "scenario_id" in table.columns:
            continue
        rules = [column == code for column in _pointing(table, "currencies.code")]
        if rules and session.scalar(select(literal(1)).select_from(table).where(or_(*rules)).limit(1)):
            words = table.name.replace("_", " ")
            raise NotAllowed(
                f"{words.capitalize()} need “{part.name_of(row)}”, so it cannot be removed."
                " Stop offering it instead."
            )


def _statements(part: Shared, code: str) -> Iterator[Select[int, str]]:
    for table, columns in _columns(part):
        rules = [_holds(part, column, code) for column in columns]
        place = literal(table.name.replace("_", " ")).label("place")
        yield select(table.c.scenario_id.label("scenario_id"), place).where(or_(*rules))


def _holds(part: Shared, column: Column[object], code: str) -> ColumnElement[bool]:
    if part.key != "units":
        return column == code
    return (column == code) | (literal(code) == func.any(func.string_to_array(column, "/")))


def _columns(part: Shared) -> Iterator[tuple[Table, list[Column[object]]]]:
    for table in Base.metadata.sorted_tables:
        if "scenario_id" not in table.columns:
            continue
        if part.key == "units":
            found = [column for column in table.columns if _is_unit(column)]
        else:
            found = _pointing(table, f"{part.model.__tablename__}.code")
        if found:
            yield table, found


def _is_unit(column: Column[object]) -> bool:
    entered = column.info.get(ROLE) in UNIT_ROLES and ENTERED in column.info
    return entered or (column.table.name == "consumption_lines" and column.name == "unit")


def _pointing(table: Table, target: str) -> list[Column[object]]:
    return [
        column
        for column in table.columns
        if any(key.target_fullname == target for key in column.foreign_keys)
    ]
