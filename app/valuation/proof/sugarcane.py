"""The sugarcane plant: not a mine, but it prints MACRS, working capital and a loss that is lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.engine.evaluate import evaluate
from app.engine.inputs import CapitalItem, DepreciationClass, Fiscal, IncomeTax, Losses, MineInputs, Terms
from app.engine.kinds import CapitalKind, DepreciationMethod, DiscountConvention, LossRule
from app.engine.quantity import Array, as_rows
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
    depreciation = _as_tabulated(case)
    low, high = (_value(case, ebitda, depreciation) for ebitda in (41.0, 42.0))
    target = case.published["npv_usd"] / 1e6
    return _with_depreciation(case, 41.0 + (target - low) / (high - low), depreciation)


def _as_tabulated(case: Case) -> Array:
    """Return depreciation by the engine's rule, moved by the rounding of the table that the source uses."""
    ruled = evaluate(sugarcane(case, 41.0), check=False)["depreciation"]
    table = as_rows(case.rows["macrs_table"])
    rounding = as_rows(case.rows["fixed_capital"]) * (table - table[:, :1]) / 100
    moved = np.broadcast_to(ruled, (len(ruled), max(ruled.shape[1], rounding.shape[1]))).copy()
    moved[2 : 2 + len(table)] += rounding
    return moved


def _with_depreciation(case: Case, ebitda: ArrayLike, depreciation: Array) -> MineInputs:
    mine = sugarcane(case, ebitda)
    return replace(mine, entered={**mine.entered, "depreciation": depreciation})


def _value(case: Case, ebitda: float, depreciation: Array) -> NDArray[np.float64]:
    flow = evaluate(_with_depreciation(case, ebitda, depreciation), check=False)
    return sum_periods(flow.discounted("after_tax_cash_flow"))
