"""One-time links: how the first administrator, invited people and those who forgot get to a password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import ExternalIdentity, LinkPurpose, OneTimeLink, Password, User, UserRole
from app.people.secrets import digest, new_secret

#: Where a link leads; the page of that address is in `features/signin`.
PATH = "/link/"
LIFETIMES = {
    LinkPurpose.FIRST_ADMINISTRATOR: timedelta(days=7),
    LinkPurpose.INVITATION: timedelta(days=7),
    LinkPurpose.RESET: timedelta(hours=24),
}


def issue(
    session: Session, purpose: LinkPurpose, *, user_id: int | None = None, created_by: int | None = None
) -> str:
    """Return the path of a new link; earlier ones for the same person end, and so do expired ones."""
    session.execute(
        delete(OneTimeLink).where(
            (OneTimeLink.expires_at <= func.now()) | OneTimeLink.user_id.is_not_distinct_from(user_id)
        )
    )
    secret = new_secret()
    session.add(
        OneTimeLink(
            purpose=purpose,
            token_digest=digest(secret),
            user_id=user_id,
            created_by=created_by,
            expires_at=datetime.now(UTC) + LIFETIMES[purpose],
        )
    )
    session.flush()
    return PATH + secret


def issue_for_first_administrator(session: Session) -> str | None:
    """Return the path at which the first administrator chooses a password; None where there is one."""
    if has_administrator(session):
        return None
    return issue(session, LinkPurpose.FIRST_ADMINISTRATOR)


def has_administrator(session: Session) -> bool:
    """Say whether somebody can sign in and manage people."""
    statement = (
        select(UserRole.user_id)
        .join(User, User.id == UserRole.user_id)
        .outerjoin(Password, Password.user_id == User.id)
        .outerjoin(ExternalIdentity, ExternalIdentity.user_id == User.id)
        .where(
            User.active,
            UserRole.role == RoleName.ADMINISTRATOR,
            or_(Password.user_id.is_not(None), ExternalIdentity.id.is_not(None)),
        )
    )
    return bool(session.scalar(select(exists(statement))))


def withdraw(session: Session, user_id: int) -> None:
    """End every link of a person."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user_id))


def find(session: Session, secret: str) -> OneTimeLink | None:
    """Return the link with this secret while it may be used."""
    link = session.scalars(
        select(OneTimeLink).where(
            OneTimeLink.token_digest == digest(secret), OneTimeLink.expires_at > func.now()
        )
    ).one_or_none()
    if link is not None and link.purpose is LinkPurpose.FIRST_ADMINISTRATOR and has_administrator(session):
        return None
    return link


def consume(session: Session, link_id: int) -> bool:
    """Take a link out of use; say whether this call was the one that did."""
    taken = delete(OneTimeLink).where(OneTimeLink.id == link_id).returning(OneTimeLink.id)
    return session.execute(taken).first() is not None
