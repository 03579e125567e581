"""The comments that call whoever asks, in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.planning.comments import mentions
from app.planning.comments.mentions import MentionRow
from app.web.access import PersonDep
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.flash import redirect
from app.web.lookups import Key
from app.web.navigation import Crumb
from app.web.pagination import Pagination
from app.web.templating import page

router = APIRouter(prefix="/mentions", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class MentionList:
    """The page. unread: whether only those are shown; waiting: how many there are."""

    rows: Sequence[MentionRow]
    pagination: Pagination
    unread: bool
    waiting: int


@router.get("", name="mentions")
def index(
    request: Request, session: SessionDep, person: PersonDep, window: WindowDep, unread: bool = False
) -> Response:
    """List the comments that call whoever asks."""
    rows = mentions.list_mentions(session, person.user_id, unread, limit=window.limit, offset=window.offset)
    total = mentions.count_mentions(session, person.user_id, unread)
    pagination = Pagination(window, total, request.url.path, {"unread": "true"} if unread else {})
    data = MentionList(rows, pagination, unread, person.mentions)
    return page(request, "mentions/list.html", data, crumbs=(Crumb("Mentions"),))


@router.post("/read", name="read_mentions")
def read_all(request: Request, session: SessionDep, person: PersonDep, form: FormDep) -> Response:
    """Note that every mention is known."""
    form.refuse_if_wrong()
    mentions.mark_read(session, person.user_id)
    return redirect(request, str(request.app.url_path_for("mentions")), "Every mention is marked as read.")


@router.post("/{comment_id}", name="open_mention")
def open_one(
    request: Request, session: SessionDep, person: PersonDep, comment_id: Key, form: FormDep
) -> Response:
    """Note that one mention is known, and go to its comment."""
    form.refuse_if_wrong()
    found = mentions.find_mention(session, person.user_id, comment_id)
    mentions.mark_read(session, person.user_id, comment_id)
    names = {"project_slug": found.project_slug, "scenario_slug": found.scenario_slug}
    return redirect(request, str(request.app.url_path_for("comment", comment_id=comment_id, **names)))
