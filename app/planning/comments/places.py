"""Where a comment stands: on a scenario, or on a line of one of its parts, known by the name of the line.

A row that was deleted comes back with a new key, so a name is what holds. Comments follow a line that is
renamed, and find it under an earlier name when a revision brings that back; those of a deleted line stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, cast, func, select, update
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.models import Comment, Scenario
from app.planning.parts import PARTS, Part, find_part
from app.planning.words import in_words

#: Name of each row by its part and key.
Names = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Place:
    """What a comment is about; both empty are the scenario as a whole."""

    part: str = ""
    line: str = ""

    @property
    def words(self) -> str:
        """The place as a planner reads it."""
        title = PARTS[self.part].title if self.part in PARTS else in_words(self.part)
        return f"{title} › {self.line}" if self.part else "The whole scenario"


def check_place(session: Session, scenario: Scenario, place: Place) -> None:
    """Raise `InvalidInput` for a place that the scenario does not have."""
    if not place.part and not place.line:
        return
    try:
        part = find_part(place.part)
    except NotFound:
        raise InvalidInput([Problem("part", place.part, "a part of a scenario, or empty")]) from None
    if place not in lines(session, scenario.id, [part.key]):
        raise InvalidInput([Problem("line", place.line, f"the name of a line in “{part.title}”")])


def commented_parts(session: Session, scenario_id: int) -> list[str]:
    """Return the parts whose lines have comments."""
    statement = select(Comment.part).where(Comment.scenario_id == scenario_id, Comment.part != "").distinct()
    return [key for key in session.scalars(statement) if key in PARTS]


def lines(session: Session, scenario_id: int, parts: Iterable[str]) -> set[Place]:
    """Return the lines of some parts, without loading what else is in them."""
    found: set[Place] = set()
    for part in (PARTS[key] for key in parts):
        rows = session.execute(_naming(part, scenario_id))
        found |= {Place(part.key, part.name_of(row)) for row in rows}
    return found


def line_of(session: Session, scenario_id: int, part: Part, key: str) -> str:
    """Return what a row is called, without loading what else there is; the word for one where it is gone."""
    statement = _naming(part, scenario_id)
    if not part.single:
        statement = statement.where(cast(part.model.__table__.c.id, Text) == key)
    row = session.execute(statement).one_or_none()
    return part.singular if row is None else part.name_of(row)


def _naming(part: Part, scenario_id: int) -> Select[Any]:
    """Return the statement for the naming fields of the rows of a part."""
    owner = getattr(part.model, "scenario_id" if part.path else "id")
    columns = [getattr(part.model, name) for name in part.naming]
    return select(*columns or (owner,)).where(owner == scenario_id)


def names(scenario: Scenario, parts: Iterable[str]) -> Names:
    """Return what the rows of some parts of a loaded scenario are called."""
    return {
        (key, PARTS[key].key_of(row)): PARTS[key].name_of(row)
        for key in parts
        for row in PARTS[key].rows(scenario)
    }


def follow(session: Session, scenario_id: int, before: Names, after: Names) -> None:
    """Let comments follow the lines that were renamed."""
    renamed = {
        Place(where[0], name): after[where]
        for where, name in before.items()
        if where in after and after[where] != name
    }
    _move(session, scenario_id, renamed)


def find_again(session: Session, scenario: Scenario, after: Names) -> None:
    """Let comments whose line is gone find it under a name that it had before."""
    there = {Place(part, name) for (part, _), name in after.items()}
    statement = select(Comment.part, Comment.line, Comment.former_lines).where(
        Comment.scenario_id == scenario.id, Comment.part.in_({place.part for place in there})
    )
    moves = {}
    for part, line, former in session.execute(statement):
        known = [name for name in reversed(former) if Place(part, name) in there]
        if known and Place(part, line) not in there:
            moves[Place(part, line)] = known[0]
    _move(session, scenario.id, moves)


def _move(session: Session, scenario_id: int, moves: Mapping[Place, str]) -> None:
    """Give places other names, all at once, so that two lines may exchange theirs."""
    keys = {
        place: session.scalars(
            select(Comment.id).where(
                Comment.scenario_id == scenario_id, Comment.part == place.part, Comment.line == place.line
            )
        ).all()
        for place in moves
    }
    for place, found in keys.items():
        session.execute(
            update(Comment)
            .where(Comment.id.in_(found))
            .values(line=moves[place], former_lines=func.array_append(Comment.former_lines, place.line))
            .execution_options(synchronize_session=False)
        )


def counts(session: Session, scenario_id: int, parts: Iterable[str]) -> dict[Place, int]:
    """Return how many open comments each line of some parts has."""
    statement = (
        select(Comment.part, Comment.line, func.count())
        .where(
            Comment.scenario_id == scenario_id,
            Comment.part.in_(list(parts)),
            Comment.deleted_at.is_(None),
            Comment.resolved_at.is_(None),
        )
        .group_by(Comment.part, Comment.line)
    )
    return {Place(part, line): count for part, line, count in session.execute(statement)}
