"""The matrix of correlations in the browser: checked, brought to the nearest one that can be, saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.engine.simulation.consistency import Consistency, Pair
from app.errors import InvalidInput
from app.features.parameters import correlating
from app.features.parameters.queries import ParameterRow
from app.models import Scenario
from app.planning.choices import choice_in_words
from app.planning.edit import save as save_changes
from app.planning.history import Because
from app.valuation.load import load_scenario
from app.web.deps import FormDep, SessionDep
from app.web.flash import redirect
from app.web.formatting import plain
from app.web.forms import Form
from app.web.lookups import EditorDep, ScenarioDep, is_editable
from app.web.navigation import Crumb
from app.web.templating import page
from app.web.workspace import Workspace, workspace

router = APIRouter(
    prefix="/projects/{project_slug}/scenarios/{scenario_slug}/correlations", include_in_schema=False
)


@dataclass(frozen=True, slots=True)
class Moved:
    """A correlation that the nearest matrix has otherwise: by its parameters' labels."""

    first: str
    second: str
    wanted: float
    nearest: float


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """The matrix as a form; found: None while a figure in it cannot be read."""

    workspace: Workspace
    rows: Sequence[ParameterRow]
    form: Form
    copula: str
    editable: bool
    found: Consistency | None
    moved: Sequence[Moved]


@router.get("", name="correlations")
def show(request: Request, session: SessionDep, scenario: ScenarioDep) -> Response:
    """Show the matrix that is stored, and whether it can hold together."""
    full = load_scenario(session, scenario.id)
    held = correlating.stored(full, correlating.pairs_of(correlating.rows_of(full)))
    form = Form.of()
    for pair, row in held.items():
        form.put(_field(pair), [plain(row.rho)])
        form.put(_field(pair, "version"), [str(row.version)])
    return _page(request, full, form, {pair: row.rho for pair, row in held.items()})


@router.post("")
def change(request: Request, session: SessionDep, scenario: EditorDep, form: FormDep) -> Response:
    """Check the matrix, fill in the nearest one that can be, or save it."""
    full = load_scenario(session, scenario.id)
    pairs = correlating.pairs_of(correlating.rows_of(full))
    wanted = {pair: form.number(_field(pair), required=False, least=-1, most=1) or 0.0 for pair in pairs}
    act = form.one_of("act", ("check", "nearest", "save"))
    if form.problems:
        return _page(request, full, form, None, status=422)
    if act == "save":
        return _save(request, session, scenario, full, form, wanted)
    if act == "nearest":
        found = correlating.checked(full, correlating.rows_of(full), wanted)
        if found.repair.repaired:
            wanted = correlating.nearest(found, pairs)
        for pair in pairs:
            form.put(_field(pair), [plain(wanted[pair]) if pair in wanted else ""])
    return _page(request, full, form, wanted)


def _save(
    request: Request,
    session: Session,
    scenario: Scenario,
    full: Scenario,
    form: Form,
    wanted: dict[Pair, float],
) -> Response:
    held = correlating.stored(full, list(wanted))
    versions = {pair: form.integer(name) for pair in held if form[name := _field(pair, "version")]}
    changes = list(correlating.changes(held, versions, wanted))
    try:
        form.refuse_if_wrong()
        if changes:
            save_changes(session, scenario, changes, Because("Correlations"))
    except InvalidInput as error:
        form.adopt(error)
        return _page(request, full, form, wanted, status=422)
    names = {"project_slug": scenario.project.slug, "scenario_slug": scenario.slug}
    words = "Correlations saved." if changes else "Nothing was changed."
    return redirect(request, request.app.url_path_for("correlations", **names), words)


def _field(pair: Pair, what: str = "rho") -> str:
    return f"{what}.{pair[0]}.{pair[1]}"


def _page(
    request: Request, scenario: Scenario, form: Form, wanted: dict[Pair, float] | None, status: int = 200
) -> Response:
    rows = correlating.rows_of(scenario)
    found = None if wanted is None else correlating.checked(scenario, rows, wanted)
    labels = {row.name: row.label for row in rows}
    moved = []
    if found is not None and found.repair.repaired and wanted is not None:
        near = correlating.nearest(found, correlating.pairs_of(rows))
        moved = [
            Moved(
                labels[first],
                labels[second],
                wanted.get((first, second), 0.0),
                near.get((first, second), 0.0),
            )
            for first, second in correlating.pairs_of(rows)
            if wanted.get((first, second), 0.0) != near.get((first, second), 0.0)
        ]
    space = workspace(request, scenario, "parameters", Crumb("Correlations"))
    data = MatrixPage(
        space, rows, form, choice_in_words(scenario.copula), is_editable(scenario), found, moved
    )
    return page(request, "parameters/correlations.html", data, crumbs=space.crumbs, status=status)
