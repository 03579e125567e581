"""What was entered in a scenario, in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.features.inputs.sections import Section, sections
from app.valuation.inputs.terms import timeline
from app.valuation.load import load_scenario
from app.web.deps import SessionDep
from app.web.lookups import ScenarioDep
from app.web.templating import page
from app.web.workspace import Workspace, workspace

router = APIRouter(
    prefix="/projects/{project_slug}/scenarios/{scenario_slug}/inputs", include_in_schema=False
)


@dataclass(frozen=True, slots=True)
class InputsPage:
    """Every section, and the name of each period."""

    workspace: Workspace
    periods: Sequence[str]
    sections: Sequence[Section]


@router.get("", name="inputs")
def show(request: Request, session: SessionDep, scenario: ScenarioDep) -> Response:
    """Show everything that the scenario's value depends on, as it was entered."""
    full = load_scenario(session, scenario.id)
    space = workspace(request, full, "inputs")
    data = InputsPage(space, timeline(full).labels, sections(full))
    return page(request, "inputs/show.html", data, crumbs=space.crumbs)
