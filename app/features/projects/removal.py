"""Taking projects and scenarios out of sight, and bringing them back; for good goes only what is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.models import Comment, Project, Scenario, ScenarioRevision, SimulationRun
from app.people import audit
from app.planning.slugs import free_slug
from app.planning.versions import present_in


@dataclass(frozen=True, slots=True)
class Contents:
    """What a project or a scenario takes along when it goes."""

    scenarios: int
    revisions: int
    runs: int
    comments: int

    def in_words(self) -> str:
        """Return the counts as a planner reads them."""
        parts = (
            (self.scenarios, "scenario", "scenarios"),
            (self.revisions, "revision", "revisions"),
            (self.runs, "simulation run", "simulation runs"),
            (self.comments, "comment", "comments"),
        )
        return ", ".join(f"{count:,} {one if count == 1 else many}" for count, one, many in parts)


@dataclass(frozen=True, slots=True)
class DeletedRow:
    """A deleted project, or a deleted scenario of a project that is there."""

    kind: str
    id: int
    name: str
    project: str
    deleted_at: datetime


def contents(session: Session, project: Project, scenario: Scenario | None = None) -> Contents:
    """Return what goes with a project, or with one of its scenarios."""
    rule = Scenario.id == scenario.id if scenario else Scenario.project_id == project.id
    owned = select(Scenario.id).where(rule)
    statement = select(
        select(func.count()).select_from(owned.subquery()).scalar_subquery(),
        select(func.count()).where(ScenarioRevision.scenario_id.in_(owned)).scalar_subquery(),
        select(func.count()).where(SimulationRun.scenario_id.in_(owned)).scalar_subquery(),
        select(func.count())
        .where(Comment.scenario_id.in_(owned), Comment.deleted_at.is_(None))
        .scalar_subquery(),
    )
    return Contents(*session.execute(statement).one())


def archive(session: Session, project: Project, archived: bool) -> None:
    """Lock a project against changes and leave it out of lists, or take it back."""
    project.archived_at = datetime.now(UTC) if archived else None
    session.flush()
    _note(session, "archived" if archived else "taken_back", project)


def delete(session: Session, thing: Project | Scenario) -> None:
    """Take a project or a scenario out of sight, with everything in it; `bring_back` undoes it."""
    thing.deleted_at = datetime.now(UTC)
    session.flush()
    _note(session, "deleted", thing)


def bring_back(session: Session, kind: str, key: int) -> Project | Scenario:
    """Undo a deletion; raises `NotFound`. Where others took name or address meanwhile, it gets a number."""
    found = find_deleted(session, kind, key)
    if isinstance(found, Project):
        found.slug = free_slug(session, Project.slug, found.slug, Project.deleted_at.is_(None))
    else:
        there = present_in(found.project_id)
        found.slug = free_slug(session, Scenario.slug, found.slug, there, "scenario")
        found.name = _free_name(session, found)
    found.deleted_at = None
    session.flush()
    _note(session, "brought_back", found)
    return found


def _free_name(session: Session, scenario: Scenario) -> str:
    taken = set(session.scalars(select(Scenario.name).where(present_in(scenario.project_id))))
    numbered = (f"{scenario.name} ({number})" for number in range(2, len(taken) + 3))
    return (
        scenario.name if scenario.name not in taken else next(each for each in numbered if each not in taken)
    )


def erase(session: Session, kind: str, key: int, name: str) -> None:
    """Delete for good what was deleted before; `name` must be its name, else `InvalidInput`."""
    found = find_deleted(session, kind, key)
    if name.strip() != found.name:
        raise InvalidInput([Problem("name", name, f"the name “{found.name}”, typed out")])
    _note(session, "erased", found)
    session.delete(found)
    session.flush()


def _note(session: Session, act: str, thing: Project | Scenario) -> None:
    """Write an act to the record, with the name that the thing has now."""
    kind = "project" if isinstance(thing, Project) else "scenario"
    audit.record(session, f"{kind}_{act}", subject=kind, subject_id=thing.id, name=thing.name)


def find_deleted(session: Session, kind: str, key: int) -> Project | Scenario:
    """Return a deleted project or scenario; raises `NotFound`."""
    found = session.get(Project, key) if kind == "project" else session.get(Scenario, key)
    if found is None or found.deleted_at is None:
        raise NotFound(f"deleted {kind}", key)
    return found


def list_deleted(session: Session) -> Sequence[DeletedRow]:
    """Return what can be brought back, the latest first."""
    projects = select(Project.id, Project.name, Project.deleted_at).where(Project.deleted_at.is_not(None))
    scenarios = (
        select(Scenario.id, Scenario.name, Project.name, Scenario.deleted_at)
        .join(Scenario.project)
        .where(Scenario.deleted_at.is_not(None), Project.deleted_at.is_(None))
    )
    found = [DeletedRow("project", key, name, "", at) for key, name, at in session.execute(projects) if at]
    found += [
        DeletedRow("scenario", key, name, project, at)
        for key, name, project, at in session.execute(scenarios)
        if at
    ]
    return sorted(found, key=lambda row: row.deleted_at, reverse=True)
