"""Taking prices, smelter's terms and exchange rates from the settings into a scenario, as JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.features.settings import taking
from app.models import Scenario
from app.planning.history import latest_number
from app.planning.shared.plan import Plan, Planner, carry_out
from app.valuation.load import load_scenario
from app.web.deps import SessionDep
from app.web.lookups import EditorDep

router = APIRouter(prefix="/api/projects/{project_slug}/scenarios/{scenario_slug}/take", tags=["settings"])
Name = Annotated[str, Field(min_length=1, max_length=200)]


class TakeBody(BaseModel):
    """note: why, for the history. preview: tell what would change and save nothing."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, Field(max_length=2000)] = ""
    preview: bool = False


class TakeDeck(TakeBody):
    """The name of a price deck."""

    deck: Name


class TakeTerms(TakeBody):
    """The name of a set of smelter terms, and the product that they are for.

    assays: of elements that the terms charge for and the product has no assay of, as quantities by element.
    """

    terms: Name
    product: Name
    assays: dict[str, Any] = {}


class TakeRates(TakeBody):
    """The day whose rates are wanted; the latest quotation up to it is taken. currencies: empty takes all."""

    as_of: date
    currencies: Annotated[list[str], Field(max_length=200)] = []


class StepOut(BaseModel):
    """One field as it was and as it is now."""

    place: str
    before: str
    after: str


class LeftOut(BaseModel):
    """What was not touched, and why."""

    place: str
    why: str


class TakenOut(BaseModel):
    """What changed, or would change. revision: null for a preview."""

    revision: int | None
    steps: list[StepOut]
    left: list[LeftOut]


@router.post("/deck", summary="Apply a price deck")
def apply_deck(session: SessionDep, scenario: EditorDep, body: TakeDeck) -> TakenOut:
    """Copy a deck's prices to the products, or to the parameters that they follow, as one revision."""
    return _taken(session, scenario, lambda full: taking.deck(session, full, body.deck), body)


@router.post("/terms", summary="Apply smelter terms")
def apply_terms(session: SessionDep, scenario: EditorDep, body: TakeTerms) -> TakenOut:
    """Copy a set of smelter terms to a product, as one revision."""

    def planner(full: Scenario) -> tuple[Plan, str]:
        return taking.terms(session, full, body.terms, body.product, body.assays)

    return _taken(session, scenario, planner, body)


@router.post("/rates", summary="Take the settings' exchange rates")
def apply_rates(session: SessionDep, scenario: EditorDep, body: TakeRates) -> TakenOut:
    """Copy the settings' rates of a day, as one revision."""

    def planner(full: Scenario) -> tuple[Plan, str]:
        return taking.rates(session, full, body.as_of, body.currencies)

    return _taken(session, scenario, planner, body)


def _taken(session: Session, scenario: Scenario, planner: Planner, body: TakeBody) -> TakenOut:
    if body.preview:
        plan, _ = planner(load_scenario(session, scenario.id))
    else:
        plan, _ = carry_out(session, scenario, planner, body.note)
    revision = None if body.preview else latest_number(session, scenario.id)
    return TakenOut(
        revision=revision,
        steps=[StepOut(place=step.place, before=step.before, after=step.after) for step in plan.steps],
        left=[LeftOut(place=place, why=why) for place, why in plan.left],
    )
