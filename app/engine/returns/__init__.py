"""What a cash flow returns: present values, rates of return, payback and the ratios built on them."""

from app.engine.returns.dated import DAY_COUNTS, xirr, xnfv, xnpv, years_since
from app.engine.returns.irr import irr
from app.engine.returns.irr_all import Irrs, irr_all
from app.engine.returns.mirr import mirr
from app.engine.returns.npv import npv, present_value, sum_periods
from app.engine.returns.payback import payback, peak_funding
from app.engine.returns.ratios import (
    capital_efficiency,
    equivalent_annuity,
    index_on_capital,
    index_on_outflows,
)
from app.engine.returns.reasons import REASONS, Reason, Reasons, ReasonText, has_value

__all__ = [
    "DAY_COUNTS",
    "REASONS",
    "Irrs",
    "Reason",
    "ReasonText",
    "Reasons",
    "capital_efficiency",
    "equivalent_annuity",
    "has_value",
    "index_on_capital",
    "index_on_outflows",
    "irr",
    "irr_all",
    "mirr",
    "npv",
    "payback",
    "peak_funding",
    "present_value",
    "sum_periods",
    "xirr",
    "xnfv",
    "xnpv",
    "years_since",
]
