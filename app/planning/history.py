"""The revisions of a scenario: every change, through whatever door, becomes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.errors import NotFound
from app.models import RevisionKind, Scenario, ScenarioRevision, User
from app.people.identity import identity
from app.planning.difference import Difference, as_json, differences
from app.seed.written import scenario_document
from app.valuation.load import load_scenario

LONGEST_SUMMARY = 300


@dataclass(frozen=True, slots=True)
class Because:
    """Who makes a change, in which words, and why. actor_id: None is whoever asks in this request."""

    summary: str = ""
    note: str = ""
    actor_id: int | None = None
    kind: RevisionKind = RevisionKind.EDITED
    origin: str = ""


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One line of a history. changed: how many fields."""

    number: int
    at: datetime
    who: str
    kind: RevisionKind
    summary: str
    note: str
    origin: str
    changed: int


@contextmanager
def changing(session: Session, scenario: Scenario, because: Because) -> Iterator[Scenario]:
    """Record what the block changes as one revision; nothing is recorded where nothing changed.

    Gives the scenario with all of its parts loaded. What looks at the changed parts before they are recorded
    does in its place what this does: `begin`, the change, one `load_scenario`, `record`.
    """
    full, last = begin(session, scenario)
    yield full
    session.flush()
    record(session, load_scenario(session, scenario.id), because, last)


def begin(session: Session, scenario: Scenario) -> tuple[Scenario, ScenarioRevision]:
    """Return a scenario before a change, all of its parts loaded, and the revision that holds this state.

    Locks the scenario, so that revisions follow each other. A state that no revision holds, because another
    door led to it, is recorded first as found.
    """
    session.flush()
    session.execute(select(Scenario.id).where(Scenario.id == scenario.id).with_for_update())
    full = load_scenario(session, scenario.id)
    before = _kept(full)
    last = latest(session, scenario.id)
    if last is None or last.document != before:
        last = _add(session, scenario.id, last, before, Because("State as found", kind=RevisionKind.FOUND))
    return full, last


def record(
    session: Session, scenario: Scenario, because: Because, last: ScenarioRevision | None = None
) -> ScenarioRevision | None:
    """Store a state as a revision after `last`, or after the latest; None where nothing changed.

    scenario: with all of its parts, as `load_scenario` read them after the change: only the database knows
    what else it moved, such as rows that refer to a renamed or deleted one.
    """
    after = _kept(scenario)
    last = last or latest(session, scenario.id)
    if last is not None and last.document == after:
        return None
    touch = update(Scenario).where(Scenario.id == scenario.id).values(updated_at=func.now())
    now = session.scalar(
        touch.returning(Scenario.updated_at), execution_options={"synchronize_session": False}
    )
    set_committed_value(scenario, "updated_at", now)
    return _add(session, scenario.id, last, after, because)


def _kept(scenario: Scenario) -> dict[str, Any]:
    found = scenario_document(scenario)
    # Which scenario is the base is a matter of the project.
    return {key: value for key, value in found.items() if key != "is_base"}


def _add(
    session: Session,
    scenario_id: int,
    last: ScenarioRevision | None,
    document: Mapping[str, Any],
    because: Because,
) -> ScenarioRevision:
    found = differences(last.document, document) if last is not None else []
    made = ScenarioRevision(
        scenario_id=scenario_id,
        number=last.number + 1 if last is not None else 1,
        actor_id=because.actor_id or (asking.user_id if (asking := identity.get()) else None),
        kind=because.kind,
        summary=(because.summary or summary_of(found))[:LONGEST_SUMMARY],
        note=because.note,
        origin=because.origin,
        changes=as_json(found),
        document=dict(document),
    )
    session.add(made)
    session.flush()
    return made


def summary_of(found: Sequence[Difference]) -> str:
    """Return the places of some differences as one line."""
    places = [difference.place for difference in found]
    more = f" and {len(places) - 2} more" if len(places) > 2 else ""
    return "; ".join(places[:2]) + more


def latest(session: Session, scenario_id: int) -> ScenarioRevision | None:
    """Return the newest revision, None where the history has not begun."""
    statement = (
        select(ScenarioRevision)
        .where(ScenarioRevision.scenario_id == scenario_id)
        .order_by(ScenarioRevision.number.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def latest_number(session: Session, scenario_id: int) -> int:
    """Return the number of the newest revision, 0 where the history has not begun."""
    statement = select(func.max(ScenarioRevision.number)).where(ScenarioRevision.scenario_id == scenario_id)
    return session.scalar(statement) or 0


def find_revision(session: Session, scenario_id: int, number: int) -> ScenarioRevision:
    """Return one revision; raises `NotFound`."""
    statement = select(ScenarioRevision).where(
        ScenarioRevision.scenario_id == scenario_id, ScenarioRevision.number == number
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound("revision", number)
    return found


def revision_row(session: Session, revision: ScenarioRevision) -> RevisionRow:
    """Return one revision as its line."""
    who = session.get(User, revision.actor_id) if revision.actor_id is not None else None
    return RevisionRow(
        revision.number,
        revision.at,
        who.name if who else "",
        revision.kind,
        revision.summary,
        revision.note,
        revision.origin,
        len(revision.changes),
    )


def count_revisions(session: Session, scenario_id: int) -> int:
    """Return how many revisions a scenario has."""
    statement = select(func.count()).where(ScenarioRevision.scenario_id == scenario_id)
    return session.scalar(statement) or 0


def list_revisions(session: Session, scenario_id: int, *, limit: int, offset: int = 0) -> list[RevisionRow]:
    """Return revisions, the newest first, without their documents."""
    revision = ScenarioRevision
    statement = (
        select(
            revision.number,
            revision.at,
            func.coalesce(User.name, ""),
            revision.kind,
            revision.summary,
            revision.note,
            revision.origin,
            func.jsonb_array_length(revision.changes),
        )
        .outerjoin(User, User.id == revision.actor_id)
        .where(revision.scenario_id == scenario_id)
        .order_by(revision.number.desc())
        .limit(limit)
        .offset(offset)
    )
    return [RevisionRow(*row) for row in session.execute(statement)]
