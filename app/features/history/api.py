"""The history of a scenario as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.engine.kinds import ScenarioStatus
from app.models import RevisionKind, Scenario
from app.planning.difference import differences
from app.planning.history import (
    Because,
    count_revisions,
    find_revision,
    latest_number,
    list_revisions,
    revision_row,
)
from app.planning.versions import branch, restore, set_status
from app.web.deps import SessionDep, WindowDep
from app.web.lookups import EditorDep, Number, ScenarioDep

router = APIRouter(prefix="/api/projects/{project_slug}/scenarios/{scenario_slug}", tags=["history"])

Note = Annotated[str, Field(max_length=2000, description="Why; kept with the revision.")]


class NoteBody(BaseModel):
    """A change that needs nothing but a reason."""

    model_config = ConfigDict(extra="forbid")

    note: Note = ""


class BranchBody(NoteBody):
    """What the new scenario is called."""

    name: Annotated[str, Field(min_length=1, max_length=200)]


class StatusBody(NoteBody):
    """The new status."""

    status: ScenarioStatus


class ChangeOut(BaseModel):
    """One field that differs: where, and what stood there before and after, as the document writes it."""

    model_config = ConfigDict(from_attributes=True)

    place: str
    before: Any
    after: Any


class RevisionOut(BaseModel):
    """One revision in the list. who: empty where nobody was signed in. changed: how many fields."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    at: datetime
    who: str
    kind: RevisionKind
    summary: str
    note: str
    origin: str
    changed: int


class RevisionPage(BaseModel):
    """A page of the list, and how many revisions there are in all."""

    total: int
    page: int
    items: list[RevisionOut]


class RevisionDetail(RevisionOut):
    """One revision with what it changed and the whole scenario as it then stood."""

    changes: list[ChangeOut]
    document: dict[str, Any]


class StateOut(BaseModel):
    """Where a scenario stands after a change."""

    project: str
    scenario: str
    name: str
    status: ScenarioStatus
    revision: int


@router.get("/revisions", summary="List the revisions of a scenario")
def index(session: SessionDep, scenario: ScenarioDep, window: WindowDep) -> RevisionPage:
    """Return a page of revisions, the newest first."""
    rows = list_revisions(session, scenario.id, limit=window.limit, offset=window.offset)
    items = [RevisionOut.model_validate(row) for row in rows]
    return RevisionPage(total=count_revisions(session, scenario.id), page=window.number, items=items)


@router.get("/revisions/{number}", summary="Show a revision")
def show(session: SessionDep, scenario: ScenarioDep, number: Number) -> RevisionDetail:
    """Return one revision: what it changed, and the scenario's document as it then stood."""
    revision = find_revision(session, scenario.id, number)
    row = RevisionOut.model_validate(revision_row(session, revision))
    changes = [ChangeOut.model_validate(change) for change in revision.changes]
    return RevisionDetail(**row.model_dump(), changes=changes, document=revision.document)


@router.get("/revisions/{number}/differences", summary="Compare two revisions")
def compare(
    session: SessionDep,
    scenario: ScenarioDep,
    number: Number,
    since: Annotated[int, Query(ge=1, le=2**63 - 1, description="Number of the earlier revision.")],
) -> list[ChangeOut]:
    """Return every field in which a revision differs from an earlier one."""
    later, earlier = (find_revision(session, scenario.id, each) for each in (number, since))
    found = differences(earlier.document, later.document)
    return [ChangeOut.model_validate(difference) for difference in found]


@router.post("/revisions/{number}/restore", summary="Restore a revision")
def go_back(session: SessionDep, scenario: EditorDep, number: Number, body: NoteBody) -> StateOut:
    """Bring every part of the scenario back to a revision, as a new revision."""
    restore(session, scenario, find_revision(session, scenario.id, number), Because(note=body.note))
    return _state(session, scenario)


@router.post("/revisions/{number}/branch", status_code=201, summary="Branch from a revision")
def go_on(session: SessionDep, scenario: ScenarioDep, number: Number, body: BranchBody) -> StateOut:
    """Add a scenario that starts from a revision."""
    revision = find_revision(session, scenario.id, number)
    return _state(session, branch(session, scenario, body.name, Because(note=body.note), revision))


@router.post("/clone", status_code=201, summary="Clone a scenario")
def clone(session: SessionDep, scenario: ScenarioDep, body: BranchBody) -> StateOut:
    """Add a scenario that starts from the present state of this one."""
    return _state(session, branch(session, scenario, body.name, Because(note=body.note)))


@router.put("/status", summary="Approve, reopen or archive a scenario")
def change_status(session: SessionDep, scenario: ScenarioDep, body: StatusBody) -> StateOut:
    """Set the status: an approved scenario refuses every edit until it is a draft again."""
    set_status(session, scenario, body.status, Because(note=body.note))
    return _state(session, scenario)


def _state(session: SessionDep, scenario: Scenario) -> StateOut:
    session.flush()
    return StateOut(
        project=scenario.project.slug,
        scenario=scenario.slug,
        name=scenario.name,
        status=scenario.status,
        revision=latest_number(session, scenario.id),
    )
