"""The start page: what is due, what the projects are worth and what has been run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.features.dashboard.queries import Counts, RunRow, base_scenarios, counts, latest_runs
from app.features.dashboard.reminders import Reminder, reminders
from app.models import Scenario
from app.planning.comments.mentions import MentionRow, list_mentions
from app.valuation.kept import Value, kept_values
from app.web.access import PersonDep
from app.web.deps import SessionDep
from app.web.figures import Figure, figures
from app.web.navigation import Crumb
from app.web.templating import page

router = APIRouter(include_in_schema=False)
MOST_CARDS = 12
MOST_RUNS = 10
MOST_REMINDERS = 10
MOST_MENTIONS = 3


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
    mentions: Sequence[MentionRow]


@router.get("/", name="dashboard")
def show(request: Request, session: SessionDep, person: PersonDep) -> Response:
    """Show what calls whoever asks, what is due, the projects changed last and the latest runs."""
    scenarios = base_scenarios(session, MOST_CARDS)
    values = kept_values(session, [scenario.id for scenario in scenarios], most=MOST_CARDS)
    cards = [_card(scenario, values[scenario.id]) for scenario in scenarios]
    unread = (
        list_mentions(session, person.user_id, unread=True, limit=MOST_MENTIONS) if person.mentions else ()
    )
    due = reminders(session)
    shown, more = due[:MOST_REMINDERS], max(len(due) - MOST_REMINDERS, 0)
    data = Dashboard(counts(session), shown, more, cards, latest_runs(session, MOST_RUNS), unread)
    return page(request, "dashboard/show.html", data, crumbs=(Crumb("Dashboard"),))


def _card(scenario: Scenario, value: Value) -> Card:
    project = scenario.project
    return Card(
        project_slug=project.slug,
        project=project.name,
        commodity=project.commodity,
        country=project.country,
        scenario_slug=scenario.slug,
        scenario=scenario.name,
        figures=figures(value.kpis, project.currency),
        ties_out=value.ties_out,
    )
