"""An import in steps: kept in the database between them, for a while and within bounds; no file on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotAllowed, NotFound, Problem
from app.exchange.assemble import assemble
from app.exchange.cells import RawTable
from app.exchange.mapping import TableMap, guess
from app.exchange.read_file import read_file
from app.models import ImportDraft, Project
from app.people.identity import identity, may
from app.people.policy import Permission
from app.seed.readers import UNSTORABLE
from app.valuation.own_units import know_own_units

LIFETIME = timedelta(hours=6)
MOST_DRAFTS = 200
MOST_BYTES = 400 * 1024 * 1024
LONGEST_NAME = 200


def upload(session: Session, name: str, data: bytes) -> ImportDraft:
    """Read a file and keep what it holds; raises `InvalidInput` where it is none of ours."""
    know_own_units(session)
    name = UNSTORABLE.sub("", name)[-LONGEST_NAME:] or "file"
    contents = read_file(name, data)
    content: dict[str, Any] = {"document": contents.document}
    if contents.document is None:
        content = content_of(contents.tables, [guess(table) for table in contents.tables])
    refuse_unstorable(content, name)
    _make_room(session, len(data))
    draft = ImportDraft(
        key=token_urlsafe(24),
        owner_id=_asking(),
        filename=name,
        size=len(data),
        content=content,
        expires_at=datetime.now(UTC) + LIFETIME,
    )
    draft.target = _same_project(session, draft)
    session.add(draft)
    session.flush()
    return draft


def find(session: Session, key: str) -> ImportDraft:
    """Return a draft by its key; raises `NotFound` when there is none any more."""
    statement = select(ImportDraft).where(
        ImportDraft.key == key,
        ImportDraft.owner_id.is_not_distinct_from(_asking()),
        ImportDraft.expires_at > func.now(),
    )
    draft = None if UNSTORABLE.search(key) else session.scalars(statement).one_or_none()
    if draft is None:
        raise NotFound("import", "at this address; files are kept for six hours, so send it again")
    return draft


def discard(session: Session, draft: ImportDraft) -> None:
    """Forget a draft."""
    session.delete(draft)
    session.flush()


def tables_of(draft: ImportDraft) -> tuple[list[RawTable], list[TableMap]]:
    """Return the tables of a draft and what they are taken for; none for a document.

    Their rows are copies: changed in place, what is stored would look the same as what is to be stored.
    """
    stored = draft.content.get("tables", [])
    tables = [
        RawTable(
            each["title"],
            each["headings"],
            [list(row) for row in each["rows"]],
            each["numbers"],
            each["in_workbook"],
            each["merged"],
            [(row, column, value, allowed) for row, column, value, allowed in each["faults"]],
        )
        for each in stored
    ]
    return tables, [TableMap(each["layout"], tuple(each["columns"])) for each in stored]


def targets(session: Session) -> dict[str, str]:
    """Return slug and name of the projects that whoever asks may let a file go over."""
    statement = select(Project).where(Project.archived_at.is_(None)).order_by(Project.name)
    found = session.scalars(statement)
    return {project.slug: project.name for project in found if may(Permission.MANAGE, project)}


def _asking() -> int | None:
    """Return the key of whoever asks."""
    asking = identity.get()
    return None if asking is None else asking.user_id


def content_of(tables: Sequence[RawTable], maps: Sequence[TableMap]) -> dict[str, Any]:
    """Return tables and what they are taken for as they are stored."""
    return {
        "document": None,
        "tables": [
            {
                "title": table.title,
                "headings": table.headings,
                "rows": table.rows,
                "numbers": table.numbers,
                "in_workbook": table.in_workbook,
                "merged": table.merged,
                "faults": [list(fault) for fault in table.faults],
                "layout": found.layout,
                "columns": list(found.columns),
            }
            for table, found in zip(tables, maps, strict=True)
        ],
    }


def refuse_unstorable(content: Mapping[str, Any], name: str) -> None:
    """Raise `InvalidInput` where a text anywhere cannot be stored."""
    text = json.dumps(content, ensure_ascii=False)
    if UNSTORABLE.search(text) or "\\u0000" in text:
        raise InvalidInput([Problem(name, None, "text without the sign of code 0 and halves of signs")])


def _make_room(session: Session, size: int) -> None:
    """Delete what expired, and the oldest drafts where there are too many or they take too much."""
    session.execute(delete(ImportDraft).where(ImportDraft.expires_at <= func.now()))
    newest = ImportDraft.created_at.desc()
    ranked = select(
        ImportDraft.key,
        func.row_number().over(order_by=newest).label("rank"),
        func.sum(ImportDraft.size).over(order_by=newest).label("bytes"),
    ).subquery()
    crowded = (ranked.c.rank >= MOST_DRAFTS) | (ranked.c.bytes > MOST_BYTES - size)
    session.execute(delete(ImportDraft).where(ImportDraft.key.in_(select(ranked.c.key).where(crowded))))


def _same_project(session: Session, draft: ImportDraft) -> str:
    """Return the slug of the project that a file was exported from, where it is here."""
    document = draft.content.get("document")
    if document is None:
        document = assemble(*tables_of(draft)).document
    project = document.get("project")
    slug = project.get("slug") if isinstance(project, Mapping) else None
    return slug if isinstance(slug, str) and slug in targets(session) else ""


def refuse_imported(draft: ImportDraft) -> None:
    """Raise `NotAllowed` where a file was imported already."""
    if draft.imported:
        raise NotAllowed("This file was imported already. Send it again to import it once more.")
