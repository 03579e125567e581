"""What an import would do, and the import itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotAllowed, Problem
from app.exchange import apply
from app.exchange.apply import SheetReport
from app.exchange.assemble import assemble
from app.exchange.cells import RawTable
from app.exchange.check import check_document
from app.exchange.document import project_document
from app.exchange.drafts import refuse_imported, tables_of
from app.exchange.mapping import TableMap
from app.exchange.places import Finding, Places
from app.models import ImportDraft, Project
from app.people import audit
from app.people.identity import may
from app.people.policy import Permission
from app.valuation.own_units import know_own_units


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. document: what would be stored, None where something must be mended first.

    findings: what must be mended. notes: what keeps scenarios from being valued; it does not stop the import.
    state: of the project that it goes over, "" for a new one.
    """

    tables: Sequence[RawTable]
    maps: Sequence[TableMap]
    findings: Sequence[Finding]
    notes: Sequence[Problem]
    reports: Sequence[SheetReport]
    document: Mapping[str, Any] | None
    name: str
    slug: str
    state: str = ""


def preview(session: Session, draft: ImportDraft) -> Preview:
    """Return what an import would do, and what must be mended first."""
    know_own_units(session)
    tables, maps = tables_of(draft)
    target = _target(session, draft)
    current = project_document(target) if target is not None else None
    brought: frozenset[str] | None = None
    incoming: Mapping[str, Any] = draft.content.get("document") or {}
    places = Places()
    if draft.content.get("document") is None:
        known = [str(each["slug"]) for each in current["scenarios"]] if current else []
        made = assemble(tables, maps, known)
        incoming, places, brought = made.document, made.places, made.brought
        if not any(found.layout for found in maps):
            places.findings.append(Finding(draft.filename, None, "at least one table that is not left out"))
    document = incoming
    if current is not None and not places.findings:
        document = _merged(current, incoming, brought, places)
    elif current is None and document.get("project") is None:
        told = "a table “Project” with name and currency, or choose the project that this goes over"
        places.findings.append(Finding("Project", None, told))
    notes = [] if places.findings else check_document(session, document, places)
    return _shown(draft, tables, maps, places, notes, document, current)


def run(session: Session, draft: ImportDraft, state: str) -> Project:
    """Import a draft in the transaction of the request, and keep the report.

    Raises `InvalidInput` with everything that must be mended, `Conflict` when the project changed since.
    """
    refuse_imported(draft)
    found = preview(session, draft)
    if found.document is None:
        raise InvalidInput([finding.problem for finding in found.findings])
    target = _target(session, draft)
    if target is None:
        project = apply.create(session, found.document)
    else:
        apply.replace(session, target, found.document, state)
        project = target
    draft.report = {
        "project": project.slug,
        "name": project.name,
        "created": target is None,
        "sheets": [asdict(sheet) for sheet in found.reports],
    }
    audit.record(
        session, "project_imported", subject="project", subject_id=project.id, created=target is None
    )
    draft.content = {}
    draft.version += 1
    session.flush()
    return project


def created_by(document: Mapping[str, Any]) -> list[SheetReport]:
    """Return what a document that is new here brings."""
    return apply.report_of(None, document)


def _shown(
    draft: ImportDraft,
    tables: Sequence[RawTable],
    maps: Sequence[TableMap],
    places: Places,
    notes: Sequence[Problem],
    document: Mapping[str, Any],
    current: Mapping[str, Any] | None,
) -> Preview:
    good = not places.findings
    told = document.get("project")
    project = told if isinstance(told, Mapping) else {}
    return Preview(
        tables,
        maps,
        places.findings,
        notes,
        apply.report_of(current, document) if good else [],
        document if good else None,
        str(project.get("name", "")),
        draft.target,
        apply.state_of(current) if current is not None else "",
    )


def _merged(
    current: Mapping[str, Any], incoming: Mapping[str, Any], brought: frozenset[str] | None, places: Places
) -> Mapping[str, Any]:
    """Return the document over the current one; the shape that merging needs is checked first."""
    scenarios = incoming.get("scenarios", [])
    shaped = isinstance(scenarios, list) and all(isinstance(each, Mapping) for each in scenarios)
    if not shaped or not isinstance(incoming.get("project") or {}, Mapping):
        places.findings.append(Finding("scenarios", None, "a project and a list of scenarios"))
        return incoming
    return apply.merged(current, incoming, brought)


def _target(session: Session, draft: ImportDraft) -> Project | None:
    if not draft.target:
        return None
    project = session.scalars(
        select(Project).where(Project.slug == draft.target, Project.deleted_at.is_(None))
    ).one_or_none()
    if project is None:
        raise InvalidInput([Problem("target", draft.target, "a project of this installation")])
    if not may(Permission.MANAGE, project):
        raise NotAllowed(f"Your role does not let you change “{project.name}”.")
    return project
