"""The record of acts: who did what, when, in which request. The table refuses changes by itself."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent
from app.people.identity import identity

NO_REQUEST = "-"
#: The id of the request in hand, for log lines and for this record.
request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)


def new_request_id() -> str:
    """Return an id for a request that brings none, and for a command of an operator."""
    return secrets.token_hex(8)


def record(
    session: Session,
    action: str,
    *,
    actor_id: int | None = None,
    subject: str = "",
    subject_id: object = "",
    **detail: object,
) -> None:
    """Note an act in the transaction that does it; `actor_id` where nobody is signed in yet."""
    asking = identity.get()
    session.add(
        AuditEvent(
            action=action,
            actor_id=actor_id or (asking.user_id if asking else None),
            subject=subject,
            subject_id=str(subject_id),
            detail=detail,
            request_id=request_id.get(),
        )
    )


def request_of(session: Session, action: str, subject: str, subject_id: object) -> str:
    """Return the id of the request in which something was done first; `NO_REQUEST` where that is unknown."""
    statement = select(AuditEvent.request_id).where(
        AuditEvent.action == action, AuditEvent.subject == subject, AuditEvent.subject_id == str(subject_id)
    )
    return session.scalar(statement.order_by(AuditEvent.id).limit(1)) or NO_REQUEST


@contextmanager
def on_behalf_of(request: str) -> Iterator[None]:
    """Let log lines and acts in the block name this request, long after it was answered."""
    token = request_id.set(request)
    try:
        yield
    finally:
        request_id.reset(token)
