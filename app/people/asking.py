"""From a secret to the person behind it and all that decides what they may do, in one query."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Interval, Row, ScalarSelect, Select, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import (
    ApiToken,
    Comment,
    CommentMention,
    Project,
    ProjectMember,
    Scenario,
    SignIn,
    TokenScope,
    User,
    UserRole,
)
from app.people.identity import Identity, Preferences
from app.people.secrets import digest
from app.settings import get_settings

#: How precisely "last seen" and "last used" are kept, so that reading a page writes once a minute at most.
TOUCH_AFTER = timedelta(minutes=1)
#: Begins the one statement that every request pays for; tests tell it by this.
MARK = "/* who asks */"


def by_sign_in(session: Session, secret: str) -> Identity | None:
    """Return who is signed in with this cookie; None when it is unknown, ended, expired or idle too long."""
    idle = timedelta(minutes=get_settings().session_idle_minutes)
    found = session.execute(_signed_in(), {"digest": digest(secret), "idle": idle}).one_or_none()
    if found is None:
        return None
    if datetime.now(UTC) - found.seen_at > TOUCH_AFTER:
        _touch(session, SignIn.id, SignIn.seen_at, found.id)
    return _identity(found, sign_in_id=found.id)


def by_token(session: Session, secret: str) -> Identity | None:
    """Return whose API token this is; None when it is unknown, revoked or expired."""
    found = session.execute(_with_token(), {"digest": digest(secret)}).one_or_none()
    if found is None:
        return None
    if found.last_used_at is None or datetime.now(UTC) - found.last_used_at > TOUCH_AFTER:
        _touch(session, ApiToken.id, ApiToken.last_used_at, found.id)
    return _identity(found, scopes=frozenset(map(TokenScope, found.scopes)))


def by_id(session: Session, user_id: int) -> Identity | None:
    """Return a person as their next request will know them."""
    found = session.execute(_person(User.id).where(User.id == user_id)).one_or_none()
    return _identity(found) if found else None


@lru_cache(maxsize=1)
def _signed_in() -> Select[Any]:
    """Return the statement for a cookie, put together once: every request executes it."""
    return (
        _person(SignIn.id, SignIn.seen_at)
        .join(SignIn, SignIn.user_id == User.id)
        .where(
            SignIn.token_digest == bindparam("digest"),
            SignIn.expires_at > func.now(),
            SignIn.seen_at > func.now() - bindparam("idle", type_=Interval()),
        )
    )


@lru_cache(maxsize=1)
def _with_token() -> Select[Any]:
    """Return the statement for an API token."""
    return (
        _person(ApiToken.id, ApiToken.scopes, ApiToken.last_used_at)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(ApiToken.token_digest == bindparam("digest"), ApiToken.expires_at > func.now())
    )


def _person(*more: Any) -> Select[Any]:
    general = select(func.array_agg(UserRole.role)).where(UserRole.user_id == User.id)
    member = select(func.jsonb_object_agg(ProjectMember.project_id, ProjectMember.role))
    private = select(func.array_agg(Project.id)).where(Project.private)
    return (
        select(
            User.id.label("user_id"),
            User.name,
            User.email,
            User.locale,
            User.time_zone,
            User.theme,
            User.number_format,
            general.scalar_subquery().label("general"),
            member.where(ProjectMember.user_id == User.id).scalar_subquery().label("memberships"),
            private.scalar_subquery().label("private"),
            _mentions().label("mentions"),
            *more,
        )
        .where(User.active)
        .prefix_with(MARK)
    )


def _mentions() -> ScalarSelect[int]:
    """Return how many unread comments call the person, in projects that they may see."""
    outside = (User, Project)
    role = exists().where(UserRole.user_id == User.id).correlate(*outside)
    of_project = (ProjectMember.user_id == User.id, ProjectMember.project_id == Project.id)
    member = exists().where(*of_project).correlate(*outside)
    return (
        select(func.count())
        .select_from(CommentMention)
        .join(Comment, Comment.id == CommentMention.comment_id)
        .join(Scenario, Scenario.id == Comment.scenario_id)
        .join(Project, Project.id == Scenario.project_id)
        .where(
            CommentMention.user_id == User.id,
            CommentMention.read_at.is_(None),
            Comment.deleted_at.is_(None),
            Scenario.deleted_at.is_(None),
            Project.deleted_at.is_(None),
            or_(member, role.where(UserRole.role == RoleName.ADMINISTRATOR), role & ~Project.private),
        )
        .correlate(User)
        .scalar_subquery()
    )


def _identity(
    row: Row[Any], sign_in_id: int | None = None, scopes: frozenset[TokenScope] | None = None
) -> Identity:
    return Identity(
        user_id=row.user_id,
        name=row.name,
        email=row.email,
        roles=frozenset(map(RoleName, row.general or ())),
        memberships={int(key): RoleName(role) for key, role in (row.memberships or {}).items()},
        private=frozenset(row.private or ()),
        preferences=Preferences(row.locale, row.time_zone, row.theme, row.number_format),
        sign_in_id=sign_in_id,
        scopes=scopes,
        mentions=row.mentions,
    )


def _touch(session: Session, key: Any, column: Any, identifier: int) -> None:
    """Note the time, unless another request of the same person does so at this moment."""
    free = select(key).where(key == identifier).with_for_update(skip_locked=True)
    session.execute(
        update(key.class_)
        .where(key.in_(free.scalar_subquery()))
        .values({column: func.now()})
        .execution_options(synchronize_session=False)
    )
