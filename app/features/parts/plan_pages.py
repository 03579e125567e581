"""A production schedule generated in the browser: asked for, looked at with its effect, written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput, Problem
from app.features.parts.plan_forms import (
    GRADES,
    TONNES,
    MetalFields,
    fill_asked,
    known_metals,
    metal_fields,
    metal_indices,
    read_asked,
)
from app.features.parts.plan_shown import ShownPlan, planned, shown_plan, write_plan
from app.planning.effect import EffectPanel, panel_of, stored_panel
from app.planning.generate import HIDING, generate
from app.planning.history import latest_number
from app.planning.what_if import what_if
from app.valuation.inputs.terms import timeline
from app.valuation.load import load_scenario
from app.web.deps import FormDep, SessionDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import EditorDep, ScenarioDep, is_editable
from app.web.navigation import Crumb
from app.web.templating import fragment, page
from app.web.workspace import Workspace, workspace

router = APIRouter(
    prefix="/projects/{project_slug}/scenarios/{scenario_slug}/production", include_in_schema=False
)
TITLE = "Generate production"


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The form, and the schedule that it leads to where one was asked for.

    offered: units and names to choose from. hiding: entered rows that stand in place of derived physicals.
    """

    workspace: Workspace
    form: Form
    metals: Sequence[MetalFields]
    sources: Sequence[str]
    processes: Sequence[str]
    known_metals: Sequence[str]
    tonnes: Sequence[tuple[str, str]]
    grades: Sequence[tuple[str, str]]
    periods: Sequence[tuple[int, str]]
    hiding: Sequence[str]
    plan: ShownPlan | None
    stored: EffectPanel
    editable: bool


@router.get("/generate", name="generate_production")
def show(request: Request, session: SessionDep, scenario: ScenarioDep) -> Response:
    """Show the form, filled from the rows that there are."""
    return _page(request, session, scenario.id, None, None)


@router.post("/generate")
def ask(request: Request, session: SessionDep, scenario: EditorDep, form: FormDep) -> Response:
    """Show the schedule and what it would do, or write it; the form comes back with what is wrong in it."""
    asked = read_asked(form)
    seen = form.integer("revision", least=0)
    note = form.text("why", required=False, longest=2000)
    identifier = scenario.id
    try:
        form.refuse_if_wrong()
        if form["act"] == "write":
            write_plan(session, scenario, asked, seen, note)
            names = {"project_slug": scenario.project.slug, "scenario_slug": scenario.slug}
            there = str(request.app.url_path_for("production", **names))
            return redirect(request, there, f"Schedule of {asked.source} written.")
        plan = shown_plan(*planned(session, identifier, asked))
    except InvalidInput as error:
        form.adopt(InvalidInput(at_fields(error.problems, form)))
        return _page(request, session, identifier, form, None, status=422)
    return _page(request, session, identifier, form, plan)


@router.post("/generate/what-if", name="generate_what_if")
def effect(request: Request, session: SessionDep, scenario: ScenarioDep, form: FormDep) -> Response:
    """Show what the schedule of the form would do."""
    asked = read_asked(form)
    try:
        form.refuse_if_wrong()
        full = load_scenario(session, scenario.id)
        made = generate(full, asked)
        panel = panel_of(what_if(session, scenario.id, made.changes, full))
    except InvalidInput as error:
        problems = (*form.problems, *at_fields(error.problems, form))
        panel = EffectPanel((), problems, changed=True)
    return fragment(request, "_effect.html", panel)


def at_fields(problems: Sequence[Problem], form: Form) -> list[Problem]:
    """Return problems beside the fields of the form: of a metal at its row, of a changed row at the top."""
    rows = {form[f"metal.{index}"].strip(): index for index in metal_indices(form)}
    found = []
    for problem in problems:
        start, _, name = problem.field.partition(".")
        if start in {"grade", "recovery"} and name in rows:
            found.append(replace(problem, field=f"{start}.{rows[name]}"))
        elif start.startswith("phases["):
            number = int(start.partition("[")[2].partition("]")[0]) + 1
            found.append(
                replace(problem, field="phases", allowed=f"line {number}, {name}: {problem.allowed}")
            )
        elif start.startswith("changes["):
            found.append(replace(problem, field="source", allowed=f"{name}: {problem.allowed}"))
        else:
            found.append(problem)
    return found


def _page(
    request: Request,
    session: Session,
    scenario_id: int,
    form: Form | None,
    plan: ShownPlan | None,
    status: int = 200,
) -> Response:
    scenario = load_scenario(session, scenario_id)
    newest = str(latest_number(session, scenario_id))
    shown = form or fill_asked(scenario)
    if form is None or plan is not None:
        shown.put("revision", [newest])
    space = workspace(request, scenario, "production", Crumb(TITLE))
    data = PlanPage(
        space,
        shown,
        metal_fields(scenario, shown),
        [row.name for row in scenario.sources],
        [row.name for row in scenario.processes],
        known_metals(scenario),
        [(unit, unit) for unit in TONNES],
        [(unit, unit) for unit in GRADES],
        list(enumerate(timeline(scenario).labels)),
        [row.line for row in scenario.entered_rows if row.line.startswith(HIDING)],
        plan,
        plan.effect if plan else stored_panel(session, scenario.id, scenario),
        is_editable(scenario),
    )
    return page(request, "parts/generate.html", data, crumbs=space.crumbs, status=status)
