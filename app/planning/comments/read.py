"""Comments as lists show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from app.models import Comment, CommentMention, Scenario, User
from app.people.identity import identity, may
from app.people.policy import Permission
from app.planning.comments.handles import Piece, pieces
from app.planning.comments.places import Place, lines
from app.planning.parts import PARTS


class Shown(StrEnum):
    """Which comments a list holds."""

    OPEN = "open"
    RESOLVED = "resolved"
    ALL = "all"
    DELETED = "deleted"  # by whoever asks


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment. there: whether its line still is. mine: whether whoever asks wrote it."""

    id: int
    version: int
    place: Place
    there: bool
    author: str
    body: str
    pieces: Sequence[Piece]
    mentions: Sequence[str]
    created_at: datetime
    edited_at: datetime | None
    resolved_at: datetime | None
    resolved_by: str
    deleted_at: datetime | None
    mine: bool
    removable: bool


def count_comments(session: Session, scenario: Scenario, shown: Shown, place: Place | None = None) -> int:
    """Return how many comments such a list holds."""
    statement = _filtered(select(func.count(Comment.id)), scenario, shown, place)
    return session.scalar(statement) or 0


def list_comments(
    session: Session,
    scenario: Scenario,
    shown: Shown,
    place: Place | None = None,
    *,
    limit: int,
    offset: int = 0,
) -> list[CommentRow]:
    """Return comments of a scenario, or of one place in it, the newest first."""
    statement = _filtered(_rows(), scenario, shown, place).order_by(Comment.id.desc())
    return _shown_rows(session, scenario, statement.limit(limit).offset(offset))


def comment_row(session: Session, scenario: Scenario, comment: Comment) -> CommentRow:
    """Return one comment as its line."""
    session.flush()
    (found,) = _shown_rows(session, scenario, _rows().where(Comment.id == comment.id))
    return found


def position(session: Session, scenario: Scenario, comment: Comment) -> int:
    """Return how many comments stand before one in the list of all."""
    statement = _filtered(select(func.count(Comment.id)), scenario, Shown.ALL, None)
    return session.scalar(statement.where(Comment.id > comment.id)) or 0


def _rows() -> Select[Any]:
    author, resolver = aliased(User), aliased(User)
    called = (
        select(func.array_agg(CommentMention.handle))
        .where(CommentMention.comment_id == Comment.id)
        .scalar_subquery()
    )
    return (
        select(Comment, author.name, func.coalesce(resolver.name, ""), called)
        .join(author, author.id == Comment.author_id)
        .outerjoin(resolver, resolver.id == Comment.resolved_by)
    )


def _filtered(statement: Select[Any], scenario: Scenario, shown: Shown, place: Place | None) -> Select[Any]:
    statement = statement.where(Comment.scenario_id == scenario.id)
    if place is not None:
        statement = statement.where(Comment.part == place.part, Comment.line == place.line)
    if shown is Shown.DELETED:
        return statement.where(Comment.deleted_at.is_not(None), Comment.deleted_by == _asking())
    statement = statement.where(Comment.deleted_at.is_(None))
    if shown is Shown.ALL:
        return statement
    resolved = Comment.resolved_at.is_not(None)
    return statement.where(resolved if shown is Shown.RESOLVED else ~resolved)


def _shown_rows(session: Session, scenario: Scenario, statement: Select[Any]) -> list[CommentRow]:
    found = session.execute(statement).all()
    parts = {comment.part for comment, *_ in found if comment.part in PARTS}
    there = lines(session, scenario.id, sorted(parts))
    manages = may(Permission.MANAGE, scenario.project)
    return [
        CommentRow(
            comment.id,
            comment.version,
            place := Place(comment.part, comment.line),
            not comment.part or place in there,
            author,
            comment.body,
            pieces(comment.body, called or ()),
            sorted(called or ()),
            comment.created_at,
            comment.edited_at,
            comment.resolved_at,
            resolver,
            comment.deleted_at,
            mine := comment.author_id == _asking(),
            mine or manages,
        )
        for comment, author, resolver, called in found
    ]


def _asking() -> int:
    person = identity.get()
    return person.user_id if person else 0
