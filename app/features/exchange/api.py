"""Export, templates and import as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Path, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.errors import InvalidInput
from app.exchange import drafts, editing, preview as previews
from app.exchange.apply import create
from app.exchange.check import check_document
from app.exchange.places import Place, Places
from app.features.exchange.files import KINDS, Format, export, template
from app.models import ImportDraft
from app.people import audit
from app.web.deps import SessionDep
from app.web.lookups import ProjectDep

router = APIRouter(tags=["import and export"])

FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {kind.media: {} for kind in KINDS.values()}}
}
KeyPath = Annotated[str, Path(max_length=100, description="The key that the upload was answered with.")]
Slug = Annotated[str, Field(max_length=200)]
FormatQuery = Annotated[Format, Query(alias="format")]
TemplateQuery = Annotated[Literal[Format.XLSX, Format.CSV], Query(alias="format")]
MOST_SHOWN = 500


class CellRef(BaseModel):
    """A cell by the numbers of its table, row and column, from 0; -1 is the whole table or row."""

    model_config = ConfigDict(from_attributes=True)

    table: int
    row: int
    column: int


class FindingOut(BaseModel):
    """A value that must be mended before the file can be imported."""

    model_config = ConfigDict(from_attributes=True)

    where: str
    value: Any
    allowed: str
    place: CellRef | None


class NoteOut(BaseModel):
    """What keeps a scenario from being valued; the file can be imported all the same."""

    where: str
    allowed: str


class TableOut(BaseModel):
    """A table of the file. layout: what it is taken for, "" where it is left out; columns likewise."""

    title: str
    rows: int
    headings: list[str]
    layout: str
    columns: list[str]


class SheetOut(BaseModel):
    """What becomes of the rows of one sheet."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    created: int
    changed: int
    removed: int
    unchanged: int
    names: list[str]


class ReportOut(BaseModel):
    """What an import did."""

    project: str
    name: str
    created: bool
    sheets: list[SheetOut]


class ImportOut(BaseModel):
    """An import between upload and commit.

    target: slug of the project that the file goes over, "" for a new one. state: of that project, to be sent
    with the commit. ready: whether nothing has to be mended.
    """

    key: str
    filename: str
    version: int
    expires_at: datetime
    target: str
    state: str
    ready: bool
    tables: list[TableOut]
    findings: list[FindingOut]
    notes: list[NoteOut]
    sheets: list[SheetOut]
    report: ReportOut | None


class TableBody(BaseModel):
    """What a table is taken for; without columns they are guessed anew where the layout changes."""

    model_config = ConfigDict(extra="forbid")

    table: Annotated[int, Field(ge=0, le=10_000)]
    layout: Annotated[str, Field(max_length=100)]
    columns: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=2000)] | None = None


class CellBody(BaseModel):
    """A new text for a cell."""

    model_config = ConfigDict(extra="forbid")

    table: Annotated[int, Field(ge=0, le=10_000)]
    row: Annotated[int, Field(ge=0, le=1_000_000)]
    column: Annotated[int, Field(ge=0, le=20_000)]
    text: Annotated[str, Field(max_length=20_000)]


class ImportChange(BaseModel):
    """Changes to an import, and the version that they started from."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1)]
    target: Slug | None = None
    tables: Annotated[list[TableBody], Field(max_length=500)] = []
    cells: Annotated[list[CellBody], Field(max_length=5000)] = []


class CommitBody(BaseModel):
    """The state of the project that the file goes over, "" for a new one."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[str, Field(max_length=64)] = ""


@router.get(
    "/api/projects/{project_slug}/export",
    summary="Export a project",
    response_class=Response,
    responses=FILES,
)
def export_project(session: SessionDep, project: ProjectDep, wanted: FormatQuery = Format.JSON) -> Response:
    """Return the whole project as a file: a document, a workbook or a zip of CSV files."""
    return export(session, project, wanted)


@router.get(
    "/api/imports/template", summary="Get an empty file to fill in", response_class=Response, responses=FILES
)
def get_template(session: SessionDep, wanted: TemplateQuery = Format.XLSX) -> Response:
    """Return a workbook, or a zip of CSV files, with every heading and no rows."""
    return template(session, wanted)


@router.post("/api/imports/document", status_code=201, summary="Create a project from a document")
def import_document(session: SessionDep, document: dict[str, Any]) -> ReportOut:
    """Check a project document and create the project, in one step; 422 names every bad value."""
    places = Places()
    drafts.refuse_unstorable(document, "document")
    check_document(session, document, places)
    if places.findings:
        raise InvalidInput([finding.problem for finding in places.findings])
    project = create(session, document)
    audit.record(session, "project_imported", subject="project", subject_id=project.id, created=True)
    sheets = [SheetOut.model_validate(sheet) for sheet in previews.created_by(document)]
    return ReportOut(project=project.slug, name=project.name, created=True, sheets=sheets)


@router.post("/api/imports", status_code=201, summary="Upload a file to import")
def upload(session: SessionDep, file: Annotated[UploadFile, File()]) -> ImportOut:
    """Read a workbook, a zip of CSV files, a CSV file or a document; nothing is changed yet."""
    draft = drafts.upload(session, file.filename or "file", file.file.read())
    return _out(session, draft)


@router.get("/api/imports/{key}", summary="Show an import")
def show(session: SessionDep, key: KeyPath) -> ImportOut:
    """Return what the import would do, and what must be mended first."""
    return _out(session, drafts.find(session, key))


@router.put("/api/imports/{key}", summary="Change an import")
def update(session: SessionDep, key: KeyPath, body: ImportChange) -> ImportOut:
    """Choose the project, map tables and columns, mend cells; 409 when the version is no longer current."""
    draft = drafts.find(session, key)
    wanted = editing.Change(
        target=body.target,
        layouts={each.table: each.layout for each in body.tables},
        columns={each.table: each.columns for each in body.tables if each.columns is not None},
        cells={Place(each.table, each.row, each.column): each.text for each in body.cells},
    )
    editing.change(session, draft, wanted, body.version)
    return _out(session, draft)


@router.post("/api/imports/{key}/commit", summary="Import a file")
def commit(session: SessionDep, key: KeyPath, body: CommitBody) -> ReportOut:
    """Store everything in one transaction; 409 when the project changed since the import was shown."""
    draft = drafts.find(session, key)
    previews.run(session, draft, body.state)
    return ReportOut.model_validate(draft.report)


@router.delete("/api/imports/{key}", status_code=204, summary="Discard an import")
def discard(session: SessionDep, key: KeyPath) -> None:
    """Forget an uploaded file."""
    drafts.discard(session, drafts.find(session, key))


def _out(session: SessionDep, draft: ImportDraft) -> ImportOut:
    if draft.imported:
        return _imported(draft)
    found = previews.preview(session, draft)
    pairs = zip(found.tables, found.maps, strict=True)
    tables = [
        TableOut(
            title=table.title,
            rows=len(table.rows),
            headings=table.headings,
            layout=mapped.layout,
            columns=list(mapped.columns),
        )
        for table, mapped in pairs
    ]
    return ImportOut(
        key=draft.key,
        filename=draft.filename,
        version=draft.version,
        expires_at=draft.expires_at,
        target=draft.target,
        state=found.state,
        ready=found.document is not None,
        tables=tables,
        findings=[_finding(finding) for finding in found.findings[:MOST_SHOWN]],
        notes=[NoteOut(where=note.field, allowed=note.allowed) for note in found.notes],
        sheets=[SheetOut.model_validate(sheet) for sheet in found.reports],
        report=None,
    )


def _imported(draft: ImportDraft) -> ImportOut:
    return ImportOut(
        key=draft.key,
        filename=draft.filename,
        version=draft.version,
        expires_at=draft.expires_at,
        target=draft.target,
        state="",
        ready=False,
        tables=[],
        findings=[],
        notes=[],
        sheets=[],
        report=ReportOut.model_validate(draft.report),
    )


def _finding(finding: Any) -> FindingOut:
    place = None if finding.place is None else CellRef.model_validate(finding.place)
    value = finding.value
    plain = value if value is None or isinstance(value, bool | int | float) else str(value)[:200]
    return FindingOut(where=finding.where, value=plain, allowed=finding.allowed, place=place)
