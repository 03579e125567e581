"""The comments on a scenario as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.models.comment import LONGEST_COMMENT
from app.planning.comments import handles, read, write
from app.planning.comments.places import Place
from app.planning.comments.read import CommentRow, Shown
from app.web.deps import SessionDep, WindowDep
from app.web.lookups import Key, ScenarioDep

router = APIRouter(
    prefix="/api/projects/{project_slug}/scenarios/{scenario_slug}/comments", tags=["comments"]
)

LONGEST_NAME = 1000
#: What a row and its JSON call alike.
SAME = (
    *("id", "version", "there", "author"),
    *("created_at", "edited_at", "resolved_at", "resolved_by", "deleted_at"),
)
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_COMMENT,
        description="Plain text; “@” and a handle calls somebody who may see the project.",
    ),
]


class CommentBody(BaseModel):
    """What is said, and about what: a line by its part and name, or the scenario where both are empty."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    part: Annotated[str, Field(max_length=100)] = ""
    line: Annotated[str, Field(max_length=LONGEST_NAME)] = ""


class CommentChange(BaseModel):
    """Another text, and the version that the edit started from."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    version: Annotated[int, Field(ge=1)]


class ResolvedBody(BaseModel):
    """Whether a comment is settled."""

    model_config = ConfigDict(extra="forbid")

    resolved: bool


class CommentOut(BaseModel):
    """One comment. there: whether its line still is. mentions: the handles of those it calls."""

    id: int
    version: int
    part: str
    line: str
    there: bool
    author: str
    text: str
    mentions: list[str]
    created_at: datetime
    edited_at: datetime | None
    resolved_at: datetime | None
    resolved_by: str
    deleted_at: datetime | None


class CommentPage(BaseModel):
    """A page of the list, and how many comments there are in all."""

    total: int
    page: int
    items: list[CommentOut]


class HandleOut(BaseModel):
    """Somebody who may be called: `@` and the handle."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    handle: str


@router.get("", summary="List the comments on a scenario")
def index(
    session: SessionDep,
    scenario: ScenarioDep,
    window: WindowDep,
    state: Annotated[Shown, Query(description="“deleted” are those that you deleted.")] = Shown.OPEN,
    part: Annotated[str, Query(max_length=100, description="Only of a line of this part.")] = "",
    line: Annotated[str, Query(max_length=LONGEST_NAME, description="Name of that line.")] = "",
) -> CommentPage:
    """Return a page of comments, the newest first."""
    place = Place(part, line) if part or line else None
    rows = read.list_comments(session, scenario, state, place, limit=window.limit, offset=window.offset)
    total = read.count_comments(session, scenario, state, place)
    return CommentPage(total=total, page=window.number, items=[_out(row) for row in rows])


@router.get("/people", name="find_people", summary="Find people to call by name")
def find_people(
    session: SessionDep, scenario: ScenarioDep, q: Annotated[str, Query(max_length=200)] = ""
) -> list[HandleOut]:
    """Return a few of those who may see the project and whose name has a word that begins so."""
    return [HandleOut.model_validate(each) for each in handles.offered(session, scenario.project, q)]


@router.get("/{comment_id}", summary="Show a comment")
def show(session: SessionDep, scenario: ScenarioDep, comment_id: Key) -> CommentOut:
    """Return one comment."""
    found = write.find_comment(session, scenario, comment_id)
    return _out(read.comment_row(session, scenario, found))


@router.post("", status_code=201, summary="Comment on a scenario or a line")
def create(session: SessionDep, scenario: ScenarioDep, body: CommentBody) -> CommentOut:
    """Add a comment; whoever it calls by name finds it in their list of mentions."""
    made = write.write(session, scenario, Place(body.part, body.line), body.text)
    return _out(read.comment_row(session, scenario, made))


@router.put("/{comment_id}", summary="Change a comment")
def update(session: SessionDep, scenario: ScenarioDep, comment_id: Key, body: CommentChange) -> CommentOut:
    """Give one's own comment another text; 409 when the version is no longer the current one."""
    found = write.find_comment(session, scenario, comment_id)
    write.change(session, scenario, found, body.text, body.version)
    return _out(read.comment_row(session, scenario, found))


@router.put("/{comment_id}/resolved", summary="Resolve a comment")
def resolve(session: SessionDep, scenario: ScenarioDep, comment_id: Key, body: ResolvedBody) -> CommentOut:
    """Call a comment settled, or open it again."""
    found = write.find_comment(session, scenario, comment_id)
    write.resolve(session, scenario, found, body.resolved)
    return _out(read.comment_row(session, scenario, found))


@router.delete("/{comment_id}", status_code=204, summary="Delete a comment")
def delete(session: SessionDep, scenario: ScenarioDep, comment_id: Key) -> None:
    """Delete a comment with a way back."""
    write.delete(session, scenario, write.find_comment(session, scenario, comment_id))


@router.post("/{comment_id}/restore", summary="Undo the deletion of a comment")
def bring_back(session: SessionDep, scenario: ScenarioDep, comment_id: Key) -> CommentOut:
    """Bring back a comment that one deleted."""
    found = write.find_comment(session, scenario, comment_id)
    write.bring_back(session, scenario, found)
    return _out(read.comment_row(session, scenario, found))


def _out(row: CommentRow) -> CommentOut:
    return CommentOut(
        **{name: getattr(row, name) for name in SAME},
        part=row.place.part,
        line=row.place.line,
        text=row.body,
        mentions=list(row.mentions),
    )
