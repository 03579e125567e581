"""A mining project: the deposit and where its figures come from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Edited, flag

if TYPE_CHECKING:
    from app.models.scenario import Scenario

SLUG = "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'"


class Project(Edited, Base):
    """A project. `slug` stands in its address and stays when the name changes; a deleted one leaves it free.

    source: the report that the figures come from; source_reference: where in it, and where it was read;
    source_caveat: what a reader must know before quoting a figure; private: seen by its members alone, and
    by administrators; deleted_at: since when no page shows it, until somebody brings it back or removes it.
    """

    __tablename__ = "projects"
    __table_args__ = (
        CheckConstraint(SLUG, name="slug_is_plain"),
        CheckConstraint("name <> ''", name="name_given"),
        Index(None, "currency"),
        Index(None, "archived_at"),
        Index(None, "deleted_at"),
        Index("uq_projects_slug", "slug", unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("ix_projects_private", "id", postgresql_where=text("private")),
    )

    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    commodity: Mapped[str] = mapped_column(default="", server_default="")
    country: Mapped[str] = mapped_column(default="", server_default="")
    location: Mapped[str] = mapped_column(default="", server_default="")
    currency: Mapped[str] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    source: Mapped[str] = mapped_column(default="", server_default="")
    source_reference: Mapped[str] = mapped_column(default="", server_default="")
    source_caveat: Mapped[str] = mapped_column(default="", server_default="")
    archived_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    private: Mapped[bool] = flag()

    scenarios: Mapped[list[Scenario]] = relationship(
        back_populates="project",
        passive_deletes="all",
        order_by="Scenario.name",
    )
