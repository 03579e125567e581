"""A checked document into the database: as a new project, or over an existing one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, delete, func, inspect, select, text
from sqlalchemy.orm import Session

from app.engine.kinds import ScenarioStatus
from app.errors import Conflict, NotAllowed
from app.exchange.document import canonical, document_text, project_document
from app.exchange.registry import PARTS, SCENARIOS
from app.exchange.tables import Part, all_parts
from app.models import Project, Scenario
from app.models.base import Base
from app.people.identity import identity
from app.people.privacy import set_private
from app.planning.history import Because, changing
from app.planning.slugs import free
from app.seed.document import NOT_OWNED, build_project, load_project, plain_columns

MOST_NAMES = 12
#: The tables of what a scenario owns.
OWNED_TABLES = frozenset(str(sheet.model.__tablename__) for sheet in PARTS)
OWNED: Any = tuple(sheet.model for sheet in PARTS)
#: What a stored row keeps.
KEPT_KEYS = frozenset({"slug"})


@dataclass(frozen=True, slots=True)
class SheetReport:
    """What became of the rows of one sheet. names: of the first ones that are new, changed or gone."""

    title: str
    created: int
    changed: int
    removed: int
    unchanged: int
    names: tuple[str, ...] = ()


def merged(
    current: Mapping[str, Any], incoming: Mapping[str, Any], brought: frozenset[str] | None
) -> dict[str, Any]:
    """Return the document of a project after an import over it.

    Scenarios that the file does not name stay, and so do parts whose sheets it does not bring; `brought` is
    None where it brings everything. The project keeps its address, and a private one stays private.
    """
    given = incoming.get("project") or {}
    project = {**(current["project"] if not given or brought is not None else {}), **given}
    if current["project"].get("private") and project.get("private") in (None, False):
        # Who sees a project is said on its own page, where whoever opens it knows what they do.
        project["private"] = True
    before = {scenario["slug"]: scenario for scenario in current["scenarios"]}
    after = dict(before)
    own = {each.name for each in SCENARIOS.fields}
    for scenario in incoming.get("scenarios", []):
        slug = scenario.get("slug")
        kept = before.get(slug, {})
        if brought is None:
            after[slug] = dict(scenario)
            continue
        stays = {key: part for key, part in kept.items() if key not in brought and key not in own}
        plain = {key: kept[key] for key in own if key in kept} | {
            key: part for key, part in scenario.items() if key in own
        }
        after[slug] = plain | stays | {key: part for key, part in scenario.items() if key not in own}
    return {
        "format": incoming.get("format"),
        "project": project | {"slug": current["project"]["slug"]},
        "scenarios": list(after.values()),
    }


def state_of(document: Mapping[str, Any]) -> str:
    """Return a short text that differs whenever anything in a document does."""
    return hashlib.sha256(document_text(document).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def report_of(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[SheetReport]:
    """Return what would become of the rows of each sheet."""
    old, new = ({} if before is None else _by_sheet(before)), _by_sheet(after)
    reports = []
    for title in new | old:
        mine, theirs = old.get(title, {}), new.get(title, {})
        fresh = [key for key in theirs if key not in mine]
        gone = [key for key in mine if key not in theirs]
        other = [key for key in theirs if key in mine and canonical(theirs[key]) != canonical(mine[key])]
        names = tuple(" / ".join(word for word in key if word) for key in (*fresh, *other, *gone))
        same = len(theirs) - len(fresh) - len(other)
        reports.append(SheetReport(title, len(fresh), len(other), len(gone), same, names[:MOST_NAMES]))
    return reports


def _by_sheet(document: Mapping[str, Any]) -> dict[str, dict[tuple[str, ...], Any]]:
    found: dict[str, dict[tuple[str, ...], Any]] = {}
    for part in all_parts(document):
        rows = found.setdefault(part.sheet.title, {})
        rows[_key(part, len(rows))] = {field.name: part.values.get(field.name) for field in part.sheet.own}
    return found


def _key(part: Part, number: int) -> tuple[str, ...]:
    keys = tuple("" if key is None else str(key) for key in part.keys)
    if not part.sheet.keys and not part.sheet.one:
        keys = (str(number + 1),)
    return keys if not part.sheet.path else (part.scenario, *keys)


def create(session: Session, document: Mapping[str, Any]) -> Project:
    """Store a document as a new project, under a slug that is free."""
    project = dict(document["project"])
    project["slug"] = free(session, Project.slug, str(project["slug"]), Project.deleted_at.is_(None))
    made = load_project(session, {**document, "project": project})
    if made.private:
        set_private(session, made, True, identity.get())
    return made


def replace(session: Session, project: Project, document: Mapping[str, Any], state: str) -> None:
    """Bring a project to a whole document; scenarios that stay keep their runs.

    state: of the project when the reader saw what would change. Raises `Conflict` when it changed since,
    `NotAllowed` when a scenario that is locked would change.
    """
    session.scalars(select(Project.id).where(Project.id == project.id).with_for_update()).one()
    current = project_document(project)
    if state_of(current) != state:
        raise Conflict(
            f"“{project.name}” was changed after this file was checked against it. Check it again.",
            theirs={"State": state_of(current)},
            yours={"State": state},
        )
    refuse_locked(project, current, document)
    built = build_project(document)
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    was_private = project.private
    _take_over(project, built)
    if project.private != was_private:
        set_private(session, project, project.private, identity.get())
    stored = {each.slug: each for each in project.scenarios if each.deleted_at is None}
    before = {each["slug"]: each for each in current["scenarios"]}
    after = {each["slug"]: each for each in document["scenarios"]}
    # A name, and being the base, must be free before another scenario takes it.
    for scenario in stored.values():
        scenario.is_base = False
    session.flush()
    for scenario in list(built.scenarios):
        if scenario.slug not in stored:
            built.scenarios.remove(scenario)
            project.scenarios.append(scenario)
        elif before[scenario.slug] != after[scenario.slug]:
            with changing(session, stored[scenario.slug], Because("Imported from a file")):
                _refill(session, stored[scenario.slug], scenario)
        else:
            stored[scenario.slug].is_base = bool(scenario.is_base)
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def refuse_locked(project: Project, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raise `NotAllowed` where an approved or archived scenario, or an archived project, would change."""
    if project.archived_at is not None:
        raise NotAllowed(f"“{project.name}” is archived, so nothing in it can be changed. Restore it first.")
    wanted = {each.get("slug"): each for each in after["scenarios"]}
    for scenario in before["scenarios"]:
        status = scenario.get("status")
        locked = status in (ScenarioStatus.APPROVED, ScenarioStatus.ARCHIVED)
        if locked and wanted.get(scenario["slug"]) != scenario:
            raise NotAllowed(
                f"“{scenario['name']}” is {status}, so its inputs are locked. "
                "Leave it out of the file, or import the file as a new project."
            )


def _refill(session: Session, scenario: Scenario, built: Scenario) -> None:
    """Replace everything that a scenario owns but its runs."""
    owned = [each.key for each in inspect(Scenario).relationships if each.key not in NOT_OWNED]
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in OWNED_TABLES:
            session.execute(delete(table).where(table.c.scenario_id == scenario.id))
    for known in list(session.identity_map.values()):
        if isinstance(known, OWNED) and known.scenario_id == scenario.id:
            session.expunge(known)
    session.expire(scenario)
    for name in owned:
        setattr(scenario, name, getattr(built, name))
    _take_over(scenario, built)
    session.add(scenario)
    scenario.updated_at = func.now()
    session.flush()


def _take_over(stored: Project | Scenario, built: Project | Scenario) -> None:
    """Give a stored row the plain fields of one from a document; what is not given has its default."""
    for name, column in plain_columns(inspect(type(stored)), frozenset()).items():
        if name not in KEPT_KEYS:
            value = getattr(built, name)
            setattr(stored, name, _default(column) if value is None else value)


def _default(column: Column[Any]) -> Any:
    default = column.default
    return default.arg if default is not None and default.is_scalar else None  # type: ignore[attr-defined]
