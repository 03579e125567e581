"""The record of acts in the browser, with filters, and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from app.features.record import queries, words
from app.features.record.queries import Entry, Filter
from app.people import audit
from app.web.deps import SessionDep, WindowDep
from app.web.navigation import Crumb
from app.web.pagination import Pagination
from app.web.templating import page

router = APIRouter(prefix="/record", include_in_schema=False)
COLUMNS = ("id", "at", "person", "action", "subject", "subject_id", "detail", "request_id")
#: What a spreadsheet would take for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Short = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The list and its filter."""

    entries: Sequence[Entry]
    pagination: Pagination
    wanted: Filter
    actions: Sequence[tuple[str, str]]
    people: Sequence[tuple[int, str]]
    csv: str
    about: str


def wanted(
    action: Short = "", person: Short = "", subject: Short = "", since: Short = "", until: Short = ""
) -> Filter:
    """Read the filter from the address; what cannot be is not asked for."""
    key = int(person) if person.isascii() and person.isdigit() and len(person) < 19 else None
    return Filter(action, key, words.stored(subject), _day(since), _day(until))


FilterDep = Annotated[Filter, Depends(wanted)]


@router.get("", name="record")
def show(request: Request, session: SessionDep, window: WindowDep, chosen: FilterDep) -> Response:
    """Show who did what."""
    query = _query(chosen)
    pagination = Pagination(window, queries.count(session, chosen), request.url.path, query)
    listed = queries.entries(session, chosen, limit=window.limit, offset=window.offset)
    found = queries.with_names(session, list(listed))
    address = f"{request.app.url_path_for('record_csv')}?{urlencode(query)}"
    about = words.about(*chosen.subject.partition(" ")[::2], "")
    data = RecordPage(
        found, pagination, chosen, queries.actions(session), queries.people(session), address, about
    )
    return page(request, "record/list.html", data, crumbs=(Crumb("Record"),))


@router.get("/record.csv", name="record_csv")
def export(session: SessionDep, chosen: FilterDep) -> Response:
    """Return the same as CSV, and note that it was taken out."""
    text = "".join(_lines(queries.entries(session, chosen, limit=queries.MOST_EXPORTED)))
    audit.record(session, "record_exported", subject="record", filter=urlencode(_query(chosen)))
    headers = {
        "Content-Disposition": 'attachment; filename="calminer-record.csv"',
        "Cache-Control": "no-store",
    }
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _lines(found: Iterator[Entry]) -> Iterator[str]:
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for entry in found:
        row = (entry.id, entry.at.isoformat(), entry.person, entry.action, entry.subject, entry.subject_id)
        writer.writerow([_harmless(str(cell)) for cell in (*row, entry.told, entry.request_id)])
    yield buffer.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _query(chosen: Filter) -> dict[str, str]:
    values = {
        "action": chosen.action,
        "person": "" if chosen.person is None else str(chosen.person),
        "subject": chosen.subject,
        "since": chosen.since.isoformat() if chosen.since else "",
        "until": chosen.until.isoformat() if chosen.until else "",
    }
    return {name: value for name, value in values.items() if value}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
