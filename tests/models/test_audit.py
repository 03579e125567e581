from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import AuditEvent, User


@pytest.fixture
def event(session: Session) -> AuditEvent:
    person = User(email="a@mine.example", name="A")
    session.add(person)
    session.flush()
    made = AuditEvent(actor_id=person.id, action="sign-in", detail={"from": "127.0.0.1"})
    session.add(made)
    session.flush()
    return made


@pytest.mark.parametrize(
    "act",
    ["UPDATE audit_events SET action = 'nothing'", "DELETE FROM audit_events", "TRUNCATE audit_events"],
)
def test_the_record_cannot_be_changed(session: Session, event: AuditEvent, act: str) -> None:
    with pytest.raises(IntegrityError, match="audit_events is append-only"):
        session.execute(text(act))


def test_who_acted_cannot_be_deleted(session: Session, event: AuditEvent) -> None:
    with pytest.raises(IntegrityError, match="fk_audit_events_actor_id"):
        session.execute(text("DELETE FROM users"))
