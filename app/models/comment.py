"""What people say about a scenario, or about one line of it, and whom they call by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Edited, InScenario, Stamped

LONGEST_COMMENT = 4000


class Comment(Edited, InScenario, Base):
    """Something said about a scenario.

    part, line: of which part, and what its row is called; both empty are the scenario as a whole. A line is
    known by its name, which it keeps when a revision is restored; former_lines: what it was called before.
    deleted_at: since when nobody but whoever deleted it, deleted_by, sees it; they can bring it back.
    """

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint(f"length(body) BETWEEN 1 AND {LONGEST_COMMENT}", name="body_has_bounds"),
        CheckConstraint("(part = '') = (line = '')", name="line_in_part"),
        Index(None, "scenario_id", "part", "line"),
        Index(None, "author_id"),
        Index(None, "resolved_by"),
        Index(None, "deleted_by"),
    )

    part: Mapped[str] = mapped_column(default="", server_default="")
    line: Mapped[str] = mapped_column(default="", server_default="")
    former_lines: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str]
    edited_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class CommentMention(Stamped, Base):
    """A person whom a comment calls by name. handle: how it does. read_at: since when they know."""

    __tablename__ = "comment_mentions"
    __table_args__ = (CheckConstraint("handle <> ''", name="handle_given"), Index(None, "user_id"))

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    handle: Mapped[str]
    read_at: Mapped[datetime | None]
