"""From whom a provider vouches for to an account here: found by subject, connected, or made."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.engine.kinds import RoleName
from app.errors import InvalidInput, NotAllowed
from app.models import ExternalIdentity, User, UserRole
from app.people import accounts, audit, links, sign_ins
from app.people.provider import Vouched
from app.settings import get_settings

UNKNOWN = (
    "No account here is connected with yours there. Sign in with your password and connect them on the page "
    "“Account”, or ask an administrator for an invitation."
)


def account_of(session: Session, vouched: Vouched) -> int:
    """Return whose account it is, with the roles that the provider gives; raises `NotAllowed`."""
    person = _known(session, vouched)
    if person is None:
        person = _made(session, vouched)
    if not person.active:
        raise NotAllowed(UNKNOWN)
    if get_settings().oidc_roles:
        _follow(session, person, vouched.role)
    return person.id


def connect(session: Session, user_id: int, vouched: Vouched) -> None:
    """Connect somebody's account here with theirs there; raises `NotAllowed` when it is another person's."""
    person = _known(session, vouched)
    if person is None:
        session.add(ExternalIdentity(user_id=user_id, issuer=vouched.issuer, subject=vouched.subject))
        audit.record(session, "provider_connected", actor_id=user_id, subject="user", subject_id=user_id)
    elif person.id != user_id:
        raise NotAllowed("That account there is connected with another person's account here.")


def connected(session: Session, user_id: int) -> bool:
    """Say whether a person's account is connected with one at the provider."""
    count = select(func.count(ExternalIdentity.id)).where(
        ExternalIdentity.user_id == user_id, ExternalIdentity.issuer == get_settings().oidc_issuer
    )
    return bool(session.scalar(count))


def _known(session: Session, vouched: Vouched) -> User | None:
    return session.scalars(
        select(User)
        .join(ExternalIdentity, ExternalIdentity.user_id == User.id)
        .where(ExternalIdentity.issuer == vouched.issuer, ExternalIdentity.subject == vouched.subject)
    ).one_or_none()


def _made(session: Session, vouched: Vouched) -> User:
    if not get_settings().oidc_sign_up or not vouched.email:
        raise NotAllowed(UNKNOWN)
    try:
        person = accounts.create(session, name=vouched.name, email=vouched.email, roles=())
    except InvalidInput as error:
        raise NotAllowed(UNKNOWN) from error
    audit.record(session, "signed_up", actor_id=person.id, subject="user", subject_id=person.id)
    connect(session, person.id, vouched)
    session.flush()
    return person


def _follow(session: Session, person: User, role: RoleName | None) -> None:
    """Give a person the role that the provider says; the last administrator stays one."""
    before = accounts.general_role(person)
    if role is before:
        return
    with session.begin_nested() as attempt:
        session.execute(delete(UserRole).where(UserRole.user_id == person.id))
        if role is not None:
            session.add(UserRole(user_id=person.id, role=role))
        session.flush()
        if before is RoleName.ADMINISTRATOR and not links.has_administrator(session):
            attempt.rollback()
            return
    session.expire(person, ["roles"])
    sign_ins.end_all(session, person.id)
    roles = [role] if role else []
    audit.record(session, "rights_changed", subject="user", subject_id=person.id, roles=roles, by="provider")
