"""Who works here and what they may do."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.engine.kinds import RoleName
from app.models.base import Base, Edited, Stamped, choice, flag


class User(Edited, Base):
    """A person; deactivated, never deleted once something carries their name."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email LIKE '%_@_%'", name="email_has_at"),
        Index("uq_users_email", text("lower(email)"), unique=True),
    )

    email: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool] = flag(default=True)

    roles: Mapped[list[UserRole]] = relationship(back_populates="user", passive_deletes="all")


class Role(Base):
    """A role, for the whole installation or in one project."""

    __tablename__ = "roles"

    name: Mapped[RoleName] = choice(RoleName, primary_key=True)
    label: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")


class UserRole(Stamped, Base):
    """A role that a person has everywhere."""

    __tablename__ = "user_roles"
    __table_args__ = (Index(None, "role"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[RoleName] = choice(RoleName, primary_key=True)

    user: Mapped[User] = relationship(back_populates="roles")


class ProjectMember(Stamped, Base):
    """A role that a person has in one project."""

    __tablename__ = "project_members"
    __table_args__ = (Index(None, "user_id"), Index(None, "role"))

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[RoleName] = choice(RoleName)
