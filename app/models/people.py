"""Who works here and what they may do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.engine.kinds import RoleName
from app.models.base import Base, Edited, Identified, Stamped, choice, flag


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    FIRST_ADMINISTRATOR = "first_administrator"
    INVITATION = "invitation"
    RESET = "reset"
    SIGN_UP = "sign_up"


class TokenScope(StrEnum):
    """What an API token opens, within what its owner may do."""

    READ = "read"
    WRITE = "write"
    RUN = "run"
    ADMIN = "admin"


class User(Edited, Base):
    """A person; deactivated, never deleted once something carries their name.

    locale, time_zone, theme, number_format: how pages are written for them; empty follows the browser.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email LIKE '%_@_%'", name="email_has_at"),
        Index("uq_users_email", text("lower(email)"), unique=True),
    )

    email: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool] = flag(default=True)
    locale: Mapped[str] = mapped_column(default="", server_default="")
    time_zone: Mapped[str] = mapped_column(default="", server_default="")
    theme: Mapped[str] = mapped_column(default="", server_default="")
    number_format: Mapped[str] = mapped_column(default="", server_default="")

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


def digest_column() -> Mapped[bytes]:
    """Return a column for the SHA-256 digest of a random secret; the secret itself is stored nowhere."""
    return mapped_column(LargeBinary, unique=True)


class Password(Base):
    """The Argon2id hash of a person's password, in a table of its own so that no list of people loads it."""

    __tablename__ = "passwords"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    hash: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SignIn(Identified, Base):
    """A browser in which somebody is signed in.

    address, browser: where it was begun, for the list of one's own sign-ins.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "user_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_digest: Mapped[bytes] = digest_column()
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(default="", server_default="")
    browser: Mapped[str] = mapped_column(default="", server_default="")


class OneTimeLink(Identified, Base):
    """An address that lets its holder choose a password, once; the row goes when it is used.

    user_id: whose password; nobody's where the link makes the account. name, email: of whoever asked to open
    one; both empty for every other purpose.
    """

    __tablename__ = "one_time_links"
    __table_args__ = (Index(None, "user_id"), Index(None, "created_by"))

    purpose: Mapped[LinkPurpose] = choice(LinkPurpose)
    token_digest: Mapped[bytes] = digest_column()
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(default="", server_default="")
    email: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


SCOPES = ", ".join(f"'{scope}'" for scope in TokenScope)


class ApiToken(Identified, Base):
    """A token for programs that act for a person: never with more rights than theirs.

    beginning: the first characters, by which a person recognises it.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (
        CheckConstraint(f"scopes <@ ARRAY[{SCOPES}] AND cardinality(scopes) > 0", name="scopes_allowed"),
        CheckConstraint("name <> ''", name="name_given"),
        Index(None, "user_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    beginning: Mapped[str]
    token_digest: Mapped[bytes] = digest_column()
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class SecondFactor(Base):
    """What a person's authenticator shares with CalMiner, to be asked for after the password.

    secret: sealed with a key that is not in the database. confirmed_at: when the first code proved that it
    works; nothing is asked before. last_step: the latest code's period, so that none counts twice.
    """

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class RecoveryCode(Identified, Base):
    """A code that stands in for the authenticator once; the row goes when it is used."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index(None, "user_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_digest: Mapped[bytes] = digest_column()


class ExternalIdentity(Identified, Base):
    """Whom an identity provider knows by a subject, which never changes hands as addresses do."""

    __tablename__ = "external_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), Index(None, "user_id"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    issuer: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Throttle(Base):
    """How much of a limit is used up: each attempt moves `full_at` on, and time catches up with it."""

    __tablename__ = "throttles"
    __table_args__ = (Index(None, "full_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    full_at: Mapped[datetime]
