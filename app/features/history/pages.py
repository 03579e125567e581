"""The history of a scenario in the browser: its revisions, what each changed, and the ways back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from app.engine.kinds import ScenarioStatus
from app.errors import InvalidInput
from app.features.history.shown import ShownDifference, shown
from app.models import RevisionKind, Scenario
from app.planning.difference import Difference, differences
from app.planning.history import (
    Because,
    RevisionRow,
    count_revisions,
    find_revision,
    latest_number,
    list_revisions,
    revision_row,
)
from app.planning.versions import branch, restore, set_status
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import EditorDep, Number, ScenarioDep, is_editable
from app.web.navigation import Crumb
from app.web.pagination import Pagination
from app.web.templating import page
from app.web.workspace import Workspace, workspace

router = APIRouter(
    prefix="/projects/{project_slug}/scenarios/{scenario_slug}/history", include_in_schema=False
)
LONGEST_NOTE = 2000
#: Tone of the badge of each kind; the others are neutral.
TONES = {RevisionKind.APPROVED: "good", RevisionKind.RESTORED: "info", RevisionKind.FOUND: "warning"}


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The list of revisions."""

    workspace: Workspace
    rows: Sequence[RevisionRow]
    pagination: Pagination
    newest: int
    editable: bool
    tones: dict[RevisionKind, str]


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """What one revision changed, and the forms that go back to it or on from it.

    since: the number of the revision that it is compared with, 0 where there is none.
    """

    workspace: Workspace
    revision: RevisionRow
    since: int
    newest: int
    changes: Sequence[ShownDifference]
    editable: bool
    form: Form
    tones: dict[RevisionKind, str]


@router.get("", name="history")
def index(request: Request, session: SessionDep, scenario: ScenarioDep, window: WindowDep) -> Response:
    """List the revisions, the newest first."""
    rows = list_revisions(session, scenario.id, limit=window.limit, offset=window.offset)
    space = workspace(request, scenario, "history")
    pagination = Pagination(window, count_revisions(session, scenario.id), request.url.path, {})
    newest = latest_number(session, scenario.id)
    data = HistoryPage(space, rows, pagination, newest, is_editable(scenario), TONES)
    return page(request, "history/list.html", data, crumbs=space.crumbs)


@router.post("/status", name="scenario_status")
def change_status(request: Request, session: SessionDep, scenario: ScenarioDep, form: FormDep) -> Response:
    """Approve, reopen or archive the scenario."""
    status = form.choice("status", ScenarioStatus)
    note = form.text("note", required=False, longest=LONGEST_NOTE)
    form.refuse_if_wrong()
    set_status(session, scenario, status, Because(note=note))
    return redirect(request, _path(request, "history", scenario), f"{scenario.name} is now {status.value}.")


@router.get("/{number}", name="revision")
def show(
    request: Request,
    session: SessionDep,
    scenario: ScenarioDep,
    number: Number,
    since: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """Show what a revision changed, or what differs since another one."""
    return _revision_page(request, session, scenario, number, since, Form.of(name=""))


@router.post("/{number}/restore", name="restore_revision")
def go_back(
    request: Request, session: SessionDep, scenario: EditorDep, number: Number, form: FormDep
) -> Response:
    """Bring the scenario back to a revision, as a new one."""
    note = form.text("note", required=False, longest=LONGEST_NOTE)
    form.refuse_if_wrong()
    restore(session, scenario, find_revision(session, scenario.id, number), Because(note=note))
    return redirect(
        request, _path(request, "history", scenario), f"{scenario.name} is back at revision {number}."
    )


@router.post("/{number}/branch", name="branch_revision")
def go_on(
    request: Request, session: SessionDep, scenario: ScenarioDep, number: Number, form: FormDep
) -> Response:
    """Start a scenario of its own from a revision."""
    name = form.text("name", longest=200)
    note = form.text("note", required=False, longest=LONGEST_NOTE)
    try:
        form.refuse_if_wrong()
        revision = find_revision(session, scenario.id, number)
        made = branch(session, scenario, name, Because(note=note), revision)
    except InvalidInput as error:
        form.adopt(error)
        return _revision_page(request, session, scenario, number, None, form, 422)
    to = request.app.url_path_for("scenario", project_slug=scenario.project.slug, scenario_slug=made.slug)
    return redirect(request, to, f"{made.name} starts from revision {number} of {scenario.name}.")


def _revision_page(
    request: Request,
    session: SessionDep,
    scenario: Scenario,
    number: int,
    since: int | None,
    form: Form,
    status: int = 200,
) -> Response:
    revision = find_revision(session, scenario.id, number)
    found = [Difference(**change) for change in revision.changes]
    if since is not None:
        found = differences(find_revision(session, scenario.id, since).document, revision.document)
    space = workspace(request, scenario, "history", Crumb(f"Revision {number}"))
    data = RevisionPage(
        space,
        revision_row(session, revision),
        number - 1 if since is None else since,
        latest_number(session, scenario.id),
        [shown(change) for change in found],
        is_editable(scenario),
        form,
        TONES,
    )
    return page(request, "history/show.html", data, crumbs=space.crumbs, status=status)


def _path(request: Request, route: str, scenario: Scenario) -> str:
    names = {"project_slug": scenario.project.slug, "scenario_slug": scenario.slug}
    return str(request.app.url_path_for(route, **names))
