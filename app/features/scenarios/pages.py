"""A scenario in the browser: its indicators, its annual cash flow, and the table that proves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput, Problem
from app.features.scenarios.statement import ShownSection, annual_chart, shown_sections
from app.planning.places import RowPlace, places_of
from app.valuation.evaluate import evaluate_scenario
from app.valuation.load import load_scenario
from app.web.charts import CashFlowChart
from app.web.deps import SessionDep
from app.web.figures import Figure, figures, headlines
from app.web.lookups import ScenarioDep
from app.web.templating import page
from app.web.tie_outs import Said, said
from app.web.workspace import Workspace, workspace

router = APIRouter(prefix="/projects/{project_slug}/scenarios/{scenario_slug}", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ScenarioPage:
    """The overview of a scenario that can be valued."""

    workspace: Workspace
    note: str
    source: str
    caveat: str
    headlines: Sequence[Figure]
    figures: Sequence[Figure]
    chart: CashFlowChart
    years: Sequence[str]
    sections: Sequence[ShownSection]
    tie_outs: Sequence[Said]
    warnings: Sequence[Said]


@dataclass(frozen=True, slots=True)
class UnvaluedPage:
    """The overview of a scenario whose inputs do not add up to a value yet; each problem with its row."""

    workspace: Workspace
    problems: Sequence[tuple[Problem, RowPlace | None]]


@router.get("", name="scenario")
def show(request: Request, session: SessionDep, scenario: ScenarioDep) -> Response:
    """Show what the scenario is worth as it stands."""
    space = workspace(request, scenario, "scenario")
    try:
        valuation = evaluate_scenario(session, scenario.id)
    except InvalidInput as error:
        data = UnvaluedPage(space, list(places_of(load_scenario(session, scenario.id), error.problems)))
        return page(request, "scenarios/unvalued.html", data, crumbs=space.crumbs)
    shown = figures(valuation.kpis, valuation.currency)
    convention = next(figure.convention for figure in shown if figure.key == "npv_after_tax")
    overview = ScenarioPage(
        space,
        scenario.note,
        scenario.project.source,
        scenario.project.source_caveat,
        headlines(shown),
        shown,
        annual_chart(valuation.statement, valuation.currency, f"Undiscounted; NPV is at {convention}"),
        valuation.statement.years,
        shown_sections(valuation.statement, valuation.currency),
        said(valuation.problems, space.tabs),
        said(valuation.warnings, space.tabs),
    )
    return page(request, "scenarios/show.html", overview, crumbs=space.crumbs)
