"""The comments in which somebody is called by name, as a list of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Comment, CommentMention, Project, Scenario, User
from app.planning.comments.handles import Piece, pieces
from app.planning.comments.places import Place


@dataclass(frozen=True, slots=True)
class MentionRow:
    """One comment that calls somebody."""

    comment_id: int
    project_slug: str
    project: str
    scenario_slug: str
    scenario: str
    place: Place
    author: str
    body: str
    pieces: Sequence[Piece]
    at: datetime
    read_at: datetime | None
    resolved_at: datetime | None


def count_mentions(session: Session, user_id: int, unread: bool = False) -> int:
    """Return how many comments call a person."""
    return session.scalar(_present(select(func.count(Comment.id)), user_id, unread)) or 0


def list_mentions(
    session: Session, user_id: int, unread: bool = False, *, limit: int, offset: int = 0
) -> list[MentionRow]:
    """Return the comments that call a person, the newest first."""
    newest = (CommentMention.created_at.desc(), Comment.id.desc())
    statement = _rows(user_id, unread).order_by(*newest).limit(limit).offset(offset)
    return [_row(found) for found in session.execute(statement)]


def find_mention(session: Session, user_id: int, comment_id: int) -> MentionRow:
    """Return one comment that calls a person; raises `NotFound`."""
    found = session.execute(_rows(user_id, False).where(Comment.id == comment_id)).one_or_none()
    if found is None:
        raise NotFound("mention", comment_id)
    return _row(found)


def mark_read(session: Session, user_id: int, comment_id: int | None = None) -> None:
    """Note that a person knows of one mention, or of all."""
    statement = update(CommentMention).where(
        CommentMention.user_id == user_id, CommentMention.read_at.is_(None)
    )
    if comment_id is not None:
        statement = statement.where(CommentMention.comment_id == comment_id)
    session.execute(statement.values(read_at=func.now()), execution_options={"synchronize_session": False})


def _rows(user_id: int, unread: bool) -> Select[Any]:
    where: tuple[Any, ...] = (Project.slug, Project.name, Scenario.slug, Scenario.name)
    statement = select(Comment, CommentMention, *where, User.name).join(User, User.id == Comment.author_id)
    return _present(statement, user_id, unread)


def _row(found: Row[Any]) -> MentionRow:
    comment, mention, project_slug, project, scenario_slug, scenario, author = tuple(found)
    return MentionRow(
        comment.id,
        project_slug,
        project,
        scenario_slug,
        scenario,
        Place(comment.part, comment.line),
        author,
        comment.body,
        pieces(comment.body, [mention.handle]),
        mention.created_at,
        mention.read_at,
        comment.resolved_at,
    )


def _present(statement: Select[Any], user_id: int, unread: bool) -> Select[Any]:
    """Leave out what was deleted, in whatever was deleted."""
    statement = (
        statement.join(CommentMention, CommentMention.comment_id == Comment.id)
        .join(Scenario, Scenario.id == Comment.scenario_id)
        .join(Project, Project.id == Scenario.project_id)
        .where(
            CommentMention.user_id == user_id,
            Comment.deleted_at.is_(None),
            Scenario.deleted_at.is_(None),
            Project.deleted_at.is_(None),
        )
    )
    return statement.where(CommentMention.read_at.is_(None)) if unread else statement
