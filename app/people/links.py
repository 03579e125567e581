"""One-time links: how the first administrator, invited people and those who forgot get to a password."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.models import ExternalIdentity, LinkPurpose, OneTimeLink, Password, User, UserRole
from app.people.secrets import digest, new_secret
from app.settings import get_settings

#: Where a link leads; the page of that address is in `features/signin`.
PATH = "/link/"
LIFETIMES = {
    LinkPurpose.FIRST_ADMINISTRATOR: timedelta(days=7),
    LinkPurpose.INVITATION: timedelta(days=7),
    LinkPurpose.RESET: timedelta(hours=24),
    LinkPurpose.SIGN_UP: timedelta(hours=24),
}


def issue(
    session: Session,
    purpose: LinkPurpose,
    *,
    user_id: int | None = None,
    created_by: int | None = None,
    name: str = "",
    email: str = "",
) -> str:
    """Return the path of a new link; those that it replaces end, and so do expired ones.

    name, email: of whoever asked to open an account.
    """
    replaced = _replaced(purpose, user_id, created_by, email)
    session.execute(delete(OneTimeLink).where(or_(OneTimeLink.expires_at <= func.now(), replaced)))
    secret = new_secret()
    session.add(
        OneTimeLink(
            purpose=purpose,
            token_digest=digest(secret),
            user_id=user_id,
            created_by=created_by,
            name=name,
            email=email,
            expires_at=datetime.now(UTC) + LIFETIMES[purpose],
        )
    )
    session.flush()
    return PATH + secret


def _replaced(
    purpose: LinkPurpose, user_id: int | None, created_by: int | None, email: str
) -> ColumnElement[bool]:
    """Return which links a new one replaces.

    What anybody can ask for by typing an address replaces only its own kind: an invitation, or a link that an
    administrator hands over, outlives it.
    """
    if user_id is None:
        return and_(OneTimeLink.purpose == purpose, func.lower(OneTimeLink.email) == email.lower())
    if created_by is None:
        return and_(OneTimeLink.user_id == user_id, OneTimeLink.created_by.is_(None))
    return OneTimeLink.user_id == user_id


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
    return link if link is not None and _holds(session, link) else None


def _holds(session: Session, link: OneTimeLink) -> bool:
    """Say whether what a link was made for is still to be done."""
    if link.purpose is LinkPurpose.FIRST_ADMINISTRATOR:
        return not has_administrator(session)
    if link.purpose is LinkPurpose.SIGN_UP:
        taken = select(exists().where(func.lower(User.email) == link.email.lower()))
        return get_settings().sign_up and not session.scalar(taken)
    return True


def consume(session: Session, link_id: int) -> bool:
    """Take a link out of use; say whether this call was the one that did."""
    taken = delete(OneTimeLink).where(OneTimeLink.id == link_id).returning(OneTimeLink.id)
    return session.execute(taken).first() is not None
