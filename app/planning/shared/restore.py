"""The way back for what was removed from the settings: the record keeps it as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.models import AuditEvent, User
from app.people import audit
from app.planning.edit import RowChange, Touched
from app.planning.shared.parts import Shared
from app.planning.shared.save import REMOVED, save_shared

RESTORED = "setting_restored"


@dataclass(frozen=True, slots=True)
class Removal:
    """A removed row that can come back. id: of its line in the record."""

    id: int
    at: datetime
    who: str
    name: str


def list_removed(session: Session, part: Shared, *, limit: int, offset: int = 0) -> Sequence[Removal]:
    """Return what was removed from a part and has not come back, the latest first."""
    statement = (
        select(AuditEvent.id, AuditEvent.at, func.coalesce(User.name, ""), AuditEvent.detail["name"].astext)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(*_removed(part))
        .order_by(AuditEvent.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Removal(*row) for row in session.execute(statement)]


def _removed(part: Shared) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for the line of a removal that nobody has undone."""
    back = aliased(AuditEvent)
    returned = (
        select(back.id)
        .where(back.action == RESTORED, back.detail["removal"] == cast(func.to_jsonb(AuditEvent.id), JSONB))
        .exists()
    )
    return AuditEvent.action == REMOVED, AuditEvent.subject == part.key, ~returned


def restore_removed(session: Session, part: Shared, event_id: int) -> list[Touched]:
    """Add a removed row again, with what went along; raises `NotFound`, `InvalidInput` for a taken name."""
    statement = select(AuditEvent).where(AuditEvent.id == event_id, *_removed(part))
    event = session.scalars(statement).one_or_none()
    if event is None:
        raise NotFound(f"removed {part.singular}", event_id)
    kept: Sequence[Mapping[str, Any]] = event.detail["kept"]
    touched = save_shared(session, [RowChange(each["part"], values=each["values"]) for each in kept])
    audit.record(
        session,
        RESTORED,
        subject=part.key,
        subject_id=event.subject_id,
        name=event.detail["name"],
        removal=event_id,
    )
    return touched
