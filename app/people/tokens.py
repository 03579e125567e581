"""API tokens: for programs that act for a person, never with more rights than theirs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.models import ApiToken, TokenScope
from app.people import audit
from app.people.secrets import digest, new_secret

#: What a token begins with, so that people and scanners of leaked secrets recognise one.
PREFIX = "calminer_"
SHOWN = len(PREFIX) + 4
LONGEST_NAME = 100
MOST_DAYS = 366
MOST_TOKENS = 50


def create(
    session: Session, user_id: int, *, name: str, scopes: Collection[TokenScope], days: int
) -> tuple[ApiToken, str]:
    """Add a token and return it with its secret, which nobody can read again; raises `InvalidInput`."""
    problems = []
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        problems.append(Problem("name", name, f"1 to {LONGEST_NAME} characters"))
    if not scopes:
        problems.append(Problem("scopes", "", "at least one"))
    if not 1 <= days <= MOST_DAYS:
        problems.append(Problem("days", days, f"from 1 to {MOST_DAYS} days"))
    if len(of_person(session, user_id)) >= MOST_TOKENS:
        problems.append(Problem("name", name, f"revoke one first; {MOST_TOKENS} are the most"))
    if problems:
        raise InvalidInput(problems)
    secret = new_secret(PREFIX)
    token = ApiToken(
        user_id=user_id,
        name=name.strip(),
        beginning=secret[:SHOWN],
        token_digest=digest(secret),
        scopes=sorted(scopes),
        expires_at=datetime.now(UTC) + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    audit.record(
        session,
        "token_created",
        subject="api_token",
        subject_id=token.id,
        name=token.name,
        scopes=token.scopes,
    )
    return token, secret


def of_person(session: Session, user_id: int) -> Sequence[ApiToken]:
    """Return a person's tokens, the newest first, expired ones too."""
    statement = select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())
    return session.scalars(statement).all()


def revoke(session: Session, user_id: int, token_id: int) -> str:
    """End one of a person's own tokens and return its name; raises `NotFound` for anybody else's."""
    name = session.execute(
        delete(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id).returning(ApiToken.name)
    ).scalar_one_or_none()
    if name is None:
        raise NotFound("API token", token_id)
    audit.record(session, "token_revoked", subject="api_token", subject_id=token_id, name=name)
    return name


def revoke_all(session: Session, user_id: int) -> None:
    """End every token of a person."""
    session.execute(delete(ApiToken).where(ApiToken.user_id == user_id))
