"""How well the cash flow covers the debt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.engine.financing.debt import Loan, Service
from app.engine.quantity import Array, total
from app.engine.returns.gaps import Row

# A cover that was sculpted to the covenant meets it, whatever its last bits.
ROUNDING = 1e-9


def dscr_row(loan: Loan, service: Service) -> Array:
    """Return `CFADS / (interest + principal)` by period, `(tenor, n_trials | 1)`; NaN where none is due."""
    cfads, due = np.broadcast_arrays(loan.cfads, service.interest + service.principal)
    cover: Array = np.divide(cfads, due, out=np.full(due.shape, np.nan), where=due > 0)
    return cover


def minimum(cover: Array) -> Row:
    """Return the least cover of each trial, `(n_trials,)`; NaN without any."""
    least = np.where(np.isnan(cover), np.inf, cover).min(axis=0)
    return np.where(np.isinf(least), np.nan, least)


def average(cover: Array) -> Row:
    """Return the mean cover of the periods in which service is due, `(n_trials,)`; NaN without any."""
    there = ~np.isnan(cover)
    count = total(there.astype(np.float64))
    whole = total(np.where(there, cover, 0.0))
    mean: Array = np.divide(whole, count, out=np.full(count.shape, np.nan), where=count > 0)
    return np.asarray(mean[0])


def llcr(loan: Loan) -> Row:
    """Return `Σ CFADS_t f_t / debt` at the start of repayment, `(n_trials,)`; NaN without debt.

    >>> cfads = np.array([[110.0], [121.0]])
    >>> float(llcr(Loan(np.array([[100.0]]), np.full((2, 1), 0.1), np.ones((2, 1)), cfads)).round(9)[0])
    2.0
    """
    worth, debt = np.broadcast_arrays(total(loan.cfads * loan.factors), loan.debt)
    cover: Array = np.divide(worth, debt, out=np.full(debt.shape, np.nan), where=debt > 0)
    return np.asarray(cover[0])


def breaches(cover: Array, covenant: Array) -> NDArray[np.int64]:
    """Return in how many periods of each trial the cover is below the covenant, `(n_trials,)`."""
    return np.asarray(np.count_nonzero(cover < covenant * (1 - ROUNDING), axis=0), dtype=np.int64)
