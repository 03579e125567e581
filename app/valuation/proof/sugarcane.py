"""The sugarcane plant: not a mine, but the case that prints MACRS, working capital and a loss that is lost."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from app.engine.evaluate import evaluate
from app.engine.inputs import CapitalItem, DepreciationClass, Fiscal, IncomeTax, Losses, MineInputs, Terms
from app.engine.kinds import CapitalKind, DepreciationMethod, DiscountConvention, LossRule
from app.engine.quantity import Array
from app.engine.returns import sum_periods
from app.valuation.proof.case import Case


def sugarcane(case: Case, ebitda: ArrayLike) -> MineInputs:
    """A plant with MACRS-7, working capital out and back, replacement capital, and losses that help
    nobody.

    ebitda: in every year of operation [US$ million], a number or `(n_trials,)`.
    """
    years = np.arange(case.n_periods).reshape(-1, 1)
    plant, replacement = (np.atleast_2d(case.rows[name]) for name in ("fixed_capital", "replacement"))
    return MineInputs(
        case.timeline(),
        Terms(0.15, DiscountConvention.PRODUCTION_START),
        capital=(
            CapitalItem("plant", CapitalKind.INITIAL, plant, (0.4, 0.6), depreciation="macrs"),
            CapitalItem("replacement", CapitalKind.REPLACEMENT, np.isin(years, [7, 12, 17]) * replacement),
        ),
        fiscal=Fiscal(
            depreciation=(DepreciationClass("macrs", DepreciationMethod.MACRS, life=7),),
            tax=IncomeTax(rate=0.21, losses=Losses(LossRule.LOST)),
        ),
        entered={
            "revenue": (years >= 2) * np.atleast_2d(ebitda),
            "working_capital_change": ((years == 1) * 1.0 - (years == 21)) * (0.05 * plant),
        },
    )


def sugarcane_solved(case: Case) -> MineInputs:
    """The plant with the EBITDA that gives its printed NPV: the one figure that the table leaves out."""
    low, high = (sum_periods(_sugarcane_value(case, ebitda)) for ebitda in (41.0, 42.0))
    return sugarcane(case, 41.0 + (case.published["npv_usd"] / 1e6 - low) / (high - low))


def _sugarcane_value(case: Case, ebitda: float) -> Array:
    return evaluate(sugarcane(case, ebitda), check=False).discounted("after_tax_cash_flow")
