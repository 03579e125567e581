"""Fiscal presets in the browser: what there is, what one would do, and one applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput, Problem
from app.features.parts.preset_shown import Choices, TermRow, apply_preset, asked, term_rows
from app.models import Scenario
from app.planning.effect import EffectPanel
from app.planning.fiscal_terms import covered
from app.planning.history import latest_number
from app.planning.presets import Preset, find_preset, presets
from app.valuation.load import load_scenario
from app.web.deps import FormDep, SessionDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import EditorDep, ScenarioDep, is_editable
from app.web.navigation import Crumb
from app.web.templating import fragment, page
from app.web.workspace import Workspace, workspace

router = APIRouter(
    prefix="/projects/{project_slug}/scenarios/{scenario_slug}/fiscal/presets", include_in_schema=False
)
TITLE = "Fiscal presets"


@dataclass(frozen=True, slots=True)
class PresetsPage:
    """Every preset."""

    workspace: Workspace
    presets: Sequence[Preset]


@dataclass(frozen=True, slots=True)
class PresetPage:
    """One preset and what it would do here. covered: entered rows in place of derived fiscal lines."""

    workspace: Workspace
    preset: Preset
    rows: Sequence[TermRow]
    covered: Sequence[str]
    form: Form
    effect: EffectPanel
    levies: int
    editable: bool


@router.get("", name="fiscal_presets")
def index(request: Request, scenario: ScenarioDep) -> Response:
    """List the presets."""
    space = workspace(request, scenario, "fiscal", Crumb(TITLE))
    data = PresetsPage(space, list(presets().values()))
    return page(request, "parts/presets.html", data, crumbs=space.crumbs)


@router.get("/{key}", name="fiscal_preset")
def show(request: Request, session: SessionDep, scenario: ScenarioDep, key: str) -> Response:
    """Show a preset, where it was read, what it leaves out, and what it would do."""
    return _page(request, session, scenario.id, find_preset(key), None)


@router.post("/{key}")
def apply(request: Request, session: SessionDep, scenario: EditorDep, key: str, form: FormDep) -> Response:
    """Apply a preset as one revision, or show what stands in its way."""
    preset, choices = find_preset(key), _choices(form)
    seen = form.integer("revision", least=0)
    note = form.text("why", required=False, longest=2000)
    try:
        form.refuse_if_wrong()
        apply_preset(session, scenario, preset, choices, seen, note)
    except InvalidInput as error:
        form.adopt(InvalidInput([_as_text(problem) for problem in error.problems]))
        return _page(request, session, scenario.id, preset, form, status=422)
    names = {"project_slug": scenario.project.slug, "scenario_slug": scenario.slug}
    there = str(request.app.url_path_for("fiscal", **names))
    return redirect(request, there, f"{preset.name} applied. Every term can be edited here.")


@router.post("/{key}/what-if", name="preset_what_if")
def effect(request: Request, session: SessionDep, scenario: ScenarioDep, key: str, form: FormDep) -> Response:
    """Show what the preset would do with the choices of the form."""
    return fragment(request, "_effect.html", _effect(session, scenario.id, find_preset(key), form))


def _choices(form: Form) -> Choices:
    return Choices(form.flag("keep_levies"), form.flag("uncover"))


def _as_text(problem: Problem) -> Problem:
    """Problems of rows that nobody typed stand at the top of the form."""
    name = problem.field.partition("].")[2] or problem.field
    return Problem("preset", problem.value, f"{name}: {problem.allowed}")


def _effect(session: Session, scenario_id: int, preset: Preset, form: Form) -> EffectPanel:
    try:
        return asked(session, scenario_id, preset, _choices(form))[1]
    except InvalidInput as error:
        return EffectPanel((), [_as_text(problem) for problem in error.problems], changed=True)


def _page(
    request: Request,
    session: Session,
    scenario_id: int,
    preset: Preset,
    form: Form | None,
    status: int = 200,
) -> Response:
    shown = form or Form.of(revision=latest_number(session, scenario_id), why="")
    panel = _effect(session, scenario_id, preset, shown)
    scenario: Scenario = load_scenario(session, scenario_id)
    space = workspace(request, scenario, "fiscal", Crumb(preset.name))
    data = PresetPage(
        space,
        preset,
        term_rows(preset),
        covered(scenario),
        shown,
        panel,
        len(scenario.levies),
        is_editable(scenario),
    )
    return page(request, "parts/preset.html", data, crumbs=space.crumbs, status=status)
