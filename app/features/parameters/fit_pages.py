"""A history pasted in the browser, the distributions that fit it, and one of them adopted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput
from app.features.parameters import edit as editing, forms
from app.features.parameters.fitting import Fitted, fitted, quantile_chart, words
from app.features.parameters.histories import observations
from app.features.parameters.queries import ParameterRow, row_of
from app.models import Parameter, Scenario
from app.web.charts import LineChart
from app.web.deps import FormDep
from app.web.forms import Form
from app.web.lookups import ParameterDep, ScenarioDep, is_editable
from app.web.measures import in_currency
from app.web.navigation import Crumb
from app.web.templating import page
from app.web.workspace import Workspace, workspace

router = APIRouter(
    prefix="/projects/{project_slug}/scenarios/{scenario_slug}/parameters", include_in_schema=False
)
HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One fit as its line: its numbers in words, and the fields that adopt it."""

    fitted: Fitted
    numbers: str
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FitPage:
    """The page: the form, and after it was sent the fits."""

    workspace: Workspace
    parameter: ParameterRow
    form: Form
    editable: bool
    candidates: Sequence[Candidate]
    chart: LineChart | None


@router.get("/{name}/fit", name="parameter_fit")
def ask(request: Request, scenario: ScenarioDep, parameter: ParameterDep) -> Response:
    """Show the form for a history."""
    return _page(request, scenario, parameter, Form.of(history=""))


@router.post("/{name}/fit")
def show(request: Request, scenario: ScenarioDep, parameter: ParameterDep, form: FormDep) -> Response:
    """Show what fits the history; nothing is stored until one of them is adopted."""
    typed = form[HISTORY]
    form.put(HISTORY, [observations(typed)])
    values = form.row(HISTORY, "the observations, one after the other")
    form.put(HISTORY, [typed])
    try:
        form.refuse_if_wrong()
        found = fitted(values)
    except InvalidInput as error:
        form.adopt(InvalidInput([replace(problem, field=HISTORY) for problem in error.problems]))
        return _page(request, scenario, parameter, form, status=422)
    return _page(request, scenario, parameter, form, values, found)


def _page(
    request: Request,
    scenario: Scenario,
    parameter: Parameter,
    form: Form,
    values: Sequence[float] = (),
    found: Sequence[Fitted] = (),
    status: int = 200,
) -> Response:
    row = row_of(parameter)
    path = request.app.url_path_for(
        "parameter", project_slug=scenario.project.slug, scenario_slug=scenario.slug, name=parameter.name
    )
    space = workspace(request, scenario, "parameters", Crumb(row.label, str(path)), Crumb("Fit to a history"))
    data = FitPage(
        space,
        row,
        form,
        is_editable(scenario),
        [_candidate(parameter, each) for each in found],
        quantile_chart(values, found, in_currency(row.unit, scenario.project.currency)) if found else None,
    )
    return page(request, "parameters/fit.html", data, crumbs=space.crumbs, status=status)


def _candidate(parameter: Parameter, found: Fitted) -> Candidate:
    """Return a fit with the form that the parameter's own page would send to adopt it."""
    wanted = replace(editing.state(parameter), uncertainty=found.uncertainty)
    form = forms.fill(wanted)
    labels = words(found.fit.family)
    numbers = ", ".join(f"{labels[name]} {value:.6g}" for name, value in found.fit.parameters.items())
    names = [
        "values",
        "note",
        "family",
        "effect",
        "draw",
        "version",
        *(f"{found.fit.family.value}.{name}" for name in found.fit.parameters),
    ]
    return Candidate(found, numbers, [(name, form[name]) for name in names])
