"""Accounts that lenders ask for: money set aside for overhauls to come, and for debt service to come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.financing.terms import MaintenanceReserve
from app.engine.quantity import Array, as_rows, running


@dataclass(frozen=True, slots=True)
class ReserveRows:
    """A maintenance reserve: net cash out of it and its balance [money], `(n_periods, n_trials | 1)`."""

    cash: Array
    balance: Array


def maintenance_rows(reserve: MaintenanceReserve | None, first: int, n_periods: int) -> ReserveRows:
    """Return what is set aside before each spend and released with it; the account earns nothing.

    first: the first period of operation. A spend in period s is saved for in equal parts over the `ahead`
    periods before it, over those there are where operation begins later, and not at all where there is none.
    """
    if reserve is None:
        return ReserveRows(np.zeros((1, 1)), np.zeros((1, 1)))
    spend = as_rows(reserve.spend)
    cash = np.zeros((n_periods, spend.shape[1]))
    for period in range(first + 1, n_periods):
        begin = max(first, period - reserve.ahead)
        cash[begin:period] -= spend[period] / (period - begin)
        cash[period] += spend[period]
    return ReserveRows(cash, -running(cash))


def service_reserve(debt_service: Array, first: int, ahead: int) -> Array:
    """Return the balance of a debt service reserve account [money]: the service of the next `ahead` periods.

    It stands full at the end of construction, which ends before period `first`.
    """
    balance = np.zeros_like(debt_service)
    for period in range(max(first - 1, 0), len(debt_service)):
        balance[period] = debt_service[period + 1 : period + 1 + ahead].sum(axis=0)
    return balance
