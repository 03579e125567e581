"""People in the text of a comment: `@Ada Moreno` calls whoever has that handle and may see the project."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import Project, ProjectMember, User, UserRole

#: How many are offered while somebody types.
MOST_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Handle:
    """Somebody who may see a project, and what calls them: the name, numbered where two people share it."""

    user_id: int
    name: str
    handle: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a comment's text: plain, or the name of somebody who is called."""

    text: str
    called: bool


def sees(project: Project) -> ColumnElement[bool]:
    """Return the condition that a person is active and may see a project."""
    role = exists().where(UserRole.user_id == User.id)
    member = exists().where(ProjectMember.user_id == User.id, ProjectMember.project_id == project.id)
    general = role.where(UserRole.role == RoleName.ADMINISTRATOR) if project.private else role
    return User.active & or_(member, general)


def handles(session: Session, project: Project) -> list[Handle]:
    """Return everybody who may see a project, by name."""
    statement = select(User.id, User.name).where(sees(project)).order_by(func.lower(User.name), User.id)
    found = [(row.id, " ".join(row.name.split())) for row in session.execute(statement)]
    shared = Counter(name.casefold() for _, name in found)
    return [
        Handle(key, name, name if shared[name.casefold()] == 1 else f"{name} #{key}") for key, name in found
    ]


def offered(session: Session, project: Project, typed: str) -> list[Handle]:
    """Return the people whose name has a word that begins with what was typed, a few at most."""
    wanted = " ".join(typed.split()).casefold()
    found = [each for each in handles(session, project) if _begins(each.handle.casefold(), wanted)]
    return found[:MOST_OFFERED]


def _begins(handle: str, wanted: str) -> bool:
    return handle.startswith(wanted) or f" {wanted}" in handle


def called(text: str, known: Sequence[Handle]) -> list[Handle]:
    """Return who is called in a text, each once, in the order of the text."""
    by_handle = {each.handle.casefold(): each for each in known}
    found = [match[1].casefold() for match in _matches(text, [each.handle for each in known])]
    return [by_handle[handle] for handle in dict.fromkeys(found) if handle in by_handle]


def pieces(text: str, written: Sequence[str]) -> list[Piece]:
    """Return a text cut at the handles that were found in it when it was written.

    >>> [piece.text for piece in pieces("Ask @Ada or @nobody", ["Ada"]) if piece.called]
    ['@Ada']
    """
    found, here = [], 0
    for match in _matches(text, written):
        found += [Piece(text[here : match.start()], False), Piece(match[0], True)]
        here = match.end()
    return [piece for piece in (*found, Piece(text[here:], False)) if piece.text]


def _matches(text: str, written: Sequence[str]) -> Iterator[re.Match[str]]:
    """Yield each handle behind an @ that begins a word; the longest wins, and ends where its word ends."""
    if not written:
        return iter(())
    longest_first = sorted(set(written), key=len, reverse=True)
    names = "|".join(re.escape(each) for each in longest_first)
    return re.finditer(rf"(?<![\w@])@({names})(?![\w#])", text, re.IGNORECASE)
