"""Net present value: `NPV = Σ CF_j (1 + r)^-e_j`, with the exponents e_j in years."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.engine.quantity import Array, as_rows, total


def sum_periods(rows: Array) -> NDArray[np.float64]:
    """Return the sum over periods of `(n_periods, n_trials)`, shape `(n_trials,)`.

    Periods are added in their order, so that a trial's digits do not depend on how many trials stand beside
    it (`ndarray.sum` adds pairwise when there is only one).

    >>> sum_periods(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [4.0, 6.0]
    """
    whole: NDArray[np.float64] = total(rows)[0] + 0.0  # a sum that starts from nothing is no negative zero
    return whole


def present_value(cash_flow: ArrayLike, factors: ArrayLike) -> NDArray[np.float64]:
    """Return `Σ CF_j f_j` of each trial, `(n_trials,)`, in the money of the cash flow.

    cash_flow: `(n_periods, n_trials | 1)` or one row. factors: present value per unit of money, shaped alike.
    """
    return sum_periods(as_rows(cash_flow) * as_rows(factors))


def npv(cash_flow: ArrayLike, rate: float | ArrayLike, exponents: ArrayLike) -> NDArray[np.float64]:
    """Return the net present value of each trial, `(n_trials,)`, in the money of the cash flow.

    cash_flow: `(n_periods, n_trials)` or one row `(n_periods,)`. rate: [1/year], one number or `(1,
    n_trials)`.
    exponents: time of each period's flow after the valuation date [year], `(n_periods,)`; negative is before
    it.

    >>> float(npv([-500, -300] + [200] * 8, 0.08, np.arange(10) + 0.5).round(4)[0])
    275.6026
    """
    return present_value(cash_flow, (1 + as_rows(rate)) ** -as_rows(exponents))
