"""Parameters in the browser: the list, and the form that marks one uncertain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.engine.kinds import DistributionFamily, Draw, Effect
from app.engine.simulation.distributions import DISTRIBUTIONS, Family
from app.engine.simulation.parameters import Parameter as Number
from app.errors import InvalidInput, Problem
from app.features.parameters import edit as editing, forms
from app.features.parameters.density import Density, density
from app.features.parameters.queries import ParameterRow, parameters_of, row_of
from app.models import Parameter, Scenario
from app.planning.comments.places import Place, counts
from app.planning.edit import RowChange
from app.planning.effect import EffectPanel, panel_of, stored_panel
from app.planning.what_if import what_if
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import EditorDep, ParameterDep, ScenarioDep, is_editable
from app.web.measures import in_currency
from app.web.navigation import Crumb
from app.web.pagination import Pagination, paged
from app.web.templating import fragment, page
from app.web.workspace import Workspace, workspace

router = APIRouter(
    prefix="/projects/{project_slug}/scenarios/{scenario_slug}/parameters", include_in_schema=False
)

LIVE = "parameters/_live.html"
#: Key of the part that these are the rows of.
PART = "parameters"
EFFECTS = {
    Effect.REPLACE: "replaces the value",
    Effect.MULTIPLY: "multiplies the value, as a factor",
    Effect.ADD: "is added to the value",
}
DRAWS = {Draw.TRIAL: "once per trial, for all periods", Draw.PERIOD: "anew in every period"}


@dataclass(frozen=True, slots=True)
class ParameterList:
    """The list page. comments: how many are open on a parameter, by its name."""

    workspace: Workspace
    rows: Sequence[ParameterRow]
    pagination: Pagination
    uncertain: int
    editable: bool
    comments: dict[str, int]


@dataclass(frozen=True, slots=True)
class Live:
    """What the typed values would do to the indicators, and the density that they make; unit: of a draw."""

    panel: EffectPanel
    density: Density | None
    unit: str


@dataclass(frozen=True, slots=True)
class EditParameter:
    """The form page. labels: what messages call the fields. families: key, registry entry and its (field,
    number) pairs.

    stored: the indicators before anything is typed; comments: how many are open.
    """

    workspace: Workspace
    parameter: ParameterRow
    periods: int
    form: Form
    labels: Mapping[str, str]
    editable: bool
    families: Sequence[tuple[str, Family, Sequence[tuple[str, Number]]]]
    choices: Sequence[tuple[str, str]]
    effects: dict[Effect, str]
    draws: dict[Draw, str]
    stored: Live
    comments: int


@router.get("", name="parameters")
def index(request: Request, session: SessionDep, scenario: ScenarioDep, window: WindowDep) -> Response:
    """Show the named drivers of the scenario."""
    found = parameters_of(session, scenario.id)
    shown, pagination = paged(found, window, request.url.path)
    space = workspace(request, scenario, "parameters")
    uncertain = sum(editing.state(parameter).uncertainty is not None for parameter in found)
    comments = {place.line: count for place, count in counts(session, scenario.id, [PART]).items()}
    data = ParameterList(space, [*map(row_of, shown)], pagination, uncertain, is_editable(scenario), comments)
    return page(request, "parameters/list.html", data, crumbs=space.crumbs)


@router.get("/{name}", name="parameter")
def edit(request: Request, session: SessionDep, scenario: ScenarioDep, parameter: ParameterDep) -> Response:
    """Show the form of one driver."""
    return _form_page(request, session, scenario, parameter, forms.fill(editing.state(parameter)))


@router.post("/{name}")
def save(
    request: Request, session: SessionDep, scenario: EditorDep, parameter: ParameterDep, form: FormDep
) -> Response:
    """Store the edit, or show the form again with what was typed and what is wrong with it."""
    label = parameter.label or parameter.name
    wanted = forms.read(form)
    try:
        form.refuse_if_wrong()
        editing.save(session, scenario, parameter, wanted)
    except InvalidInput as error:
        form.adopt(InvalidInput([_at_its_field(problem, wanted) for problem in error.problems]))
        return _form_page(request, session, scenario, parameter, form, status=422)
    to = request.app.url_path_for(
        "parameters", project_slug=scenario.project.slug, scenario_slug=scenario.slug
    )
    return redirect(request, to, f"{label} saved.")


@router.post("/{name}/what-if", name="parameter_what_if")
def ask(
    request: Request, session: SessionDep, scenario: ScenarioDep, parameter: ParameterDep, form: FormDep
) -> Response:
    """Show what the values of the form would do to the indicators."""
    wanted, name = forms.read(form), parameter.label or parameter.name
    problems = [*form.problems, *editing.check(wanted, scenario.period_count)]
    if problems:
        called = forms.labels()
        located = [_at_its_field(problem, wanted) for problem in problems]
        problems = [replace(each, field=called.get(each.field, each.field)) for each in located]
        return fragment(request, LIVE, Live(EffectPanel((), problems, changed=True), None, ""))
    change, row = _change(parameter, wanted), row_of(parameter)
    panel = panel_of(what_if(session, scenario.id, [change]))
    named = [replace(problem, field=problem.field.partition("].")[2] or name) for problem in panel.problems]
    return fragment(request, LIVE, _live(replace(panel, problems=named), wanted.uncertainty, row, scenario))


def _live(
    panel: EffectPanel, uncertainty: editing.Uncertainty | None, row: ParameterRow, scenario: Scenario
) -> Live:
    if uncertainty is None:
        return Live(panel, None, "")
    factor = row.unit == "1" or uncertainty.effect is Effect.MULTIPLY
    unit = "" if factor else in_currency(row.unit, scenario.project.currency)
    return Live(panel, density(uncertainty), unit)


def _change(parameter: Parameter, wanted: editing.ParameterEdit) -> RowChange:
    """Return an edit as a change of the parameter's row: what a draw does is not part of the base case."""
    held, values = parameter.base, list(wanted.values)
    base: dict[str, object] = {"value": values if len(values) > 1 else values[0], "unit": held.unit}
    if held.driver is not None:
        base["driver"] = held.driver
    return RowChange(PART, str(parameter.id), values={"base": base})


def _at_its_field(problem: Problem, wanted: editing.ParameterEdit) -> Problem:
    """The domain says `distribution.max`; the form has one field for each family's max."""
    name = problem.field.partition("[")[0]
    if wanted.uncertainty is None or not name.startswith("distribution."):
        return problem
    return replace(problem, field=f"{wanted.uncertainty.family.value}.{name.removeprefix('distribution.')}")


def _form_page(
    request: Request,
    session: Session,
    scenario: Scenario,
    parameter: Parameter,
    form: Form,
    status: int = 200,
) -> Response:
    row = row_of(parameter)
    space = workspace(request, scenario, "parameters", Crumb(row.label))
    families = [
        (key.value, family, [(forms.field_of(key, number), number) for number in family.parameters])
        for key, family in DISTRIBUTIONS.items()
        if key is not DistributionFamily.FIXED
    ]
    choices = [(key, family.label) for key, family, _ in families]
    editable = is_editable(scenario)
    place = Place(PART, parameter.name)
    data = EditParameter(
        space,
        row,
        scenario.period_count,
        form,
        forms.labels(),
        editable,
        families,
        choices,
        EFFECTS,
        DRAWS,
        _live(stored_panel(session, scenario.id), row.uncertainty, row, scenario),
        counts(session, scenario.id, [PART]).get(place, 0),
    )
    return page(request, "parameters/edit.html", data, crumbs=space.crumbs, status=status)
