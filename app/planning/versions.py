"""Going back to a revision, branching from one, and locking a scenario as approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, inspect, select, text
from sqlalchemy.orm import Session

from app.engine.kinds import ScenarioStatus
from app.errors import InvalidInput, NotAllowed, Problem
from app.models import Project, RevisionKind, Scenario, ScenarioRevision
from app.models.base import Base
from app.models.clone import copied_tables
from app.people import audit
from app.planning import keys
from app.planning.comments.places import commented_parts, find_again, names
from app.planning.history import Because, begin, changing, record
from app.planning.slugs import free_slug
from app.seed.document import NOT_OWNED, Builder, plain_columns
from app.seed.written import scenario_document, usual
from app.valuation.load import load_scenario

#: What a scenario keeps when an earlier state of it comes back: where it stands, and how it is called.
KEPT = frozenset({"slug", "name", "is_base", "status"})
LONGEST_NAME = 200


def restore(session: Session, scenario: Scenario, revision: ScenarioRevision, because: Because) -> None:
    """Bring the parts of a scenario back to a revision, as a new revision; runs and names stay."""
    origin = f"revision {revision.number}"
    words = because.summary or f"Back to revision {revision.number}"
    reason = Because(words, because.note, because.actor_id, RevisionKind.RESTORED, origin)
    _, last = begin(session, scenario)
    replace_content(session, scenario, revision.document)
    restored = load_scenario(session, scenario.id)
    if commented := commented_parts(session, scenario.id):
        find_again(session, restored, names(restored, commented))
    record(session, restored, reason, last)
    audit.record(
        session,
        "scenario_restored",
        subject="scenario",
        subject_id=scenario.id,
        revision=revision.number,
        note=because.note,
    )


def replace_content(session: Session, scenario: Scenario, document: Mapping[str, Any]) -> None:
    """Put the parts of a document in the place of all that a scenario owns; raises `InvalidInput`.

    Rows that are there before and after keep their keys. The session holds none of the parts afterwards.
    """
    problems: list[Problem] = []
    wanted = {key: value for key, value in document.items() if key not in KEPT}
    named = {"slug": scenario.slug, "name": scenario.name}
    made = Builder(problems).build(Scenario, {**wanted, **named}, "scenario")
    if problems:
        raise InvalidInput(problems)
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    taken = keys.take_out(session, scenario.id)
    _forget_parts(session, scenario)
    mapper = inspect(Scenario)
    for key, column in plain_columns(mapper, KEPT).items():
        if key in wanted or column.nullable:
            setattr(scenario, key, getattr(made, key))
        else:
            setattr(scenario, key, usual(column))
    for relation in mapper.relationships:
        if relation.key not in NOT_OWNED:
            held = getattr(made, relation.key)
            for part in held if isinstance(held, list) else [held] if held is not None else []:
                part.scenario_id = scenario.id
                session.add(part)
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    keys.give_back(session, scenario.id, taken)
    _forget_parts(session, scenario)


def _forget_parts(session: Session, scenario: Scenario) -> None:
    """Let the session forget the parts that it holds."""
    kinds = {table.name for table in copied_tables()}
    for held in list(session.identity_map.values()):
        if isinstance(held, Base) and held.__tablename__ in kinds:
            session.expunge(held)
    session.expire(scenario)


def branch(
    session: Session,
    scenario: Scenario,
    name: str,
    because: Because,
    revision: ScenarioRevision | None = None,
) -> Scenario:
    """Return a draft in the same project that starts from a revision, or from the present state."""
    document = dict(revision.document if revision else scenario_document(load_scenario(session, scenario.id)))
    origin = f"{scenario.name}, revision {revision.number}" if revision else scenario.name
    return add_scenario(
        session,
        scenario.project,
        name,
        document,
        Because(
            because.summary or f"Branched from {origin}",
            because.note,
            because.actor_id,
            RevisionKind.BRANCHED,
            origin,
        ),
    )


def add_scenario(
    session: Session, project: Project, name: str, document: Mapping[str, Any], because: Because
) -> Scenario:
    """Add a scenario to a project under a name and slug of its own, its history begun."""
    check_name(session, project.id, name)
    problems: list[Problem] = []
    content = {key: value for key, value in document.items() if key not in KEPT}
    slug = free_slug(session, Scenario.slug, name, present_in(project.id), "scenario")
    made = Builder(problems).build(Scenario, {**content, "slug": slug, "name": name.strip()}, "scenario")
    if problems:
        raise InvalidInput(problems)
    made.project_id = project.id
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    session.add(made)
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    record(session, load_scenario(session, made.id), because)
    return made


def present_in(project_id: int) -> ColumnElement[bool]:
    """Return the condition that a scenario belongs to a project and is not deleted."""
    return (Scenario.project_id == project_id) & Scenario.deleted_at.is_(None)


def check_name(session: Session, project_id: int, name: str, own_id: int = 0) -> None:
    """Raise `InvalidInput` for a name that is empty, too long or taken in the project."""
    wanted = name.strip()
    if not wanted or len(wanted) > LONGEST_NAME:
        raise InvalidInput([Problem("name", name, f"a name of at most {LONGEST_NAME} characters")])
    taken = select(Scenario.id).where(present_in(project_id), Scenario.name == wanted, Scenario.id != own_id)
    if session.scalars(taken).first() is not None:
        raise InvalidInput([Problem("name", name, "a name that no other scenario of this project has")])


def set_status(session: Session, scenario: Scenario, status: ScenarioStatus, because: Because) -> None:
    """Approve, reopen or archive a scenario, as a revision; raises `NotAllowed` where that leads nowhere."""
    if scenario.status is status:
        raise NotAllowed(f"“{scenario.name}” is {status.value} already.")
    kinds = {
        ScenarioStatus.APPROVED: (RevisionKind.APPROVED, "Approved: inputs are locked"),
        ScenarioStatus.DRAFT: (RevisionKind.REOPENED, "Reopened as a draft"),
        ScenarioStatus.ARCHIVED: (RevisionKind.ARCHIVED, "Archived"),
    }
    kind, words = kinds[status]
    reason = Because(because.summary or words, because.note, because.actor_id, kind)
    with changing(session, scenario, reason):
        scenario.status = status
    audit.record(
        session, f"scenario_{kind.value}", subject="scenario", subject_id=scenario.id, note=because.note
    )
