"""What a tonne of metal costs: C1, C2, C3, by-product and co-product cash cost, AISC, AIC.

Each metric is a list of components, each component one or several lines of the cash flow; the switches of
`UnitCostTerms` add or drop components, because printed definitions differ. A metric is the sum over the life
of its components, divided by the payable main metal sold over the same periods. All money undiscounted.

Sources: C1 to C3 after Brook Hunt (now Wood Mackenzie); AISC and AIC after the World Gold Council's guidance
note of 2013, revised 2018.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.cashflow import CashFlow
from app.engine.inputs import MetalTerms, MineInputs, UnitCostTerms
from app.engine.kinds import CostCategory
from app.engine.returns import Reason, Reasons
from app.engine.returns.gaps import Row

NOT_SITE = (CostCategory.CORPORATE, CostCategory.EXPLORATION, CostCategory.LEASE)


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a unit cost. add, less: line keys; a key that the cash flow does not have counts as zero."""

    label: str
    add: tuple[str, ...]
    less: tuple[str, ...] = ()


COMPONENTS: Mapping[str, Component] = {
    "site": Component("site operating cost", ("opex",), tuple(f"opex_category.{c}" for c in NOT_SITE)),
    "offsite": Component("treatment, refining, freight and selling", ("offsite",)),
    "royalties": Component("royalties and production taxes", ("royalties",)),
    "depreciation": Component("depreciation", ("depreciation",)),
    "corporate": Component("corporate general and administrative", ("opex_category.corporate",)),
    "exploration": Component("exploration", ("opex_category.exploration",)),
    "leases": Component("leases", ("opex_category.lease",)),
    "sustaining": Component("sustaining capital", ("capital.sustaining", "capital.replacement")),
    "closure": Component("closure and reclamation", ("closure",)),
    "growth": Component("initial and expansion capital", ("capital.initial", "capital.expansion")),
}


@dataclass(frozen=True, slots=True)
class UnitCost:
    """One metric. credits: by-products are subtracted (False: the cost is shared by revenue).

    parts: component → whether the terms include it.
    """

    label: str
    parts: Mapping[str, Callable[[UnitCostTerms], bool]]
    credits: bool = True


def _always(_terms: UnitCostTerms) -> bool:
    return True


CASH_COST: Mapping[str, Callable[[UnitCostTerms], bool]] = {
    "site": _always,
    "offsite": _always,
    "royalties": lambda terms: terms.royalty_in_c1,
}
ALL_IN_SUSTAINING: Mapping[str, Callable[[UnitCostTerms], bool]] = {
    "site": _always,
    "offsite": _always,
    "royalties": _always,
    "corporate": lambda terms: terms.corporate_in_aisc,
    "exploration": lambda terms: terms.exploration_in_aisc,
    "leases": lambda terms: terms.leases_in_aisc,
    "sustaining": _always,
    "closure": lambda terms: terms.closure_in_aisc,
}
UNIT_COSTS: Mapping[str, UnitCost] = {
    "c1": UnitCost("C1 cash cost", CASH_COST),
    "c2": UnitCost("C2 production cost", {**CASH_COST, "depreciation": _always}),
    "c3": UnitCost(
        "C3 full cost",
        {**CASH_COST, "depreciation": _always, "royalties": _always, "corporate": _always, "leases": _always},
    ),
    "cash_cost_by_product": UnitCost("Cash cost, by-product", CASH_COST),
    "cash_cost_co_product": UnitCost("Cash cost, co-product", CASH_COST, credits=False),
    "aisc": UnitCost("All-in sustaining cost", ALL_IN_SUSTAINING),
    "aic": UnitCost("All-in cost", {**ALL_IN_SUSTAINING, "exploration": _always, "growth": _always}),
}


def included(metric: str, terms: UnitCostTerms) -> tuple[str, ...]:
    """Return the components that a metric holds under these terms.

    >>> included("c1", UnitCostTerms(royalty_in_c1=True))
    ('site', 'offsite', 'royalties')
    """
    return tuple(part for part, applies in UNIT_COSTS[metric].parts.items() if applies(terms))


def metals(inputs: MineInputs) -> dict[str, MetalTerms]:
    """Return the terms of each metal sold, of the first product that sells it."""
    sold: dict[str, MetalTerms] = {}
    for product in inputs.products:
        for terms in product.metals:
            sold.setdefault(terms.metal, terms)
    return sold


def main_metal(inputs: MineInputs) -> str | None:
    """Return the first metal that is not a by-product, else the first, else None."""
    sold = metals(inputs)
    return next((name for name, terms in sold.items() if not terms.by_product), next(iter(sold), None))


def rows_behind(metric: str, inputs: MineInputs) -> tuple[str, ...]:
    """Return the keys of the cash-flow lines that a metric reads."""
    parts = [COMPONENTS[part] for part in included(metric, inputs.unit_costs)]
    keys = [key for part in parts for key in (*part.add, *part.less)]
    keys += [f"revenue.{metal}" for metal in metals(inputs)]
    return (*keys, f"payable.{main_metal(inputs)}")


def unit_cost(metric: str, inputs: MineInputs, flow: CashFlow) -> tuple[Row, Reasons]:
    """Return a metric [money / t of payable main metal] over the life, and reason codes, both `(n_trials,)`.

    By-product: `(Σ components - Σ credits) / Σ payable`. Co-product: `Σ components · R_main / R / Σ payable`,
    the same as per tonne of metal equivalent at constant prices. Metals that are neither the main one nor
    by-products bear their share by revenue in either case.
    """
    first = _first_counted(inputs)
    main, terms = main_metal(inputs), inputs.unit_costs
    cost = sum_of(_lines(metric, terms, +1), flow, first) - sum_of(_lines(metric, terms, -1), flow, first)
    revenue = {metal: sum_of((f"revenue.{metal}",), flow, first) for metal in metals(inputs)}
    sharing = dict(revenue)
    if UNIT_COSTS[metric].credits:
        by_products = [metal for metal, sold in metals(inputs).items() if sold.by_product and metal != main]
        cost = cost - sum((sharing.pop(metal) for metal in by_products), np.zeros(1))
        cost = cost - sum_of(_stream_credits(inputs), flow, first)
    own = revenue.get(main or "", np.zeros(1))
    shared = sum(sharing.values(), np.zeros(1))
    mass = sum_of((f"payable.{main}",), flow, first)
    cost, own, shared, mass = np.broadcast_arrays(cost, own, shared, mass)
    share = np.divide(own, shared, out=np.ones(own.shape), where=shared != 0)
    produced = mass > 0
    value = np.divide(cost * share, mass, out=np.full(mass.shape, np.nan), where=produced)
    return value, np.where(produced, Reason.DEFINED, Reason.NO_PRODUCTION).astype(np.uint8)


def sum_of(keys: tuple[str, ...], flow: CashFlow, first: int) -> Row:
    """Return the sum of lines over the periods from `first` on, `(n_trials | 1,)`."""
    total = np.zeros(1)
    for key in keys:
        if key in flow:
            total = total + flow.total(key, first)
    return total


def _lines(metric: str, terms: UnitCostTerms, sign: int) -> tuple[str, ...]:
    parts = (COMPONENTS[part] for part in included(metric, terms))
    return tuple(key for part in parts for key in (part.add if sign > 0 else part.less))


def _stream_credits(inputs: MineInputs) -> tuple[str, ...]:
    """Return the receipts for streamed main metal where the terms count them as a credit."""
    main = metals(inputs).get(main_metal(inputs) or "")
    if main is None or not inputs.unit_costs.streams_as_credit:
        return ()
    return tuple(f"stream.{stream.name}" for stream in main.streams)


def _first_counted(inputs: MineInputs) -> int:
    """Return the first period that counts: the very first, or that of commercial production."""
    return (inputs.timeline.production_start or 0) if inputs.unit_costs.pre_commercial_excluded else 0
