"""Parameters in the browser: the list, and the form that marks one uncertain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.engine.kinds import DistributionFamily, Draw, Effect
from app.engine.simulation.distributions import DISTRIBUTIONS, Family
from app.engine.simulation.parameters import Parameter as Number
from app.errors import InvalidInput, Problem
from app.features.parameters import edit as editing, forms
from app.features.parameters.queries import ParameterRow, parameters_of, row_of
from app.models import Parameter, Scenario
from app.web.deps import FormDep, SessionDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import EditorDep, ParameterDep, ScenarioDep, is_editable
from app.web.navigation import Crumb
from app.web.templating import page
from app.web.workspace import Workspace, workspace

router = APIRouter(
    prefix="/projects/{project_slug}/scenarios/{scenario_slug}/parameters", include_in_schema=False
)

EFFECTS = {
    Effect.REPLACE: "replaces the value",
    Effect.MULTIPLY: "multiplies the value, as a factor",
    Effect.ADD: "is added to the value",
}
DRAWS = {Draw.TRIAL: "once per trial, for all periods", Draw.PERIOD: "anew in every period"}


@dataclass(frozen=True, slots=True)
class ParameterList:
    """The list page."""

    workspace: Workspace
    rows: Sequence[ParameterRow]
    uncertain: int
    editable: bool


@dataclass(frozen=True, slots=True)
class EditParameter:
    """The form page. families: key, registry entry and its (field, number) pairs."""

    workspace: Workspace
    parameter: ParameterRow
    periods: int
    form: Form
    editable: bool
    families: Sequence[tuple[str, Family, Sequence[tuple[str, Number]]]]
    choices: Sequence[tuple[str, str]]
    effects: dict[Effect, str]
    draws: dict[Draw, str]


@router.get("", name="parameters")
def index(request: Request, session: SessionDep, scenario: ScenarioDep) -> Response:
    """Show every named driver of the scenario."""
    rows = [row_of(parameter) for parameter in parameters_of(session, scenario.id)]
    space = workspace(request, scenario, "parameters")
    uncertain = sum(row.uncertainty is not None for row in rows)
    data = ParameterList(space, rows, uncertain, is_editable(scenario))
    return page(request, "parameters/list.html", data, crumbs=space.crumbs)


@router.get("/{name}", name="parameter")
def edit(request: Request, scenario: ScenarioDep, parameter: ParameterDep) -> Response:
    """Show the form of one driver."""
    return _form_page(request, scenario, parameter, forms.fill(editing.state(parameter)))


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
        return _form_page(request, scenario, parameter, form, status=422)
    to = request.app.url_path_for(
        "parameters", project_slug=scenario.project.slug, scenario_slug=scenario.slug
    )
    return redirect(request, to, f"{label} saved.")


def _at_its_field(problem: Problem, wanted: editing.ParameterEdit) -> Problem:
    """The domain says `distribution.max`; the form has one field for each family's max."""
    name = problem.field.partition("[")[0]
    if wanted.uncertainty is None or not name.startswith("distribution."):
        return problem
    return replace(problem, field=f"{wanted.uncertainty.family.value}.{name.removeprefix('distribution.')}")


def _form_page(
    request: Request, scenario: Scenario, parameter: Parameter, form: Form, status: int = 200
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
    data = EditParameter(space, row, scenario.period_count, form, editable, families, choices, EFFECTS, DRAWS)
    return page(request, "parameters/edit.html", data, crumbs=space.crumbs, status=status)
