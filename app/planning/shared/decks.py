"""A price deck in a scenario: the prices of its products, or of the parameters that they follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engine.kinds import Effect
from app.models import DeckPrice, Entered, Parameter, PriceDeck, ProductMetal, Scenario
from app.planning.shared.plan import Plan, quantity
from app.valuation.inputs.terms import timeline

#: A price that is the parameter, and nothing but the parameter.
PLAIN_UNITS = frozenset({"1", "factor"})


def deck_plan(session: Session, scenario: Scenario, deck: PriceDeck) -> Plan:
    """Return what a deck would change in a loaded scenario."""
    prices = session.scalars(select(DeckPrice).where(DeckPrice.deck == deck.name)).all()
    by_commodity = {price.commodity.casefold(): price for price in prices}
    plan = Plan(f"price deck “{deck.name}”")
    parameters = {row.name: row for row in scenario.parameters}
    done: dict[str, DeckPrice] = {}
    for product in scenario.products:
        for metal in product.metals:
            price = by_commodity.get(metal.metal.casefold())
            if price is None:
                plan.leave(f"{product.name} › {metal.metal}", "the deck has no price of it")
                continue
            _price(plan, scenario, deck, metal, price, parameters, done)
    return plan


def period_years(scenario: Scenario) -> list[int]:
    """Return for each period the calendar year in which its middle lies."""
    edges = timeline(scenario).boundaries
    return [(start + (end - start) / 2).year for start, end in pairwise(edges)]


def by_period(deck: PriceDeck, price: DeckPrice, years: Sequence[int]) -> list[float]:
    """Return a price for each period; the first also holds before the deck, the last after it."""
    held = price.price.values
    return [held[min(max(year - deck.first_year, 0), len(held) - 1)] for year in years]


def _price(
    plan: Plan,
    scenario: Scenario,
    deck: PriceDeck,
    metal: ProductMetal,
    price: DeckPrice,
    parameters: Mapping[str, Parameter],
    done: dict[str, DeckPrice],
) -> None:
    place = f"{metal.product} › {metal.metal}"
    home = scenario.project.currency
    written = quantity(by_period(deck, price, period_years(scenario)), price.price.unit)
    own = {"price_currency": _code(price.currency, metal.price_currency, home)}
    money: dict[str, Any] = {**own, "price_basis": deck.money_basis.value}
    driver = metal.price.driver
    if driver is None:
        plan.set("product_metals", metal, {"price": written, **money})
        return
    parameter = parameters[driver]
    why = _unfit(metal.price, parameter, price, home)
    if not why and done.get(driver, price) is not price:
        why = f"{driver} carries the price of {done[driver].commodity} already"
    if why:
        plan.leave(place, why)
        return
    if driver not in done:
        code = _code(price.currency, parameter.currency, home)
        plan.set("parameters", parameter, {"base": written, "currency": code})
    done[driver] = price
    plan.set("product_metals", metal, money)


def _code(wanted: str, held: str | None, home: str) -> str | None:
    """Return how a row writes a currency: as it does already, else empty for the scenario's own."""
    if (held or home) == wanted:
        return held
    return None if wanted == home else wanted


def _unfit(entered: Entered, parameter: Parameter, price: DeckPrice, home: str) -> str:
    """Return why a parameter cannot take a price over, nothing where it can."""
    name = parameter.name
    if entered.values != (1.0,) or entered.unit not in PLAIN_UNITS:
        return f"it follows {name} with a factor of its own; change {name} by hand"
    uncertain = (parameter.family is not None or parameter.process is not None) and bool(
        parameter.distribution
    )
    if not uncertain or parameter.effect is Effect.MULTIPLY:
        return ""
    same = parameter.base.unit == price.price.unit and (parameter.currency or home) == price.currency
    unit = f"{parameter.currency or home}, {parameter.base.unit}"
    return (
        ""
        if same
        else f"the uncertainty of {name} is in {unit}; give the deck that unit, or change it by hand"
    )
