"""The form of one row in the browser, and what its unsaved values would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput, NotFound, Problem
from app.features.parts.api import ChangesBody, changes_of
from app.features.parts.pages import TAB_TEXTS
from app.models import Scenario
from app.planning import forms
from app.planning.comments.places import Place, counts, line_of
from app.planning.edit import RowChange, save
from app.planning.effect import EffectPanel, panel_of, stored_panel
from app.planning.history import Because
from app.planning.offered import Offered, offer_units, offered
from app.planning.parts import NEW, Field, Kind, Part, find_part
from app.planning.what_if import what_if
from app.valuation.load import load_scenario
from app.web.deps import FormDep, SessionDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import EditorDep, ScenarioDep, is_editable
from app.web.navigation import Crumb
from app.web.templating import fragment, page
from app.web.workspace import Workspace, workspace

router = APIRouter(prefix="/projects/{project_slug}/scenarios/{scenario_slug}", include_in_schema=False)
RowKey = Annotated[str, Path(pattern=r"^(only|new|[0-9]{1,19})$")]


@dataclass(frozen=True, slots=True)
class RowPage:
    """The form of one row. key: `new` for one that is not stored yet. comments: how many are open on it.

    measured: it has quantities with units.
    """

    workspace: Workspace
    part: Part
    fields: Sequence[tuple[Field, Kind]]
    key: str
    name: str
    form: Form
    offered: Offered
    periods: int
    stored: EffectPanel
    editable: bool
    back: str
    comments: int
    measured: bool


@router.get("/parts/{part}/{key}", name="part_row")
def edit(request: Request, session: SessionDep, scenario: ScenarioDep, part: str, key: RowKey) -> Response:
    """Show the form of one row, or of a new one."""
    found, full = find_part(part), load_scenario(session, scenario.id)
    return _row_page(request, session, full, found, key, None)


@router.post("/parts/{part}/{key}")
def store(
    request: Request, session: SessionDep, scenario: EditorDep, part: str, key: RowKey, form: FormDep
) -> Response:
    """Save the row as a revision, or show the form again with what was typed and what is wrong with it."""
    found = find_part(part)
    note = form.text("why", required=False, longest=2000)
    try:
        change = _change(found, key, form, scenario.project.currency)
        form.refuse_if_wrong()
        (touched,) = save(session, scenario, [change], Because(note=note))
    except InvalidInput as error:
        form.adopt(InvalidInput([_at_its_field(problem) for problem in error.problems]))
        full = load_scenario(session, scenario.id)
        return _row_page(request, session, full, found, key, form, status=422)
    name = found.name_of(touched.row) if touched.row is not None else found.singular
    to = request.url.path if key == NEW and form.flag("another") else _back(request, scenario, found)
    return redirect(request, to, f"{name} saved.")


@router.post("/parts/{part}/{key}/delete", name="delete_row")
def delete(
    request: Request, session: SessionDep, scenario: EditorDep, part: str, key: RowKey, form: FormDep
) -> Response:
    """Delete a row; the tab offers to undo it."""
    found = find_part(part)
    change = RowChange(found.key, key, form.version(), remove=True)
    form.refuse_if_wrong()
    name = line_of(session, scenario.id, found, key)
    try:
        save(session, scenario, [change], Because(f"{found.title} › {name} deleted"))
    except InvalidInput as error:
        form.adopt(InvalidInput([_at_its_field(problem) for problem in error.problems]))
        full = load_scenario(session, scenario.id)
        return _row_page(request, session, full, found, key, form, status=422, stored=True)
    return redirect(request, _back(request, scenario, found), f"{name} deleted. Undo brings it back.")


@router.post("/parts/{part}/{key}/what-if", name="row_what_if")
def ask_row(
    request: Request, session: SessionDep, scenario: ScenarioDep, part: str, key: RowKey, form: FormDep
) -> Response:
    """Show what the values of the form would do."""
    found = find_part(part)
    change = replace(_change(found, key, form, scenario.project.currency), version=None)
    if form.problems:
        return _panel(request, EffectPanel((), form.problems, changed=True))
    return _asked(request, session, scenario, [change])


@router.get("/what-if", name="what_if")
def show_stored(request: Request, session: SessionDep, scenario: ScenarioDep) -> Response:
    """Show the indicators as stored."""
    return _panel(request, stored_panel(session, scenario.id))


@router.post("/what-if")
def ask(request: Request, session: SessionDep, scenario: ScenarioDep, body: ChangesBody) -> Response:
    """Show what changes in the grid would do."""
    return _asked(request, session, scenario, changes_of(body))


def _asked(request: Request, session: Session, scenario: Scenario, changes: Sequence[RowChange]) -> Response:
    try:
        return _panel(request, panel_of(what_if(session, scenario.id, changes)))
    except InvalidInput as error:
        return _panel(
            request, EffectPanel((), [_at_its_field(each) for each in error.problems], changed=True)
        )


def _panel(request: Request, panel: EffectPanel) -> Response:
    return fragment(request, "_effect.html", panel)


def _change(part: Part, key: str, form: Form, home: str) -> RowChange:
    values = forms.in_own_money(part, forms.read(part, form), home)
    if key == NEW:
        return RowChange(part.key, values=values)
    kept = {name: value for name, value in values.items() if not _is_fixed(part, name)}
    return RowChange(part.key, key, form.version(), kept)


def _is_fixed(part: Part, name: str) -> bool:
    field = part.field(name)
    return field is not None and field.fixed


def _at_its_field(problem: Problem) -> Problem:
    """The domain says `changes[0].rate`; the form has one row and says `rate`."""
    return replace(problem, field=problem.field.partition("].")[2] or problem.field)


def _row_page(
    request: Request,
    session: Session,
    scenario: Scenario,
    part: Part,
    key: str,
    form: Form | None,
    status: int = 200,
    stored: bool = False,
) -> Response:
    row = next((each for each in part.rows(scenario) if part.key_of(each) == key), None)
    if row is None and key != NEW:
        raise NotFound(part.singular, key)
    lists = offered(session, scenario)
    name = part.name_of(row) if row is not None else f"New {part.singular}"
    if form is None or (stored and row is not None):
        shown = forms.fill(part, row) if row is not None else _empty(part, request)
        offer_units(part, shown)
        shown.problems.extend(form.problems if form else ())
        form = shown
    space = workspace(request, scenario, part.tab, Crumb(name))
    data = RowPage(
        space,
        part,
        [(field, part.kind(field.name)) for field in part.fields],
        key,
        name,
        form,
        lists,
        scenario.period_count,
        stored_panel(session, scenario.id, scenario),
        is_editable(scenario),
        _back(request, scenario, part),
        counts(session, scenario.id, [part.key]).get(Place(part.key, name), 0),
        any(part.kind(field.name) is Kind.QUANTITY for field in part.fields),
    )
    return page(request, "parts/row.html", data, crumbs=space.crumbs, status=status)


def _empty(part: Part, request: Request) -> Form:
    """Return the form of a new row: usual values, and what the address fills in, such as `?source=Pit`."""
    filled: dict[str, object] = {}
    for field in part.fields:
        if part.kind(field.name) not in {Kind.QUANTITY, Kind.ROW, Kind.SINGLE, Kind.NAMES}:
            default = part.column(field.name).default
            filled[field.name] = (
                getattr(default, "arg", "") if default is not None and default.is_scalar else ""
            )
        if field.refers and field.name in request.query_params:
            filled[field.name] = request.query_params[field.name]
    return Form.of(version=1, **filled)


def _back(request: Request, scenario: Scenario, part: Part) -> str:
    names = {"project_slug": scenario.project.slug, "scenario_slug": scenario.slug}
    route = part.tab if part.tab in TAB_TEXTS else "parameters"
    return str(request.app.url_path_for(route, **names))
