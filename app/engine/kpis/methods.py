"""How each indicator is computed from a case, where it is more than one call."""

from __future__ import annotations

import numpy as np

from app.engine.kpis.case import AFTER_TAX, Case, percent
from app.engine.returns import Reason, Reasons, equivalent_annuity, irr, mirr, payback, sum_periods
from app.engine.returns.gaps import Row
from app.engine.unit_costs import COMPONENTS, UNIT_COSTS, included

Result = tuple[Row, Reasons] | Row


def irr_of(line: str, case: Case) -> Result:
    """Return the annual IRR of a cash-flow line."""
    return irr(case.flow[line], case.times)


def payback_of(line: str, case: Case, *, discounted: bool) -> Result:
    """Return the years until a line of the cash flow has paid back, from the origin that the terms name."""
    row = case.flow.discounted(line) if discounted else case.flow[line]
    return payback(row, case.ends, case.origin)


def mirr_of(case: Case) -> Result:
    """Return the MIRR after tax at the terms' rates; the discount rate where they name none."""
    terms = case.inputs.terms
    finance = case.flat_rate if terms.finance_rate is None else terms.finance_rate
    reinvest = case.flat_rate if terms.reinvest_rate is None else terms.reinvest_rate
    return mirr(case.flow[AFTER_TAX], finance, reinvest, case.times)


def mirr_convention(case: Case) -> str:
    """Return both rates in words."""
    finance, reinvest = case.inputs.terms.finance_rate, case.inputs.terms.reinvest_rate
    rates = [percent(case.flat_rate if rate is None else np.array([[rate]])) for rate in (finance, reinvest)]
    return f"financed at {rates[0]}, reinvested at {rates[1]}, {case.money}"


def annuity_of(case: Case) -> Result:
    """Return the equivalent annuity of the NPV after tax, from the start to the end of the last flow."""
    flows = case.flow[AFTER_TAX] != 0
    last = np.where(flows.any(axis=0), len(flows) - 1 - np.argmax(flows[::-1], axis=0), 0)
    return equivalent_annuity(case.npv, case.flat_rate[0], case.ends[last])


def life_of_mine(case: Case) -> Result:
    """Return the years with production."""
    years = sum_periods(case.producing * case.flow.timeline.years.reshape(-1, 1))
    return years, np.where(years > 0, Reason.DEFINED, Reason.NO_PRODUCTION).astype(np.uint8)


def cost_per_t_processed(case: Case) -> Result:
    """Return site operating cost per tonne of ore processed over the life [money/t]."""
    ore, cost = np.broadcast_arrays(case.total("ore_processed"), case.total("opex"))
    value = np.divide(cost, ore, out=np.full(ore.shape, np.nan), where=ore > 0)
    return value, np.where(ore > 0, Reason.DEFINED, Reason.NO_PRODUCTION).astype(np.uint8)


def unit_cost_convention(metric: str, case: Case) -> str:
    """Return what a unit cost holds, in words."""
    names = ", ".join(COMPONENTS[part].label for part in included(metric, case.inputs.unit_costs))
    by_products = "less by-product credits" if UNIT_COSTS[metric].credits else "shared by revenue"
    periods = (
        "from commercial production" if case.inputs.unit_costs.pre_commercial_excluded else "life of mine"
    )
    return f"{names}; {by_products}; {periods}, undiscounted, {case.money}"
