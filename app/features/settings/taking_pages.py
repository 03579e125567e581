"""Taking prices, smelter's terms and exchange rates from the settings into a scenario, in the browser.

Each page is asked with its choice in the address and tells what would change; a second press saves that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.errors import InvalidInput, NotFound
from app.features.settings import taking
from app.models import PriceDeck, Scenario, SmelterTerms
from app.planning.effect import EffectPanel, panel_of
from app.planning.history import latest_number
from app.planning.shared.plan import Plan, Step, carry_out
from app.planning.shared.rates import currencies_of
from app.planning.shared.smelters import elements_to_assay, find_product
from app.planning.what_if import what_if
from app.valuation.load import load_scenario
from app.web import formatting
from app.web.deps import FormDep, SessionDep
from app.web.flash import redirect
from app.web.forms import Form
from app.web.lookups import EditorDep, ScenarioDep, is_editable
from app.web.navigation import Crumb
from app.web.templating import page
from app.web.workspace import Workspace, workspace

router = APIRouter(prefix="/projects/{project_slug}/scenarios/{scenario_slug}/take", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be taken: the tab that it belongs to, and its words."""

    key: str
    tab: str
    title: str
    text: str
    verb: str


DECK = Kind(
    "deck",
    "products",
    "Apply a price deck",
    "Copies the deck's prices to the products, or to the parameters that they follow. A period takes the"
    " price of the calendar year in which its middle lies.",
    "Apply deck",
)
TERMS = Kind(
    "terms",
    "products",
    "Apply smelter terms",
    "Copies a set of terms to one product. What the set leaves empty stays as it is.",
    "Apply terms",
)
RATES = Kind(
    "rates",
    "terms",
    "Take exchange rates",
    "Copies the settings' rates. The latest quotation up to the day is taken, with its own date and source; a"
    " currency without one gets a cross rate through a third currency, which its source explains.",
    "Take rates",
)


@dataclass(frozen=True, slots=True)
class TakePage:
    """The choice, what it would change and do. seen: what the second press brings along."""

    workspace: Workspace
    kind: Kind
    form: Form
    choices: Mapping[str, Sequence[tuple[str, str]]]
    elements: Sequence[str]
    asked: bool
    steps: Sequence[Step]
    left: Sequence[tuple[str, str]]
    effect: EffectPanel | None
    seen: str
    editable: bool
    back: str


@router.get("/deck", name="take_deck")
def show_deck(request: Request, session: SessionDep, scenario: ScenarioDep) -> Response:
    """Show what a deck would change."""
    return _show(request, session, scenario, DECK)


@router.post("/deck")
def apply_deck(request: Request, session: SessionDep, scenario: EditorDep, form: FormDep) -> Response:
    """Apply a deck as it was shown."""
    return _apply(request, session, scenario, DECK, form)


@router.get("/terms", name="take_terms")
def show_terms(request: Request, session: SessionDep, scenario: ScenarioDep) -> Response:
    """Show what a set of smelter terms would change."""
    return _show(request, session, scenario, TERMS)


@router.post("/terms")
def apply_terms(request: Request, session: SessionDep, scenario: EditorDep, form: FormDep) -> Response:
    """Apply a set of terms as it was shown."""
    return _apply(request, session, scenario, TERMS, form)


@router.get("/rates", name="take_rates")
def show_rates(request: Request, session: SessionDep, scenario: ScenarioDep) -> Response:
    """Show what the rates of a day would change."""
    return _show(request, session, scenario, RATES)


@router.post("/rates")
def apply_rates(request: Request, session: SessionDep, scenario: EditorDep, form: FormDep) -> Response:
    """Take rates as they were shown."""
    return _apply(request, session, scenario, RATES, form)


def _show(request: Request, session: Session, scenario: Scenario, kind: Kind) -> Response:
    """Show the choice of the address, and what it would change once there is one."""
    query = {name: request.query_params.getlist(name) for name in request.query_params}
    form = Form(query)
    full = load_scenario(session, scenario.id)
    plan = None
    try:
        plan = _plan(session, full, kind, form)[0] if kind.key in form or "as_of" in form else None
        status = 200
    except InvalidInput as error:
        form.adopt(error)
        status = 422
    return _take_page(request, session, full, kind, form, plan, status)


def _apply(request: Request, session: Session, scenario: Scenario, kind: Kind, form: Form) -> Response:
    note = form.text("why", required=False, longest=2000)
    seen = _seen(form["seen"])

    def planner(full: Scenario) -> tuple[Plan, str]:
        plan, summary = _plan(session, full, kind, form)
        form.refuse_if_wrong()
        return plan, summary

    try:
        _, summary = carry_out(session, scenario, planner, note, seen)
    except InvalidInput as error:
        form.adopt(error)
        full = load_scenario(session, scenario.id)
        return _take_page(request, session, full, kind, form, None, 422)
    words = f"{summary}: revision {latest_number(session, scenario.id)}. Undo takes it back."
    return redirect(request, _tab(request, scenario, kind), words)


def _seen(text: str) -> dict[str, str] | None:
    """Return what the page told before; None where it was not sent or is no such thing."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else None


def _plan(session: Session, scenario: Scenario, kind: Kind, form: Form) -> tuple[Plan, str]:
    if kind is DECK:
        return taking.deck(session, scenario, form["deck"])
    if kind is RATES:
        on = form.day("as_of")
        form.refuse_if_wrong()
        return taking.rates(session, scenario, on, form.all("currencies"))
    assays = _assays(form)
    form.refuse_if_wrong()
    return taking.terms(session, scenario, form["terms"], form["product"], assays)


def _assays(form: Form) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in form.names():
        element = name.removeprefix("assay.")
        if name == element or not form[name].strip():
            continue
        number = form.number(name, least=0)
        found[element] = {"value": number, "unit": form[f"assay_unit.{element}"].strip() or "%"}
    return found


def _take_page(
    request: Request,
    session: Session,
    scenario: Scenario,
    kind: Kind,
    form: Form,
    plan: Plan | None,
    status: int,
) -> Response:
    space = workspace(request, scenario, kind.tab, Crumb(kind.title))
    choices = _choices(session, scenario, kind)
    if kind is RATES and "as_of" not in form:
        form.put("as_of", [datetime.now(UTC).date().isoformat()])
    elements = _elements(session, scenario, form) if kind is TERMS else ()
    back, editable = _tab(request, scenario, kind), is_editable(scenario)
    steps, left = (tuple(plan.steps), tuple(plan.left)) if plan else ((), ())
    effect = None
    if plan is not None and plan.changes:
        # Comes last: the session knows none of these rows afterwards.
        effect = _effect(session, scenario.id, plan, form)
    data = TakePage(
        space,
        kind,
        form,
        choices,
        elements,
        plan is not None,
        steps,
        left,
        effect,
        json.dumps(plan.told) if plan else "",
        editable,
        back,
    )
    return page(request, "settings/take.html", data, crumbs=space.crumbs, title=kind.title, status=status)


def _effect(session: Session, scenario_id: int, plan: Plan, form: Form) -> EffectPanel | None:
    try:
        return panel_of(what_if(session, scenario_id, plan.changes))
    except InvalidInput as error:
        form.adopt(error)
        return None


def _choices(session: Session, scenario: Scenario, kind: Kind) -> dict[str, Sequence[tuple[str, str]]]:
    if kind is RATES:
        return {"currencies": [(code, code) for code in currencies_of(scenario)]}
    model = PriceDeck if kind is DECK else SmelterTerms
    found = session.execute(select(model.name, model.as_of).where(model.active).order_by(model.name))
    products = [(row.name, row.name) for row in scenario.products]
    return {
        kind.key: [(name, f"{name}, {formatting.day(as_of)}") for name, as_of in found],
        "product": products,
    }


def _elements(session: Session, scenario: Scenario, form: Form) -> list[str]:
    """Return the elements that the chosen terms charge for and the chosen product has no assay of."""
    found = session.scalars(select(SmelterTerms).where(SmelterTerms.name == form["terms"])).one_or_none()
    try:
        product = find_product(scenario, form["product"])
    except NotFound:
        return []
    concentrate = product.concentrate_metal is not None
    return elements_to_assay(session, product, found) if found is not None and concentrate else []


def _tab(request: Request, scenario: Scenario, kind: Kind) -> str:
    names = {"project_slug": scenario.project.slug, "scenario_slug": scenario.slug}
    return str(request.app.url_path_for(kind.tab, **names))
