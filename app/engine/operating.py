"""The rows of a mine before the state takes its part: what the fiscal methods and the cash flow read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.quantity import Array


@dataclass(frozen=True, slots=True)
class Operating:
    """Rows by period, each `(n_periods, n_trials | 1)`; money in the scenario's currency and price basis.

    ore_mined, waste_mined, ore_processed [t]; processed by process [t]; recovered, payable by metal [t];
    prices by metal [money/t]; revenue_by_metal, revenue_by_product [money]; revenue: their sum, gross.
    refining: the part of `offsite` that refiners charge; offsite: treatment, refining, freight, penalties,
    insurance, losses and OFFSITE cost lines; nsr = revenue - offsite.
    opex by line name, site lines only, and opex_total. capital by `CapitalKind` value, contingency inside;
    capital_by_class: the depreciable part by depreciation class, in the period of spending.
    salvage: received. closure: cash spent on rehabilitation and its funding; closure_deductible: the part
    income tax allows; accretion: non-cash. price_index: money of the day per money of the base date, 1 at the
    base date.
    lines: every line of the statement down to closure, by key.
    """

    ore_mined: Array
    waste_mined: Array
    ore_processed: Array
    processed: Mapping[str, Array]
    recovered: Mapping[str, Array]
    payable: Mapping[str, Array]
    prices: Mapping[str, Array]
    revenue_by_metal: Mapping[str, Array]
    revenue_by_product: Mapping[str, Array]
    revenue: Array
    refining: Array
    offsite: Array
    nsr: Array
    opex: Mapping[str, Array]
    opex_total: Array
    capital: Mapping[str, Array]
    capital_by_class: Mapping[str, Array]
    salvage: Array
    closure: Array
    closure_deductible: Array
    accretion: Array
    price_index: Array
    lines: Mapping[str, Array] = field(default_factory=dict)
