"""Changes to what the whole installation shares: together or not at all, each with a line in the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotAllowed, NotFound, Problem
from app.models.base import Base
from app.people import audit
from app.planning.edit import (
    GONE,
    RowChange,
    Touched,
    fill_defaults,
    in_words,
    read_values,
    refuse_stale,
    rules_in_words,
)
from app.planning.parts import ONLY
from app.planning.shared.checks import bad_values, refuse_built_in, refuse_change, settle_deck
from app.planning.shared.parts import Shared, find_shared, owned_by
from app.planning.shared.uses import refuse_used
from app.planning.values import fill, value_of
from app.planning.words import value_in_words
from app.valuation.own_units import forget_own_units

ADDED, CHANGED, REMOVED = "setting_added", "setting_changed", "setting_removed"
LARGEST_KEY = 2**63


def count_rows(session: Session, part: Shared, owner: str = "") -> int:
    """Return how many rows a part has, or how many go with one owner."""
    return session.scalar(select(func.count()).select_from(_among(part, owner).subquery())) or 0


def list_rows(
    session: Session, part: Shared, owner: str = "", *, limit: int | None = None, offset: int = 0
) -> list[Base]:
    """Return rows in their order, all or a window of them; `owner` names the row that they go with."""
    return list(session.scalars(_among(part, owner).limit(limit).offset(offset)))


def _among(part: Shared, owner: str) -> Select[Base]:
    if not owner or not part.parents:
        return part.query()
    return part.query().where(getattr(part.model, part.parents[0][0]) == owner)


def find_row(session: Session, part: Shared, key: str) -> Base:
    """Return one row; raises `NotFound`."""
    row = _by_key(session, part, key)
    if row is None:
        raise NotFound(part.singular, key)
    return row


def _by_key(session: Session, part: Shared, key: str) -> Base | None:
    if part.only:
        return session.get(part.model, 1) if key == ONLY else None
    if part.identity != "id":
        return session.get(part.model, part.code_of(key))
    return session.get(part.model, int(key)) if key.isdecimal() and int(key) < LARGEST_KEY else None


def save_shared(session: Session, changes: Sequence[RowChange], note: str = "") -> list[Touched]:
    """Apply changes in their order, and note each of them in the record.

    Raises `InvalidInput` that names every rejected field as `changes[3].rate`, and `Conflict` with both sides
    when somebody else saved a row first; then nothing has changed.
    """
    problems: list[Problem] = []
    read = [_read(session, change, f"changes[{index}]", problems) for index, change in enumerate(changes)]
    if problems:
        raise InvalidInput(problems)
    touched = []
    with session.begin_nested():
        session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        for index, (change, values) in enumerate(zip(changes, read, strict=True)):
            with rules_in_words(changes, index):
                touched.append(_applied(session, change, values, f"changes[{index}]", note))
                session.flush()
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    forget_own_units(session)
    return touched


def _read(session: Session, change: RowChange, place: str, problems: list[Problem]) -> dict[str, Any]:
    part = find_shared(change.part)
    values = read_values(part, change, place, problems)
    problems += bad_values(session, part, values, place)
    return values


def _applied(
    session: Session, change: RowChange, values: Mapping[str, Any], place: str, note: str
) -> Touched:
    part = find_shared(change.part)
    if not change.key:
        return Touched(part, _added(session, part, values, place, note))
    row = _by_key(session, part, change.key)
    if row is None:
        raise Conflict(
            f"A row of “{part.title}” is no longer there.", theirs={"Row": GONE}, yours=in_words(part, change)
        )
    refuse_stale(part, row, change)
    if change.remove:
        _remove(session, part, row, note)
        return Touched(part, None)
    _changed(session, part, row, values, place, note)
    return Touched(part, row)


def _added(session: Session, part: Shared, values: Mapping[str, Any], place: str, note: str) -> Base:
    if part.only:
        raise NotAllowed(f"There is one {part.singular}; change it instead.")
    _refuse_taken(session, part, values, place)
    row = part.model()
    fill_defaults(row)
    for name, value in values.items():
        fill(row, name, value, None)
    refuse_change(session, row, {}, place)
    session.add(row)
    session.flush()
    settle_deck(session, row, place)
    said = {field.words: value_in_words(value_of(part, row, field.name)) for field in part.fields}
    _note(session, ADDED, part, row, said, note)
    return row


def _refuse_taken(session: Session, part: Shared, values: Mapping[str, Any], place: str) -> None:
    code = values.get(part.identity) if part.identity != "id" else None
    if code is not None and session.get(part.model, code) is not None:
        allowed = f"another one: {code} is there already"
        raise InvalidInput([Problem(f"{place}.{part.identity}", code, allowed)])
    if part.owner:
        own, theirs = part.parents[0]
        owner = find_shared(part.owner)
        there = select(owner.model).where(getattr(owner.model, theirs) == values.get(own))
        if session.scalars(there).first() is None:
            allowed = f"a {owner.singular} that is there"
            raise InvalidInput([Problem(f"{place}.{own}", values.get(own), allowed)])


def _changed(
    session: Session, part: Shared, row: Base, values: Mapping[str, Any], place: str, note: str
) -> None:
    before = {name: value_of(part, row, name) for name in values}
    for field in part.fields:
        if field.fixed and field.name in values and values[field.name] != getattr(row, field.name):
            allowed = f"{getattr(row, field.name)}: remove this row and add another one instead"
            raise InvalidInput([Problem(f"{place}.{field.name}", values[field.name], allowed)])
    refuse_change(session, row, values, place)
    for name, value in values.items():
        fill(row, name, value, session)
    settle_deck(session, row, place)
    said = {
        field.words: _step(before[field.name], value_of(part, row, field.name))
        for field in part.fields
        if field.name in before and before[field.name] != value_of(part, row, field.name)
    }
    if said:
        session.flush()
        _note(session, CHANGED, part, row, said, note)


def _step(before: object, after: object) -> str:
    return f"{value_in_words(before)} → {value_in_words(after)}"


def _remove(session: Session, part: Shared, row: Base, note: str) -> None:
    if part.only:
        raise NotAllowed("The defaults of new scenarios can be changed, not removed.")
    refuse_built_in(row)
    refuse_used(session, part, row)
    kept = [{"part": part.key, "values": document(part, row)}]
    for owned in owned_by(part):
        rows = list_rows(session, owned, str(getattr(row, owned.parents[0][1])))
        kept += [{"part": owned.key, "values": document(owned, each)} for each in rows]
    _note(session, REMOVED, part, row, {"kept": kept}, note)
    session.delete(row)


def document(part: Shared, row: Base) -> dict[str, Any]:
    """Return every field of a row as documents write it."""
    return {field.name: value_of(part, row, field.name) for field in part.fields}


def _note(
    session: Session, action: str, part: Shared, row: Base, said: Mapping[str, object], note: str
) -> None:
    why = {"why": note} if note else {}
    audit.record(
        session,
        action,
        subject=part.key,
        subject_id=part.key_of(row),
        **{"name": part.name_of(row), **said, **why},  # type: ignore[arg-type]
    )
