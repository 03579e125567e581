"""The start page: what is due, what the projects are worth and what has been run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput
from app.features.dashboard.queries import Counts, RunRow, base_scenarios, counts, latest_runs
from app.features.dashboard.reminders import Reminder, reminders
from app.models import Scenario
from app.valuation.evaluate import evaluate_scenario
from app.web.deps import SessionDep
from app.web.figures import Figure, figures
from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(include_in_schema=False)
MOST_CARDS = 12
MOST_RUNS = 10
MOST_REMINDERS = 10
SHOWN = ("npv_after_tax", "npv_pre_tax", "irr_after_tax", "payback")


@dataclass(frozen=True, slots=True)
class Card:
    """One project with the value of its base scenario; no figures where it has none."""

    project_slug: str
    project: str
    commodity: str
    country: str
    scenario_slug: str
    scenario: str
    figures: Sequence[Figure]
    ties_out: bool


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The page."""

    counts: Counts
    reminders: Sequence[Reminder]
    more_reminders: int
    cards: Sequence[Card]
    runs: Sequence[RunRow]


@router.get("/", name="dashboard")
def show(request: Request, session: SessionDep) -> Response:
    """Show what is due, the projects changed last and the latest runs."""
    cards = [_card(session, scenario) for scenario in base_scenarios(session, MOST_CARDS)]
    due = reminders(session)
    shown, more = due[:MOST_REMINDERS], max(len(due) - MOST_REMINDERS, 0)
    data = Dashboard(counts(session), shown, more, cards, latest_runs(session, MOST_RUNS))
    return page(request, "dashboard/show.html", data, crumbs=(Crumb("Dashboard"),))


def _card(session: Session, scenario: Scenario) -> Card:
    project = scenario.project
    shown: Sequence[Figure] = ()
    ties_out = True
    try:
        valuation = evaluate_scenario(session, scenario.id)
    except InvalidInput:
        shown = ()
    else:
        wanted = [kpi for kpi in valuation.kpis if kpi.key in SHOWN]
        shown, ties_out = figures(wanted, valuation.currency), not valuation.problems
    return Card(
        project_slug=project.slug,
        project=project.name,
        commodity=project.commodity,
        country=project.country,
        scenario_slug=scenario.slug,
        scenario=scenario.name,
        figures=shown,
        ties_out=ties_out,
    )
