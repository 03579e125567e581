"""Export, templates and import in the browser: upload, map, mend, import, report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput, NotFound, Problem
from app.exchange import drafts, editing, preview as previews
from app.exchange.cells import Cell
from app.exchange.layout import LAYOUTS
from app.exchange.mapping import PERIOD, choices, has_units_row
from app.exchange.places import Finding, Place
from app.exchange.preview import Preview
from app.features.exchange.files import KINDS, TEMPLATES, Format, Kind, export, template
from app.models import ImportDraft, Project, Scenario
from app.valuation.evaluate import evaluate_scenario
from app.web.deps import FormDep, SessionDep, read_form
from app.web.figures import Figure, figures
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import ProjectDep
from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(include_in_schema=False)
MOST_SHOWN = 200
SHOWN = ("npv_after_tax", "npv_pre_tax", "irr_after_tax", "irr_pre_tax")
CELL = re.compile(r"cell-(\d{1,5})-(\d{1,7})-(\d{1,5})")
LAYOUT = re.compile(r"layout-(\d{1,5})")
COLUMN = re.compile(r"column-(\d{1,5})-(\d{1,5})")


@dataclass(frozen=True, slots=True)
class UploadPage:
    """Where a file is sent. problems: why the last one was refused."""

    form: Form
    problems: Sequence[Problem]
    templates: Sequence[tuple[Format, Kind]]


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One column of a table: its heading, what it is taken for, what it may be."""

    field: str
    heading: str
    chosen: str
    sample: str


@dataclass(frozen=True, slots=True)
class TableChoice:
    """One table of the file. periods: how many columns are taken for periods, in order."""

    number: int
    title: str
    rows: int
    layout: str
    columns: Sequence[ColumnChoice]
    offered: Sequence[str]
    periods: int
    unmapped: int


@dataclass(frozen=True, slots=True)
class Mend:
    """A bad value. field: of the form, "" where it cannot be mended here."""

    where: str
    value: str
    allowed: str
    field: str


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What an import would do, and what must be mended first."""

    draft: ImportDraft
    form: Form
    found: Preview
    tables: Sequence[TableChoice]
    layouts: Sequence[str]
    mends: Sequence[Mend]
    more: int
    targets: Mapping[str, str]
    removed: int


@dataclass(frozen=True, slots=True)
class ImportedScenario:
    """A scenario of the imported project with its value, or what it misses."""

    slug: str
    name: str
    figures: Sequence[Figure]
    missing: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """What an import did."""

    draft: ImportDraft
    scenarios: Sequence[ImportedScenario]


@dataclass(frozen=True, slots=True)
class ExportPage:
    """The formats of a project's file."""

    project: Project
    formats: Sequence[tuple[Format, Kind]]


@router.get("/projects/{project_slug}/export", name="export")
def show_formats(request: Request, project: ProjectDep) -> Response:
    """Offer the formats."""
    path = request.app.url_path_for
    crumbs = (
        Crumb("Projects", path("projects")),
        Crumb(project.name, path("project", project_slug=project.slug)),
        Crumb("Export"),
    )
    return page(request, "exchange/export.html", ExportPage(project, list(KINDS.items())), crumbs=crumbs)


@router.get("/projects/{project_slug}/export/{wanted}", name="export_file")
def export_file(session: SessionDep, project: ProjectDep, wanted: Format) -> Response:
    """Hand out a project's file."""
    return export(session, project, wanted)


@router.get("/imports/template/{wanted}", name="import_template")
def template_file(session: SessionDep, wanted: Format) -> Response:
    """Hand out an empty file to fill in."""
    if wanted not in TEMPLATES:
        raise NotFound("template", wanted)
    return template(session, wanted)


@router.get("/imports", name="imports")
def new(request: Request) -> Response:
    """Ask for a file."""
    return _upload_page(request, Form.of(), ())


@router.post("/imports")
def upload(request: Request, session: SessionDep, form: FormDep) -> Response:
    """Read the file and go on to its preview, or say what is wrong with it."""
    file = form.files.get("file")
    if file is None or not file.filename:
        form.refuse("file", "choose a file")
        return _upload_page(request, form, form.problems, status=422)
    try:
        draft = drafts.upload(session, file.filename, file.file.read())
    except InvalidInput as error:
        form.refuse("file", "another file; see above")
        return _upload_page(request, form, error.problems, status=422)
    return redirect(request, request.app.url_path_for("import", key=draft.key))


@router.get("/imports/{key}", name="import")
def show(
    request: Request,
    session: SessionDep,
    key: str,
    columns: Annotated[int, Query(ge=-1, le=10_000)] = -1,
) -> Response:
    """Show what the import would do, or what it did; `columns` opens the columns of one table."""
    draft = drafts.find(session, key)
    if draft.imported:
        return _report_page(request, session, draft)
    return _preview_page(request, session, draft, Form.of(version=draft.version), opened=columns)


@router.post("/imports/{key}")
def update(request: Request, session: SessionDep, form: FormDep, key: str) -> Response:
    """Keep what was chosen and mended, and check again."""
    draft = drafts.find(session, key)
    try:
        editing.change(session, draft, _change(form, draft), form.version())
    except InvalidInput as error:
        form.adopt(error)
        return _preview_page(request, session, draft, form, status=422)
    return redirect(request, request.app.url_path_for("import", key=key), "Checked again.")


@router.post("/imports/{key}/commit", name="import_commit")
def commit(request: Request, session: SessionDep, form: FormDep, key: str) -> Response:
    """Import the file, or show again what must be mended."""
    draft = drafts.find(session, key)
    try:
        project = previews.run(session, draft, form["state"])
    except InvalidInput:
        return _preview_page(request, session, draft, Form.of(version=draft.version), status=422)
    return redirect(request, request.app.url_path_for("import", key=key), f"{project.name} imported.")


@router.post("/imports/{key}/discard", name="import_discard", dependencies=[Depends(read_form)])
def discard(request: Request, session: SessionDep, key: str) -> Response:
    """Forget the file."""
    drafts.discard(session, drafts.find(session, key))
    return redirect(
        request, request.app.url_path_for("imports"), "The file was discarded; nothing was changed."
    )


def _change(form: Form, draft: ImportDraft) -> editing.Change:
    """Return what the form asks for; columns that the page does not show keep what they are taken for."""
    _, maps = drafts.tables_of(draft)
    layouts, cells = {}, {}
    columns: dict[int, list[str]] = {}
    for name in form.names():
        if found := LAYOUT.fullmatch(name):
            layouts[int(found[1])] = form[name]
        elif found := CELL.fullmatch(name):
            cells[Place(int(found[1]), int(found[2]), int(found[3]))] = form[name]
        elif found := COLUMN.fullmatch(name):
            table, column = int(found[1]), int(found[2])
            if table < len(maps) and column < len(maps[table].columns):
                columns.setdefault(table, list(maps[table].columns))[column] = form[name]
    target = form["target"].strip() if "target" in form.names() else None
    return editing.Change(target, layouts, columns, cells)


def _upload_page(request: Request, form: Form, problems: Sequence[Problem], status: int = 200) -> Response:
    data = UploadPage(form, problems, [(each, KINDS[each]) for each in TEMPLATES])
    return page(request, "exchange/upload.html", data, crumbs=(Crumb("Import"),), status=status)


def _preview_page(
    request: Request, session: Session, draft: ImportDraft, form: Form, status: int = 200, opened: int = -1
) -> Response:
    found = previews.preview(session, draft)
    data = PreviewPage(
        draft,
        form,
        found,
        _tables(found, opened),
        [layout.title for layout in LAYOUTS],
        [_mend(found, finding) for finding in found.findings[:MOST_SHOWN]],
        max(0, len(found.findings) - MOST_SHOWN),
        drafts.targets(session),
        sum(sheet.removed for sheet in found.reports),
    )
    crumbs = (Crumb("Import", request.app.url_path_for("imports")), Crumb(draft.filename))
    return page(request, "exchange/preview.html", data, crumbs=crumbs, status=status)


def _tables(found: Preview, opened: int) -> list[TableChoice]:
    """Return the tables of the file; columns of those that are opened or not wholly recognised."""
    choosable = []
    for number, (table, mapped) in enumerate(zip(found.tables, found.maps, strict=True)):
        layout = mapped.target
        columns = [
            ColumnChoice(f"column-{number}-{position}", heading, chosen, _sample(table.rows, position))
            for position, (heading, chosen) in enumerate(zip(table.headings, mapped.columns, strict=True))
            if chosen != PERIOD and layout is not None
        ]
        offered = choices(layout) if layout else []
        periods = sum(chosen == PERIOD for chosen in mapped.columns)
        unmapped = sum(not column.chosen and bool(column.heading) for column in columns)
        shown = columns if unmapped or number == opened else ()
        choosable.append(
            TableChoice(
                number,
                table.title,
                len(table.rows) - has_units_row(table),
                mapped.layout,
                shown,
                offered,
                periods,
                unmapped,
            )
        )
    return choosable


def _sample(rows: Sequence[Sequence[Cell]], column: int) -> str:
    cells = (row[column] for row in rows[1:4] if column < len(row) and row[column] is not None)
    return ", ".join(str(cell)[:30] for cell in cells)


def _mend(found: Preview, finding: Finding) -> Mend:
    place = finding.place
    can = place is not None and place.row >= 0 and place.column >= 0
    field = f"cell-{place.table}-{place.row}-{place.column}" if place is not None and can else ""
    value = finding.value
    if place is not None and field:
        row = found.tables[place.table].rows[place.row]
        stored = row[place.column] if place.column < len(row) else None
        value = stored if stored is not None else value
    return Mend(finding.where, "" if value is None else str(value), finding.allowed, field)


def _report_page(request: Request, session: Session, draft: ImportDraft) -> Response:
    slug = draft.report["project"]
    there = (Project.slug == slug, Project.deleted_at.is_(None), Scenario.deleted_at.is_(None))
    statement = select(Scenario).join(Scenario.project).where(*there).order_by(Scenario.name)
    scenarios = [_imported(session, scenario) for scenario in session.scalars(statement)]
    crumbs = (Crumb("Import", request.app.url_path_for("imports")), Crumb(draft.filename))
    return page(request, "exchange/report.html", ReportPage(draft, scenarios), crumbs=crumbs)


def _imported(session: Session, scenario: Scenario) -> ImportedScenario:
    try:
        valuation = evaluate_scenario(session, scenario.id)
    except InvalidInput as error:
        first = error.problems[0]
        return ImportedScenario(scenario.slug, scenario.name, (), f"{first.field}: {first.allowed}")
    wanted = [kpi for kpi in valuation.kpis if kpi.key in SHOWN]
    return ImportedScenario(scenario.slug, scenario.name, figures(wanted, valuation.currency), "")
