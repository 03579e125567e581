"""Uploaded files between upload and import."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class ImportDraft(Base):
    """A file that was read and is not imported yet; `owner_id` sent it, and nobody else sees it.

    content: its document, or its tables with what each column is taken for. target: slug of the project that
    it goes over, empty is a new one. report: what became of it, once it was imported.
    """

    __tablename__ = "import_drafts"
    __table_args__ = (
        CheckConstraint("key <> ''", name="key_given"),
        CheckConstraint("size >= 0", name="size_not_negative"),
        Index(None, "owner_id"),
        Index(None, "expires_at"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    filename: Mapped[str]
    size: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    target: Mapped[str] = mapped_column(default="", server_default="")
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]

    @property
    def imported(self) -> bool:
        """Say whether it was imported."""
        return bool(self.report)
