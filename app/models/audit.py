"""What happened, by whom, in rows that nobody can change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified


class AuditEvent(Identified, Base):
    """One act. A trigger refuses UPDATE, DELETE and TRUNCATE.

    subject, subject_id: the kind and the key of what was acted on; not a foreign key, because the record
    outlives it.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        CheckConstraint("action <> ''", name="action_given"),
        Index(None, "at"),
        Index(None, "actor_id"),
        Index(None, "subject", "subject_id"),
    )

    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(default="", server_default="")
    subject_id: Mapped[str] = mapped_column(default="", server_default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    request_id: Mapped[str] = mapped_column(default="", server_default="")
