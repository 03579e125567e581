"""What the buyer deducts: treatment, refining, freight, penalties, insurance and losses, price
participation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np

from app.engine.context import Context
from app.engine.inputs import Concentrate, Participation
from app.engine.kinds import PenaltyStep
from app.engine.quantity import Array, added, is_literal
from app.engine.sales.products import Lot, Sale

# Assays are entered in decimals: 0.35 % less 0.20 % must hold one and a half steps of 0.1 %, not 1.4999…
STEP_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Charges:
    """The buyer's deductions [money], each `(n_periods, n_trials | 1)`, in the order of the statement."""

    treatment: Array
    refining: Array
    freight: Array
    penalties: Array
    insurance_losses: Array
    participation: Array

    def rows(self) -> dict[str, Array]:
        """Return the deductions by line key."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def penalty(assay: Array, threshold: Array, step: float, rate: Array, method: PenaltyStep) -> Array:
    """Return the penalty [money/dmt]: `rate · max(0, assay - threshold) / step`, continuous or per whole
    step.

    assay, threshold, step [t/t]; rate [money/dmt per step].

    >>> at = lambda value: np.full((1, 1), value)
    >>> penalty(at(0.0035), at(0.0020), 0.001, at(2.5), PenaltyStep.CONTINUOUS).round(6)
    array([[3.75]])
    >>> penalty(at(0.0035), at(0.0020), 0.001, at(2.5), PenaltyStep.WHOLE_STEP)
    array([[2.5]])
    """
    steps = np.maximum(assay - threshold, 0.0) / step
    if method is PenaltyStep.WHOLE_STEP:
        steps = np.floor(steps + STEP_TOLERANCE)
    charge: Array = rate * steps
    return charge


def participation(price: Array, basis: Array, share: Array, floor: Array | None, cap: Array | None) -> Array:
    """Return the smelter's part of the price [money/t payable]: `share · (price - basis)` within floor and
    cap.

    Below the basis it is negative, a credit, unless the floor is zero.
    """
    charge = share * (price - basis)
    if floor is not None:
        charge = np.maximum(charge, floor)
    return charge if cap is None else np.minimum(charge, cap)


def charges(ctx: Context, lots: Iterable[Lot], sales: tuple[Sale, ...]) -> Charges:
    """Return the buyers' deductions over all products; entered rows replace the lines of the same name."""
    parts: dict[str, list[Array]] = {field.name: [] for field in fields(Charges)}
    for sale in sales:
        if not is_literal(sale.terms.refining, 0.0):
            parts["refining"].append(sale.payable * ctx.money(sale.terms.refining, sale.terms.charges_money))
        if sale.terms.participation is not None:
            parts["participation"].append(sale.payable * _participation(ctx, sale, sale.terms.participation))
    for lot in lots:
        if lot.product.concentrate is not None:
            value = added((sale.payable * sale.price for sale in sales if sale.lot is lot), ctx.zeros())
            for name, row in _concentrate_charges(ctx, lot.product.concentrate, lot.mass, value).items():
                parts[name].append(row)
    return Charges(**{name: ctx.line(name, added(rows, ctx.zeros())) for name, rows in parts.items()})


def _participation(ctx: Context, sale: Sale, rule: Participation) -> Array:
    money = sale.terms.price_money
    floor = None if rule.floor is None else ctx.money(rule.floor, money)
    cap = None if rule.cap is None else ctx.money(rule.cap, money)
    return participation(sale.price, ctx.money(rule.basis, money), ctx.value(rule.share), floor, cap)


def _concentrate_charges(ctx: Context, terms: Concentrate, mass: Array, value: Array) -> dict[str, Array]:
    """Return treatment, freight, penalties, insurance and losses of one concentrate [money].

    mass: dry [t]; freight is paid on wet tonnes, `dmt / (1 - moisture)`; value: payable metal at spot
    [money].
    """
    rows: dict[str, Array] = {}
    if not is_literal(terms.treatment, 0.0):
        rows["treatment"] = mass * ctx.money(terms.treatment, terms.money)
    if not is_literal(terms.freight, 0.0):
        rows["freight"] = mass / (1.0 - ctx.value(terms.moisture)) * ctx.money(terms.freight, terms.money)
    if terms.penalties:
        per_tonne = np.zeros((1, 1))
        for rule in terms.penalties:
            rate = ctx.money(rule.rate, terms.money)
            assay, threshold = ctx.value(rule.assay), ctx.value(rule.threshold)
            per_tonne = per_tonne + penalty(assay, threshold, rule.step, rate, rule.method)
        rows["penalties"] = mass * per_tonne
    if not (is_literal(terms.insurance, 0.0) and is_literal(terms.losses, 0.0)):
        rows["insurance_losses"] = value * (ctx.value(terms.insurance) + ctx.value(terms.losses))
    return rows
