"""Money tied up in receivables and stocks, less what suppliers wait for."""

from __future__ import annotations

import numpy as np

from app.engine.context import Context
from app.engine.fiscal.rows import entered_row
from app.engine.operating import Operating
from app.engine.quantity import Array, changes, running


def working_capital(ctx: Context, operating: Operating) -> tuple[Array, Array]:
    """Return the balance at the end of each period and the change, positive = outflow; entered rows first.

    `WC = (revenue · d_r + cost · d_i - cost · d_p) / (days in year · period in years)`, released in one
    period: the changes add up to minus the opening balance.
    """
    opening = ctx.inputs.fiscal.working_capital.opening
    change = entered_row(ctx, "working_capital_change")
    if change is not None:
        return opening + running(change), change
    balance = entered_row(ctx, "working_capital")
    if balance is None:
        balance = tied_up(ctx, operating)
    return balance, changes(balance, opening)


def tied_up(ctx: Context, operating: Operating) -> Array:
    """Return the balance, zero from the period of release onwards."""
    terms = ctx.inputs.fiscal.working_capital
    cost = operating.opex_total + operating.offsite if terms.offsite_in_cost else operating.opex_total
    of_cost = ctx.value(terms.inventory_days) - ctx.value(terms.payable_days)
    days = terms.days_in_year * ctx.years
    balance = (operating.revenue * ctx.value(terms.receivable_days) + cost * of_cost) / days
    release = ctx.n_periods - 1 if terms.release is None else terms.release
    held = np.arange(ctx.n_periods).reshape(-1, 1) < release
    return np.where(held, balance, 0.0)
