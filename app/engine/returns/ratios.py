"""Ratios built on a net present value. Shapes: `(n_trials,)`; a ratio without a denominator is NaN."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from app.engine.returns.gaps import Row


def index_on_capital(npv: ArrayLike, capital_value: ArrayLike) -> Row:
    """Return the profitability index `1 + NPV / PV(capital)`: present value of all but capital, per unit of
    capital.

    >>> float(index_on_capital(50.0, 200.0))
    1.25
    """
    return 1 + _ratio(npv, capital_value)


def index_on_outflows(inflow_value: ArrayLike, outflow_value: ArrayLike) -> Row:
    """Return the profitability index `PV(positive net flows) / PV(negative net flows)`; both given as
    positive.

    >>> float(index_on_outflows(250.0, 200.0))
    1.25
    """
    return _ratio(inflow_value, outflow_value)


def capital_efficiency(npv: ArrayLike, initial_capital: ArrayLike) -> Row:
    """Return `NPV / initial capital`; news releases take the undiscounted sum."""
    return _ratio(npv, initial_capital)


def equivalent_annuity(npv: ArrayLike, rate: ArrayLike, years: ArrayLike) -> Row:
    """Return the level yearly amount of the same value, `NPV r / (1 - (1 + r)^-T)`; `NPV / T` where r is
    zero.

    >>> float(equivalent_annuity(100.0, 0.10, 5.0).round(4))
    26.3797
    """
    rates, spans = np.asarray(rate, dtype=np.float64), np.asarray(years, dtype=np.float64)
    annuity = -np.expm1(-spans * np.log1p(rates))
    return _ratio(npv, np.where(rates == 0, spans, annuity / np.where(rates == 0, 1.0, rates)))


def _ratio(above: ArrayLike, below: ArrayLike) -> Row:
    numerator, denominator = np.broadcast_arrays(
        np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    )
    result = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result
