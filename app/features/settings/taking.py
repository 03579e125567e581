"""What a scenario takes from the settings: a deck's prices, a smelter's terms, exchange rates of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, Problem
from app.models import PriceDeck, Scenario, SmelterTerms
from app.planning.shared.decks import deck_plan
from app.planning.shared.plan import Plan
from app.planning.shared.rates import currencies_of, rates_plan
from app.planning.shared.smelters import find_product, smelter_plan
from app.seed.readers import Rejected, entered


def deck(session: Session, scenario: Scenario, name: str) -> tuple[Plan, str]:
    """Return what a deck would change, and what the revision says; raises `InvalidInput` for no such deck."""
    found = session.scalars(select(PriceDeck).where(PriceDeck.name == name)).one_or_none()
    if found is None:
        raise InvalidInput([Problem("deck", name, "the name of a price deck")])
    return deck_plan(session, scenario, found), f"Price deck “{found.name}” applied"


def terms(
    session: Session, scenario: Scenario, name: str, product: str, assays: Mapping[str, Any]
) -> tuple[Plan, str]:
    """Return what a set of smelter terms would change in a product, and what the revision says."""
    found = session.scalars(select(SmelterTerms).where(SmelterTerms.name == name)).one_or_none()
    if found is None:
        raise InvalidInput([Problem("terms", name, "the name of a set of smelter terms")])
    sold = find_product(scenario, product)
    problems = []
    for element, assay in assays.items():
        try:
            entered(assay)
        except Rejected as error:
            problems.append(Problem(f"assays.{element}", assay, str(error)))
    if problems:
        raise InvalidInput(problems)
    plan = smelter_plan(session, scenario, sold, found, assays)
    return plan, f"Smelter terms “{found.name}” applied to {sold.name}"


def rates(session: Session, scenario: Scenario, on: date, codes: Sequence[str]) -> tuple[Plan, str]:
    """Return what the rates of a day would change, and what the revision says; no codes take all."""
    known = currencies_of(scenario)
    unknown = [code for code in codes if code not in known]
    if unknown:
        allowed = f"currencies of this scenario: {', '.join(known) or 'none'}"
        raise InvalidInput([Problem("currencies", ", ".join(unknown), allowed)])
    return rates_plan(
        session, scenario, on, list(codes) or known
    ), f"Exchange rates of {on.isoformat()} taken"
