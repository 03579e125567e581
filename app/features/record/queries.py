"""The record of acts, filtered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.features.record import words
from app.models import AuditEvent, Project, Scenario, User

MOST_EXPORTED = 100_000


@dataclass(frozen=True, slots=True)
class Filter:
    """What is wanted; whatever is empty is not asked for. Days are those of UTC, both included."""

    action: str = ""
    person: int | None = None
    subject: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as the list shows it. named: what it was done to, where that is still there."""

    id: int
    at: datetime
    person: str
    action: str
    subject: str
    subject_id: str
    detail: dict[str, Any]
    request_id: str
    named: str = ""
    people: Mapping[str, str] = field(default_factory=dict)

    @property
    def act(self) -> str:
        """What was done, in words."""
        return words.act(self.action)

    @property
    def about(self) -> str:
        """What it was done to, in words."""
        return words.about(self.subject, self.subject_id, self.named)

    @property
    def address(self) -> str:
        """The filter that finds all that was done to the same thing."""
        return f"{self.subject} {self.subject_id}".strip()

    @property
    def details(self) -> str:
        """The detail in words."""
        return words.details(self.detail, self.people)

    @property
    def told(self) -> str:
        """The detail in one line, as it is stored."""
        return "; ".join(f"{name}: {_told(value)}" for name, value in self.detail.items())


def count(session: Session, wanted: Filter) -> int:
    """Return how many acts match."""
    counted: int = session.execute(_filtered(select(func.count(AuditEvent.id)), wanted)).scalar_one()
    return counted


def entries(session: Session, wanted: Filter, *, limit: int, offset: int = 0) -> Iterator[Entry]:
    """Yield acts, the latest first."""
    statement = select(
        AuditEvent.id,
        AuditEvent.at,
        func.coalesce(User.name, ""),
        AuditEvent.action,
        AuditEvent.subject,
        AuditEvent.subject_id,
        AuditEvent.detail,
        AuditEvent.request_id,
    ).outerjoin(User, User.id == AuditEvent.actor_id)
    ordered = _filtered(statement, wanted).order_by(AuditEvent.id.desc()).limit(limit).offset(offset)
    for row in session.execute(ordered):
        yield Entry(*row)


def with_names(session: Session, found: Sequence[Entry]) -> list[Entry]:
    """Return acts with the names of the people, projects and scenarios that they were done to."""
    names: dict[str, dict[str, str]] = {"user": {str(key): name for key, name in people(session)}}
    for subject, kind in (("project", Project), ("scenario", Scenario)):
        keys = {
            int(each.subject_id) for each in found if each.subject == subject and each.subject_id.isdigit()
        }
        if keys:
            rows = session.execute(select(kind.id, kind.name).where(kind.id.in_(keys)))
            names[subject] = {str(row.id): row.name for row in rows}
    return [
        replace(
            each,
            named=names.get(each.subject, {}).get(each.subject_id) or str(each.detail.get("name", "")),
            people=names["user"],
        )
        for each in found
    ]


def actions(session: Session) -> Sequence[tuple[str, str]]:
    """Return all acts so far, with what they are called, by that."""
    found = session.scalars(select(AuditEvent.action).distinct())
    return sorted(((action, words.act(action)) for action in found), key=lambda pair: pair[1])


def people(session: Session) -> Sequence[tuple[int, str]]:
    """Return key and name of everybody."""
    found = session.execute(select(User.id, User.name).order_by(func.lower(User.name), User.id))
    return [(row.id, row.name) for row in found]


def _filtered(statement: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.action:
        statement = statement.where(AuditEvent.action == wanted.action)
    if wanted.person is not None:
        statement = statement.where(AuditEvent.actor_id == wanted.person)
    if wanted.subject:
        kind, _, key = wanted.subject.partition(" ")
        statement = statement.where(AuditEvent.subject == kind)
        if key.strip():
            statement = statement.where(AuditEvent.subject_id == key.strip())
    if wanted.since is not None:
        statement = statement.where(AuditEvent.at >= _midnight(wanted.since))
    if wanted.until is not None:
        statement = statement.where(AuditEvent.at < _midnight(wanted.until) + timedelta(days=1))
    return statement


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _told(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
