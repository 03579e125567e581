"""Tax on income: losses, credits, minimum, and when it is paid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.context import Context
from app.engine.fiscal.assessed import tax_years
from app.engine.fiscal.losses import Relief, relieve
from app.engine.fiscal.rows import money_of_the_day, ratio
from app.engine.fiscal.years import Years, of_period, to_date
from app.engine.kinds import LossRule
from app.engine.operating import Operating
from app.engine.primitive import primitive
from app.engine.quantity import Array, is_literal


@dataclass(frozen=True, slots=True)
class TaxRows:
    """Rows in the model's money: losses used, pool at the end, tax charged (before lag), and cash paid."""

    losses_used: Array
    loss_pool: Array
    charged: Array
    paid: Array


def income_tax(ctx: Context, operating: Operating, income: Array, creditable: Array) -> TaxRows:
    """Return the tax on `income`.

    `tax_t = max(rate · (max(income_t, 0) - used_t) - creditable_t, minimum · revenue_t)`, less carry-back
    refunds; a loss under OFFSET returns `rate · loss` at once. Computed in money of the day, where pools live
    and where a lagged payment keeps its face value. By year, all of it holds for the year to date, and a
    period is charged what it adds: less than nothing where it loses what the year had earned.
    """
    terms = ctx.inputs.fiscal.tax
    index = money_of_the_day(ctx, operating)
    years = tax_years(ctx, terms.by_year)
    rate = ctx.rows(ctx.value(terms.rate))
    nominal = to_date(income * index, years)
    credit = to_date(creditable * index, years)
    relief = loss_relief(ctx, nominal, rate, ratio(credit, rate), years)
    gain = np.maximum(nominal, 0.0) - relief.used
    charged = np.maximum(rate * gain - credit, 0.0)
    if not is_literal(terms.minimum, 0.0):
        sales = to_date(operating.revenue * index, years)
        charged = np.maximum(charged, ctx.value(terms.minimum) * sales)
    charged = charged - relief.refund
    if terms.losses.rule is LossRule.OFFSET:
        charged = charged + rate * np.minimum(nominal, 0.0)
    charged, used = of_period(charged, years), of_period(relief.used, years)
    refundable = ctx.money(terms.credits, terms.credits_money)
    paid = lagged(charged, terms.lag) / index - refundable
    return TaxRows(used / index, relief.pool / index, charged / index, ctx.rows(paid))


def loss_relief(ctx: Context, income: Array, rate: Array, credited: Array, years: Years) -> Relief:
    """Return what losses do under the rule; LOST and OFFSET keep no pool."""
    rules = ctx.inputs.fiscal.tax.losses
    if rules.rule is LossRule.CARRY_FORWARD:
        return relieve(income, rules, years, rate, credited)
    nothing = ctx.zeros()
    return Relief(nothing, nothing, nothing)


def lagged(charged: Array, lag: int) -> Array:
    """Return payments `lag` periods after their charge; what would fall beyond the last period is paid in it.

    >>> lagged(np.array([[1.0], [2.0], [3.0]]), 1).ravel()
    array([0., 1., 5.])
    """
    return _moved(charged, lag) if lag else charged


@primitive
def _moved(charged: Array, lag: int) -> Array:
    n_periods = charged.shape[0]
    paid = np.zeros(charged.shape)
    for period, amount in enumerate(charged):
        paid[min(period + lag, n_periods - 1)] += amount
    return paid
