"""The comments that call whoever asks, as JSON."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from app.planning.comments import mentions
from app.web.access import PersonDep
from app.web.deps import SessionDep, WindowDep
from app.web.lookups import Key

router = APIRouter(prefix="/api/mentions", tags=["comments"])


class MentionOut(BaseModel):
    """One comment that calls you. project, scenario: their addresses' parts."""

    comment_id: int
    project: str
    scenario: str
    part: str
    line: str
    author: str
    text: str
    at: datetime
    read_at: datetime | None


class MentionPage(BaseModel):
    """A page of the list, how many there are in all, and how many of all are unread."""

    total: int
    unread: int
    page: int
    items: list[MentionOut]


@router.get("", summary="List the comments that call you")
def index(session: SessionDep, person: PersonDep, window: WindowDep, unread: bool = False) -> MentionPage:
    """Return a page of mentions, the newest first."""
    rows = mentions.list_mentions(session, person.user_id, unread, limit=window.limit, offset=window.offset)
    items = [
        MentionOut(
            comment_id=row.comment_id,
            project=row.project_slug,
            scenario=row.scenario_slug,
            part=row.place.part,
            line=row.place.line,
            author=row.author,
            text=row.body,
            at=row.at,
            read_at=row.read_at,
        )
        for row in rows
    ]
    return MentionPage(
        total=mentions.count_mentions(session, person.user_id, unread),
        unread=mentions.count_mentions(session, person.user_id, unread=True),
        page=window.number,
        items=items,
    )


@router.put("/{comment_id}/read", status_code=204, summary="Mark a mention as read")
def read_one(session: SessionDep, person: PersonDep, comment_id: Key) -> None:
    """Note that you know of a mention."""
    found = mentions.find_mention(session, person.user_id, comment_id)
    mentions.mark_read(session, person.user_id, found.comment_id)


@router.post("/read", status_code=204, summary="Mark every mention as read")
def read_all(session: SessionDep, person: PersonDep) -> None:
    """Note that you know of all mentions."""
    mentions.mark_read(session, person.user_id)
