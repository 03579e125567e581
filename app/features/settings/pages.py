"""The settings in the browser: what there is, the rows of a part, the way back for what was removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.features.settings.shown import TABS, ListedRow, Tab, columns, crumbs, listed, tabs
from app.planning.edit import RowChange
from app.planning.shared.parts import HEADINGS, SHARED, Shared, find_shared
from app.planning.shared.restore import Removal, list_removed, restore_removed
from app.planning.shared.save import count_rows, find_row, list_rows, save_shared
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.flash import redirect
from app.web.lookups import Key
from app.web.navigation import Crumb
from app.web.pagination import Pagination
from app.web.templating import page

router = APIRouter(prefix="/settings", include_in_schema=False)
MOST_REMOVALS = 20


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the settings. count: None where there is one row."""

    title: str
    text: str
    href: str
    count: int | None


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """Every area."""

    areas: Sequence[Area]


@dataclass(frozen=True, slots=True)
class ListPage:
    """The rows of a part, a window of them, and what was removed from it."""

    part: Shared
    tabs: Sequence[Tab]
    headings: Sequence[str]
    rows: Sequence[ListedRow]
    pagination: Pagination
    removals: Sequence[Removal]
    counted: bool
    ordered: bool


@router.get("", name="settings")
def index(request: Request, session: SessionDep) -> Response:
    """Show what the whole installation shares."""
    parts = [SHARED[key] for key in TABS]
    path = request.app.url_path_for
    areas = [
        Area(
            part.title,
            part.help,
            str(
                path("setting", part=part.key, key="only")
                if part.only
                else path("setting_list", part=part.key)
            ),
            None if part.only else count_rows(session, part),
        )
        for part in parts
    ]
    return page(request, "settings/index.html", SettingsPage(areas), crumbs=(Crumb("Settings"),))


@router.get("/{part}", name="setting_list")
def show(request: Request, session: SessionDep, part: str, window: WindowDep) -> Response:
    """List the rows of a part."""
    found = find_shared(part)
    if found.only:
        return redirect(request, str(request.app.url_path_for("setting", part=part, key="only")))
    rows = listed(session, found, list_rows(session, found, limit=window.limit, offset=window.offset))
    data = ListPage(
        found,
        tabs(request, found),
        [field.words for field in columns(found)],
        rows,
        Pagination(window, count_rows(session, found), request.url.path, {}),
        list_removed(session, found, limit=MOST_REMOVALS),
        any(row.used is not None for row in rows),
        found is HEADINGS,
    )
    return page(request, "settings/list.html", data, crumbs=crumbs(request, found), title=found.title)


@router.post("/{part}/removed/{event_id}/restore", name="restore_setting")
def bring_back(request: Request, session: SessionDep, part: str, event_id: Key, form: FormDep) -> Response:
    """Add a removed row again, as the record kept it."""
    found = find_shared(part)
    form.refuse_if_wrong()
    touched = restore_removed(session, found, event_id)
    first = touched[0]
    name = found.name_of(first.row) if first.row is not None else found.singular
    return redirect(request, str(request.app.url_path_for("setting_list", part=part)), f"{name} is back.")


@router.post("/{part}/{key}/move", name="move_setting")
def move(request: Request, session: SessionDep, part: str, key: str, form: FormDep) -> Response:
    """Put a cost category one place up or down among those of its section."""
    found = find_shared(part)
    row = find_row(session, found, key)
    direction = form.one_of("direction", ("up", "down"))
    form.refuse_if_wrong()
    alike = [
        each
        for each in list_rows(session, found)
        if getattr(each, "section", "") == getattr(row, "section", "")
    ]
    place = alike.index(row)
    other = place + (1 if direction == "down" else -1)
    if 0 <= other < len(alike):
        alike[place], alike[other] = alike[other], alike[place]
        save_shared(
            session,
            [
                RowChange(part, found.key_of(each), values={"position": 10 * (index + 1)})
                for index, each in enumerate(alike)
            ],
        )
    return redirect(request, str(request.app.url_path_for("setting_list", part=part)))
