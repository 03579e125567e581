"""The record of acts: who did what, when, in which request. The table refuses changes by itself."""

from __future__ import annotations

from contextvars import ContextVar

from sqlalchemy.orm import Session

from app.models import AuditEvent
from app.people.identity import identity

#: The id of the request in hand, for log lines and for this record.
request_id: ContextVar[str] = ContextVar("request_id", default="-")


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
