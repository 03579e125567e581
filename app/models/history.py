"""What became of a scenario: every state it was in, by whom and why, in rows that nobody can change."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, choice


class RevisionKind(StrEnum):
    """How a scenario came into a state."""

    FOUND = "found"  # as it was when its history began, or after a change from outside
    CREATED = "created"
    EDITED = "edited"
    RESTORED = "restored"
    BRANCHED = "branched"
    APPROVED = "approved"
    REOPENED = "reopened"
    ARCHIVED = "archived"


class ScenarioRevision(Identified, Base):
    """One state of a scenario. A trigger refuses UPDATE and TRUNCATE, and DELETE unless the scenario goes.

    number: 1, 2, 3 within the scenario. changes: place, before and after of everything that differs from the
    revision before. document: the scenario as the project document writes it. origin: the revision that was
    restored or branched from, in words.
    """

    __tablename__ = "scenario_revisions"
    __table_args__ = (
        UniqueConstraint("scenario_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("jsonb_typeof(changes) = 'array'", name="changes_are_list"),
        CheckConstraint("jsonb_typeof(document) = 'object'", name="document_is_object"),
        Index(None, "actor_id"),
    )

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[RevisionKind] = choice(RevisionKind)
    summary: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    origin: Mapped[str] = mapped_column(default="", server_default="")
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
