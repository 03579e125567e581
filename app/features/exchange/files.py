"""The files that both doors hand out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session
from starlette.responses import Response

from app.exchange.bundle import bundle_bytes
from app.exchange.document import document_text, project_document
from app.exchange.layout import TEMPLATE_PERIODS
from app.exchange.lookups import lookups
from app.exchange.tables import Table, empty_tables, tables_of
from app.exchange.write_workbook import workbook_bytes
from app.models import Project
from app.people import audit
from app.web.templating import version


class Format(StrEnum):
    """The formats of a project's file."""

    JSON = "json"
    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Kind:
    """What people and browsers are told about a format."""

    label: str
    media: str
    ending: str
    told: str


KINDS: Mapping[Format, Kind] = {
    Format.XLSX: Kind(
        "Workbook",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        "For Excel, LibreOffice and Google Sheets: a sheet for each part, with lists to choose from.",
    ),
    Format.CSV: Kind(
        "CSV bundle", "application/zip", "zip", "The same tables as text, for scripts and databases."
    ),
    Format.JSON: Kind(
        "Document", "application/json", "json", "For programs, and to compare two states line by line."
    ),
}
#: Formats that a template comes in.
TEMPLATES = (Format.XLSX, Format.CSV)
HOW_TO = (
    "A sheet for each part. The second row says what each column is measured in; a unit there holds for "
    "cells whose own unit is empty. Where a value runs by period, write “by period” and give a row in "
    "Schedules."
)


def export(session: Session, project: Project, wanted: Format) -> Response:
    """Return a project's file, and note that it was taken out."""
    document = project_document(project)
    audit.record(session, "project_exported", subject="project", subject_id=project.id, format=wanted.value)
    kind = KINDS[wanted]
    about = {
        "Written by": f"CalMiner {version()}",
        "Project": project.name,
        "Source": project.source,
        "Read in": project.source_reference,
        "Know before you quote": project.source_caveat,
        "How to": HOW_TO,
    }
    if wanted is Format.JSON:
        return _file(document_text(document).encode(), kind, project.slug)
    return _file(_write(session, wanted, tables_of(document), about), kind, project.slug)


def template(session: Session, wanted: Format) -> Response:
    """Return an empty file to fill in."""
    about = {"Written by": f"CalMiner {version()}", "How to": HOW_TO}
    data = _write(session, wanted, empty_tables(TEMPLATE_PERIODS), about)
    return _file(data, KINDS[wanted], "calminer-template")


def _write(session: Session, wanted: Format, tables: Sequence[Table], about: Mapping[str, str]) -> bytes:
    writers: Mapping[Format, Callable[[], bytes]] = {
        Format.XLSX: lambda: workbook_bytes(tables, about, lookups(session)),
        Format.CSV: lambda: bundle_bytes(tables, about),
    }
    return writers[wanted]()


def _file(data: bytes, kind: Kind, name: str) -> Response:
    disposition = f'attachment; filename="{name}.{kind.ending}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(data, media_type=kind.media, headers=headers)
