"""Browsers that are signed in: begin, list, end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import SignIn
from app.people import audit
from app.people.secrets import digest, new_secret
from app.settings import get_settings

LONGEST_BROWSER = 300


def begin(session: Session, user_id: int, *, address: str, browser: str, replaces: str = "") -> str:
    """Sign a browser in and return its new secret; a secret that it had before ends here."""
    if replaces:
        session.execute(delete(SignIn).where(SignIn.token_digest == digest(replaces)))
    session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.expires_at <= func.now()))
    secret = new_secret()
    session.add(
        SignIn(
            user_id=user_id,
            token_digest=digest(secret),
            expires_at=datetime.now(UTC) + timedelta(hours=get_settings().session_hours),
            address=address,
            browser=browser[:LONGEST_BROWSER],
        )
    )
    return secret


def of_person(session: Session, user_id: int) -> Sequence[SignIn]:
    """Return the browsers in which a person is signed in, the one seen last first."""
    idle = timedelta(minutes=get_settings().session_idle_minutes)
    statement = select(SignIn).where(
        SignIn.user_id == user_id, SignIn.expires_at > func.now(), SignIn.seen_at > func.now() - idle
    )
    return session.scalars(statement.order_by(SignIn.seen_at.desc(), SignIn.id)).all()


def exists(session: Session, sign_in_id: int) -> bool:
    """Say whether a sign-in has not ended."""
    return session.scalar(select(SignIn.id).where(SignIn.id == sign_in_id)) is not None


def end(session: Session, user_id: int, sign_in_id: int) -> None:
    """End one of a person's own; raises `NotFound` for anybody else's."""
    ended = session.execute(
        delete(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user_id).returning(SignIn.id)
    ).first()
    if ended is None:
        raise NotFound("sign-in", sign_in_id)
    audit.record(session, "signed_out", actor_id=user_id, subject="user", subject_id=user_id)


def end_all(session: Session, user_id: int, *, but: int | None = None) -> int:
    """End all of a person's, but for one where it is named; return how many ended."""
    statement = delete(SignIn).where(SignIn.user_id == user_id, SignIn.id.is_distinct_from(but))
    return len(session.execute(statement.returning(SignIn.id)).all())
