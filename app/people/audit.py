"""The record of acts: who did what, when, in which request. The table refuses changes by itself."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent
from app.people.identity import identity
from app.people.request import NO_REQUEST, request_id


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
