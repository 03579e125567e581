"""Smelter terms in a scenario: what is paid for the metals of one product, and what is charged for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.models import (
    Product,
    ProductMetal,
    Scenario,
    Single,
    SmelterMetal,
    SmelterPenalty,
    SmelterTerms,
)
from app.planning.shared.plan import Plan
from app.seed.written import plain_value

#: Charges of a concentrate that are money, and the other terms of one.
CHARGES = ("treatment", "freight")
OF_CONCENTRATE = (*CHARGES, "moisture", "insurance", "losses")
#: Terms of a metal that are in the money of its price.
OF_PRICE = ("premium", "participation_share", "participation_basis")

Assays = Mapping[str, Mapping[str, Any]]


def find_product(scenario: Scenario, name: str) -> Product:
    """Return a product of a loaded scenario; raises `NotFound`."""
    found = next((row for row in scenario.products if row.name == name), None)
    if found is None:
        raise NotFound("product", name)
    return found


def elements_to_assay(session: Session, product: Product, terms: SmelterTerms) -> list[str]:
    """Return the elements that the terms charge for and the product has no assay of."""
    known = {row.element for row in product.penalties}
    return [row.element for row in _penalties(session, terms) if row.element not in known]


def smelter_plan(
    session: Session, scenario: Scenario, product: Product, terms: SmelterTerms, assays: Assays
) -> Plan:
    """Return what a set of terms would change in a product; `assays` are of elements it has none of yet."""
    plan = Plan(f"smelter terms “{terms.name}”")
    home = scenario.project.currency
    penalties = _penalties(session, terms)
    _refuse_two_currencies(product, terms, penalties, home)
    plan.set("products", product, _product_values(plan, product, terms, penalties, home))
    metals = {row.metal.casefold(): row for row in product.metals}
    for row in session.scalars(select(SmelterMetal).where(SmelterMetal.terms == terms.name)):
        metal = metals.get(row.metal.casefold())
        if metal is None:
            plan.leave(f"{product.name} › {row.metal}", "the product is not paid for this metal")
        else:
            plan.set("product_metals", metal, _metal_values(plan, metal, row, terms, home))
    for penalty in penalties:
        _penalty(plan, product, penalty, assays)
    return plan


def _penalties(session: Session, terms: SmelterTerms) -> list[SmelterPenalty]:
    statement = select(SmelterPenalty).where(SmelterPenalty.terms == terms.name)
    return list(session.scalars(statement.order_by(SmelterPenalty.element)))


def _given(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the singles that a row of the settings gives, as a scenario's document writes them."""
    return {name: plain_value(value) for name in names if isinstance(value := getattr(row, name), Single)}


def _code(terms: SmelterTerms, held: str | None, home: str) -> str | None:
    wanted = terms.currency or home
    return held if (held or home) == wanted else (None if wanted == home else wanted)


def _refuse_two_currencies(
    product: Product, terms: SmelterTerms, penalties: list[SmelterPenalty], home: str
) -> None:
    """Raise `InvalidInput` where charges that stay would be read in another currency than their own."""
    held, wanted = product.currency or home, terms.currency or home
    replaced = {row.element for row in penalties}
    touched = bool(penalties) or any(getattr(terms, name) is not None for name in CHARGES)
    kept = [name for name in CHARGES if getattr(product, name) is not None and getattr(terms, name) is None]
    kept += [f"penalty {row.element}" for row in product.penalties if row.element not in replaced]
    if touched and held != wanted and kept:
        allowed = f"terms in {held}, or terms that replace {', '.join(kept)} of “{product.name}” as well"
        raise InvalidInput([Problem("terms", terms.name, allowed)])


def _product_values(
    plan: Plan, product: Product, terms: SmelterTerms, penalties: list[SmelterPenalty], home: str
) -> dict[str, Any]:
    values = _given(terms, ("provisional",))
    if terms.lag is not None:
        values["lag"] = terms.lag
    concentrate = _given(terms, OF_CONCENTRATE)
    if product.concentrate_metal is None:
        if concentrate or penalties:
            plan.leave(product.name, "it names no metal of a concentrate, so the charges of one do not apply")
        return values
    if penalties or any(name in concentrate for name in CHARGES):
        values |= {
            "currency": _code(terms, product.currency, home),
            "money_basis": terms.money_basis.value,
        }
    return values | concentrate


def _metal_values(
    plan: Plan, metal: ProductMetal, row: SmelterMetal, terms: SmelterTerms, home: str
) -> dict[str, Any]:
    values = _given(row, ("payable", "deduction"))
    if row.deduction_kind is not None:
        values["deduction_kind"] = row.deduction_kind.value
    if row.refining is not None:
        values |= {
            "refining": plain_value(row.refining),
            "charges_currency": _code(terms, metal.charges_currency, home),
            "charges_basis": terms.money_basis.value,
        }
    of_price = _given(row, OF_PRICE)
    if of_price and (metal.price_currency or home) != (terms.currency or home):
        paid = metal.price_currency or home
        told = f"the price is in {paid}; premium and participation of the terms are not"
        plan.leave(f"{metal.product} › {metal.metal}", told)
        return values
    return values | of_price


def _penalty(plan: Plan, product: Product, penalty: SmelterPenalty, assays: Assays) -> None:
    if product.concentrate_metal is None:
        return
    values = _given(penalty, ("threshold", "step", "rate")) | {"method": penalty.method.value}
    held = next((row for row in product.penalties if row.element == penalty.element), None)
    if held is not None:
        plan.set("penalties", held, values)
        return
    name = f"{product.name} › {penalty.element}"
    if penalty.element not in assays:
        plan.leave(name, "no assay is known, so its penalty was not added")
        return
    whole = {
        "product": product.name,
        "element": penalty.element,
        "assay": dict(assays[penalty.element]),
        **values,
    }
    plan.add("penalties", name, whole)
