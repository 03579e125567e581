"""Scenarios of a project in the browser: a new one, its name and note, the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.engine.kinds import PeriodLength
from app.errors import InvalidInput
from app.features.projects import scenario_edit
from app.models import Project, Scenario
from app.planning.shared.defaults import stored_defaults
from app.valuation.units import measure
from app.web.deps import FormDep, SessionDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import EditorDep, ProjectDep
from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(prefix="/projects/{project_slug}", include_in_schema=False)
LENGTHS = tuple((length.value, length.value.capitalize()) for length in PeriodLength)


@dataclass(frozen=True, slots=True)
class ScenarioForm:
    """The form of a scenario; `slug` is empty for a new one."""

    form: Form
    project: Project
    slug: str
    lengths: Sequence[tuple[str, str]]


@router.get("/new-scenario", name="new_scenario")
def new(request: Request, session: SessionDep, project: ProjectDep) -> Response:
    """Show a form with the defaults of the settings."""
    scenario_edit.refuse_archived(project)
    usual = stored_defaults(session)
    rate = measure(usual.discount_rate.unit).to_base(usual.discount_rate.value) * 100
    first = datetime.now(UTC).date().replace(month=1, day=1)
    form = Form.of(start=first, length=usual.length, count=usual.count, discount_rate=float(f"{rate:.12g}"))
    return _form_page(request, project, form)


@router.post("/new-scenario")
def create(request: Request, session: SessionDep, project: ProjectDep, form: FormDep) -> Response:
    """Add a scenario, or show the form again with what is wrong."""
    wanted = scenario_edit.NewScenario(
        form.text("name", longest=200),
        form.day("start"),
        form.choice("length", PeriodLength),
        form.integer("count", least=1, most=scenario_edit.MOST_PERIODS),
        form.number("discount_rate", least=0, most=100, unit="%", divide_by=100),
        form.text("note", required=False, longest=4000),
    )
    try:
        form.refuse_if_wrong()
        made = scenario_edit.create(session, project, wanted)
    except InvalidInput as error:
        form.adopt(error)
        return _form_page(request, project, form, status=422)
    names = {"project_slug": project.slug, "scenario_slug": made.slug}
    return redirect(request, request.app.url_path_for("production", **names), f"{made.name} created.")


@router.get("/scenarios/{scenario_slug}/edit", name="edit_scenario")
def edit(request: Request, scenario: EditorDep) -> Response:
    """Show the form of a scenario's name and note."""
    form = Form.of(name=scenario.name, note=scenario.note, version=scenario.version)
    return _form_page(request, scenario.project, form, scenario)


@router.post("/scenarios/{scenario_slug}/edit")
def save(request: Request, session: SessionDep, scenario: EditorDep, form: FormDep) -> Response:
    """Store name and note, or show the form again with what is wrong."""
    name = form.text("name", longest=200)
    note = form.text("note", required=False, longest=4000)
    version = form.version()
    try:
        form.refuse_if_wrong()
        scenario_edit.rename(session, scenario, name, note, version)
    except InvalidInput as error:
        form.adopt(error)
        return _form_page(request, scenario.project, form, scenario, status=422)
    to = request.app.url_path_for("project", project_slug=scenario.project.slug)
    return redirect(request, to, f"{scenario.name} saved.")


@router.post("/scenarios/{scenario_slug}/base", name="make_base")
def make_base(request: Request, session: SessionDep, scenario: EditorDep, form: FormDep) -> Response:
    """Make a scenario the base of its project."""
    form.refuse_if_wrong()
    scenario_edit.set_base(session, scenario.project, scenario)
    to = request.app.url_path_for("project", project_slug=scenario.project.slug)
    return redirect(request, to, f"{scenario.name} is now the base scenario.")


def _form_page(
    request: Request, project: Project, form: Form, scenario: Scenario | None = None, status: int = 200
) -> Response:
    path = request.app.url_path_for
    crumbs = (
        Crumb("Projects", path("projects")),
        Crumb(project.name, path("project", project_slug=project.slug)),
        Crumb(scenario.name if scenario else "New scenario"),
    )
    data = ScenarioForm(form, project, scenario.slug if scenario else "", LENGTHS)
    return page(request, "projects/scenario.html", data, crumbs=crumbs, status=status)
