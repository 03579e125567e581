"""The comments on a scenario in the browser: the list, the form at its head, what can be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.errors import InvalidInput
from app.features.comments.api import LONGEST_NAME
from app.models import Scenario
from app.models.comment import LONGEST_COMMENT
from app.people.identity import may
from app.people.policy import Permission
from app.planning.comments import read, write
from app.planning.comments.places import Place
from app.planning.comments.read import CommentRow, Shown
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import Key, ScenarioDep
from app.web.navigation import Crumb
from app.web.pagination import Pagination, Window
from app.web.templating import page
from app.web.workspace import Tab, Workspace, workspace

router = APIRouter(
    prefix="/projects/{project_slug}/scenarios/{scenario_slug}/comments", include_in_schema=False
)
LABELS = {
    Shown.OPEN: "Open",
    Shown.RESOLVED: "Resolved",
    Shown.ALL: "All",
    Shown.DELETED: "Deleted by you",
}
#: What the address of a list says.
KEPT = frozenset({"state", "part", "line", "page"})
State = Annotated[Shown, Query()]
PartName = Annotated[str, Query(max_length=100)]
LineName = Annotated[str, Query(max_length=LONGEST_NAME)]


@dataclass(frozen=True, slots=True)
class View:
    """Which comments are on the page: in one state, of one place or of all."""

    shown: Shown
    place: Place | None
    window: Window

    def query(self, **other: str) -> dict[str, str]:
        """Return the address's query for this view, or for one beside it."""
        place = {"part": self.place.part, "line": self.place.line} if self.place else {}
        return {"state": self.shown.value, **place, **other}


@dataclass(frozen=True, slots=True)
class CommentList:
    """The page. editing: the comment whose form is open, 0 is the form of a new one.

    back: the query that leads here again.
    """

    workspace: Workspace
    place: Place | None
    rows: Sequence[CommentRow]
    pagination: Pagination
    shown: Shown
    states: Sequence[Tab]
    form: Form
    editing: int
    writable: bool
    back: str
    longest: int


@router.get("", name="comments")
def index(
    request: Request,
    session: SessionDep,
    scenario: ScenarioDep,
    window: WindowDep,
    state: State = Shown.OPEN,
    part: PartName = "",
    line: LineName = "",
    edit: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> Response:
    """List the comments of a scenario, or of one line."""
    view = View(state, Place(part, line) if part or line else None, window)
    form = Form()
    if edit:
        found = write.find_comment(session, scenario, edit)
        form = Form.of(edited=found.body, version=found.version)
    return _list_page(request, session, scenario, view, form, editing=edit)


@router.get("/{comment_id}", name="comment")
def show(request: Request, session: SessionDep, scenario: ScenarioDep, comment_id: Key) -> Response:
    """Go to the place of one comment in the list of all."""
    found = write.find_comment(session, scenario, comment_id)
    number = read.position(session, scenario, found) // Window().limit + 1
    shown = Shown.DELETED if found.deleted_at else Shown.ALL
    query = urlencode({"state": shown.value, "page": 1 if found.deleted_at else number})
    return RedirectResponse(f"{_path(request, 'comments', scenario)}?{query}#comment-{comment_id}", 303)


@router.post("", name="add_comment")
def create(
    request: Request,
    session: SessionDep,
    scenario: ScenarioDep,
    form: FormDep,
    part: PartName = "",
    line: LineName = "",
) -> Response:
    """Add a comment, or show the form again with what is wrong."""
    place = Place(part, line)
    text = form.text("text", longest=LONGEST_COMMENT)
    try:
        form.refuse_if_wrong()
        made = write.write(session, scenario, place, text)
    except InvalidInput as error:
        form.adopt(error)
        view = View(Shown.OPEN, place if part else None, Window())
        return _list_page(request, session, scenario, view, form, status=422)
    query = urlencode({"state": Shown.OPEN.value} | ({"part": part, "line": line} if part else {}))
    to = f"{_path(request, 'comments', scenario)}?{query}#comment-{made.id}"
    return redirect(request, to, "Comment added.")


@router.post("/{comment_id}", name="save_comment")
def save(
    request: Request, session: SessionDep, scenario: ScenarioDep, comment_id: Key, form: FormDep
) -> Response:
    """Store another text, or show the form again with what is wrong."""
    found = write.find_comment(session, scenario, comment_id)
    text, version = form.text("edited", longest=LONGEST_COMMENT), form.version()
    try:
        form.refuse_if_wrong()
        write.change(session, scenario, found, text, version)
    except InvalidInput as error:
        form.adopt(error)
        at = Window(read.position(session, scenario, found) // Window().limit + 1)
        view = View(Shown.ALL, None, at)
        return _list_page(request, session, scenario, view, form, editing=comment_id, status=422)
    return redirect(request, _path(request, "comment", scenario, comment_id=comment_id), "Comment saved.")


@router.post("/{comment_id}/delete", name="delete_comment")
def delete(
    request: Request, session: SessionDep, scenario: ScenarioDep, comment_id: Key, form: FormDep
) -> Response:
    """Delete a comment with a way back."""
    form.refuse_if_wrong()
    write.delete(session, scenario, write.find_comment(session, scenario, comment_id))
    words = "Comment deleted. Under “Deleted by you” you can bring it back."
    return redirect(request, _back(request, scenario, form), words)


@router.post("/{comment_id}/restore", name="restore_comment")
def bring_back(
    request: Request, session: SessionDep, scenario: ScenarioDep, comment_id: Key, form: FormDep
) -> Response:
    """Bring back a comment that one deleted."""
    form.refuse_if_wrong()
    write.bring_back(session, scenario, write.find_comment(session, scenario, comment_id))
    to = _path(request, "comment", scenario, comment_id=comment_id)
    return redirect(request, to, "The comment is back.")


@router.post("/{comment_id}/resolve", name="resolve_comment")
def resolve(
    request: Request, session: SessionDep, scenario: ScenarioDep, comment_id: Key, form: FormDep
) -> Response:
    """Call a comment settled, or open it again."""
    resolved = form.flag("resolved")
    form.refuse_if_wrong()
    write.resolve(session, scenario, write.find_comment(session, scenario, comment_id), resolved)
    words = "Comment resolved." if resolved else "Comment opened again."
    return redirect(request, _back(request, scenario, form), words)


def _list_page(
    request: Request,
    session: Session,
    scenario: Scenario,
    view: View,
    form: Form,
    *,
    editing: int = 0,
    status: int = 200,
) -> Response:
    window = view.window
    rows = read.list_comments(
        session, scenario, view.shown, view.place, limit=window.limit, offset=window.offset
    )
    path = _path(request, "comments", scenario)
    total = read.count_comments(session, scenario, view.shown, view.place)
    pagination = Pagination(window, total, path, view.query())
    states = [
        Tab(label, f"{path}?{urlencode(view.query(state=shown.value))}", shown is view.shown)
        for shown, label in LABELS.items()
    ]
    deeper = (Crumb(view.place.words),) if view.place else ()
    space = workspace(request, scenario, "comments", *deeper)
    writable = may(Permission.COMMENT, scenario.project) and not write.is_archived(scenario)
    back = urlencode(view.query(page=str(window.number)))
    data = CommentList(
        space,
        view.place,
        rows,
        pagination,
        view.shown,
        states,
        form,
        editing,
        writable,
        back,
        LONGEST_COMMENT,
    )
    return page(request, "comments/list.html", data, crumbs=space.crumbs, status=status)


def _path(request: Request, route: str, scenario: Scenario, **more: object) -> str:
    names = {"project_slug": scenario.project.slug, "scenario_slug": scenario.slug}
    return str(request.app.url_path_for(route, **names, **more))


def _back(request: Request, scenario: Scenario, form: Form) -> str:
    """Return the list as it was."""
    kept = [(name, value) for name, value in parse_qsl(form["back"]) if name in KEPT]
    return f"{_path(request, 'comments', scenario)}?{urlencode(kept)}"
