"""The parts of a scenario in the browser: a tab for each group of them, with its grid of periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import Conflict, InvalidInput
from app.features.parts.derived.shapes import Derived
from app.features.parts.derived.tabs import DERIVED, derive
from app.features.parts.shown import GridFoot, GridRow, ShownPart, feet, grid_rows, shown_part
from app.models import RevisionKind, Scenario
from app.planning.comments.places import counts
from app.planning.effect import EffectPanel, panel_as_stored
from app.planning.history import Because, find_revision, latest, list_revisions
from app.planning.parts import Part, find_part, parts_of
from app.planning.versions import restore
from app.valuation.evaluate import evaluate_scenario
from app.valuation.inputs.terms import timeline
from app.valuation.load import load_scenario
from app.web.deps import FormDep, SessionDep, WindowDep
from app.web.flash import redirect
from app.web.lookups import EditorDep, ScenarioDep, is_editable
from app.web.navigation import Crumb
from app.web.pagination import Window
from app.web.templating import page
from app.web.workspace import Workspace, workspace

router = APIRouter(prefix="/projects/{project_slug}/scenarios/{scenario_slug}", include_in_schema=False)

#: The rows that a tab shows of each part; the page of the part has the others.
FIRST = Window()
#: Each tab of parts, and what its head says.
TAB_TEXTS = {
    "terms": "The timeline, how flows are discounted, and what currencies are worth.",
    "production": "What is mined, what waits, what is processed, and what is recovered.",
    "products": "What is sold, and what the smelter or refiner keeps.",
    "costs": "What it costs to build, to run and to close.",
    "consumption": "What is used up, in its own unit and at its own price.",
    "equipment": "The fleet: hours, units, life and hourly cost.",
    "maintenance": "Planned work on the fleet, and what was really done.",
    "fiscal": "What the state, the royalty holder and the working capital take.",
}
#: What can be taken back with one press.
UNDOABLE = frozenset({RevisionKind.EDITED, RevisionKind.RESTORED})


@dataclass(frozen=True, slots=True)
class LastChange:
    """The newest revision, where it can be taken back."""

    number: int
    summary: str


@dataclass(frozen=True, slots=True)
class PartsPage:
    """One tab: its parts and their schedules. periods: a name for each."""

    workspace: Workspace
    title: str
    text: str
    parts: Sequence[ShownPart]
    periods: Sequence[str]
    grid: Sequence[GridRow]
    feet: Sequence[GridFoot]
    stored: EffectPanel
    derived: Derived
    editable: bool
    last: LastChange | None


def show(request: Request, session: SessionDep, scenario: ScenarioDep) -> Response:
    """Show the parts of the tab that the route is called after."""
    tab = request.scope["route"].name
    return parts_page(request, session, scenario, parts_of(tab), tab, TAB_TEXTS[tab])


for _name in TAB_TEXTS:
    router.add_api_route(f"/{_name}", show, methods=["GET"], name=_name)


@router.get("/parts/{part}", name="part")
def show_part(
    request: Request, session: SessionDep, scenario: ScenarioDep, part: str, window: WindowDep
) -> Response:
    """Show the rows of one part."""
    found = find_part(part)
    return parts_page(request, session, scenario, [found], found.tab, found.help, found.title, window)


@router.post("/undo", name="undo")
def undo(request: Request, session: SessionDep, scenario: EditorDep, form: FormDep) -> Response:
    """Take back the newest revision, as a new one, when it is still the newest."""
    number = form.integer("revision", least=2)
    form.refuse_if_wrong()
    newest = latest(session, scenario.id)
    if newest is None or newest.number != number:
        raise Conflict(
            "Somebody changed this scenario after what you want to undo.",
            theirs={"Newest revision": newest.number if newest else 0},
            yours={"Newest revision": number},
        )
    summary = f"Undone: {newest.summary}"
    restore(session, scenario, find_revision(session, scenario.id, number - 1), Because(summary))
    return redirect(request, _back(request, scenario, form["tab"]), f"{summary}.")


def parts_page(
    request: Request,
    session: Session,
    scenario: Scenario,
    parts: Sequence[Part],
    tab: str,
    text: str,
    title: str = "",
    window: Window = FIRST,
) -> Response:
    """Return a page of parts in a tab."""
    full = load_scenario(session, scenario.id)
    space = workspace(request, full, tab, *([Crumb(title)] if title else []))
    editable = is_editable(full)
    newest = next(iter(list_revisions(session, full.id, limit=1)), None) if editable else None
    last = None
    if newest is not None and newest.number > 1 and newest.kind in UNDOABLE:
        last = LastChange(newest.number, newest.summary)
    grid = grid_rows(parts, full)
    comments = counts(session, full.id, [part.key for part in parts])
    stored, derived = _value_of(session, full, "" if title else tab)
    data = PartsPage(
        space,
        title,
        text,
        [shown_part(part, full, comments, window, _own_page(request, full, part)) for part in parts],
        timeline(full).labels,
        grid,
        feet(grid, full.period_count),
        stored,
        derived,
        editable,
        last,
    )
    return page(request, "parts/tab.html", data, crumbs=space.crumbs)


def _value_of(session: Session, scenario: Scenario, tab: str) -> tuple[EffectPanel, Derived]:
    """Return the indicators and what a tab shows beside what was entered, where the scenario has a value."""
    try:
        valuation = evaluate_scenario(session, scenario.id, scenario)
    except InvalidInput as error:
        return EffectPanel((), error.problems, changed=False), Derived()
    stored = panel_as_stored(valuation)
    try:
        return stored, derive(tab, valuation, scenario) if tab in DERIVED else Derived()
    except InvalidInput:
        return stored, Derived()


def _own_page(request: Request, scenario: Scenario, part: Part) -> str:
    names = {"project_slug": scenario.project.slug, "scenario_slug": scenario.slug, "part": part.key}
    return str(request.app.url_path_for("part", **names))


def _back(request: Request, scenario: Scenario, tab: str) -> str:
    route = tab if tab in TAB_TEXTS else "history"
    names = {"project_slug": scenario.project.slug, "scenario_slug": scenario.slug}
    return str(request.app.url_path_for(route, **names))
