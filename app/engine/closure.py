"""Rehabilitation: what is spent, and how the money for it is set aside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.context import Context
from app.engine.inputs import Closure
from app.engine.kinds import ClosureFunding, MoneyBasis
from app.engine.primitive import primitive
from app.engine.quantity import Array, running, total


@dataclass(frozen=True, slots=True)
class Reclamation:
    """One closure plan by period [money], `(n_periods, n_trials | 1)`.

    spend: on rehabilitation; cash: spend and funding, an outflow; accretion: of the provision, not cash;
    premium: of a surety, an operating cost.
    """

    spend: Array
    cash: Array
    accretion: Array
    premium: Array


def reclamation(ctx: Context, closure: Closure, units: Array) -> Reclamation:
    """Return a closure plan's rows; units: what a sinking fund is fed by, `(n_periods, n_trials | 1)`."""
    spend = ctx.rows(ctx.money(closure.spend, closure.money))
    return FUNDING[closure.funding](ctx, closure, spend, units)


def _period_rate(ctx: Context, closure: Closure) -> Array:
    """Return the yearly rate over each period's length: `(1 + r)^years - 1`."""
    return (1 + ctx.value(closure.rate)) ** ctx.years - 1


def _spend(ctx: Context, _closure: Closure, spend: Array, _units: Array) -> Reclamation:
    return Reclamation(spend, spend, ctx.zeros(), ctx.zeros())


def _provision(ctx: Context, closure: Closure, spend: Array, _units: Array) -> Reclamation:
    """Accretion of a liability that is the present value of the spending to come, from period `first` on.

    `L_t = (L_{t+1} + spend_t) / (1 + r_t)`, spending at the end of a period; `accretion_t = L_t · r_t`.
    """
    rate = np.broadcast_to(_period_rate(ctx, closure), (ctx.n_periods, ctx.value(closure.rate).shape[1]))
    return Reclamation(spend, spend, _accretion(spend, rate, closure.first), ctx.zeros())


@primitive
def _accretion(spend: Array, rate: Array, first: int) -> Array:
    accretion = np.zeros(np.broadcast_shapes(spend.shape, rate.shape))
    liability = np.zeros(accretion.shape[1:])
    for period in reversed(range(first, len(rate))):
        liability = (liability + spend[period]) / (1 + rate[period])
        accretion[period] = liability * rate[period]
    return accretion


def _cash_bond(ctx: Context, closure: Closure, spend: Array, _units: Array) -> Reclamation:
    """Cash collateral for all spending: posted in period `first`, bearing interest, returned in the last one.

    The bond is fixed in money of the day: in a real-terms model what comes back has lost the inflation since.
    """
    bond = total(spend)
    posted = (np.arange(ctx.n_periods) == closure.first).reshape(-1, 1)
    flows = np.where(posted, bond, 0.0)
    worth = np.ones((ctx.n_periods, 1))
    if ctx.inputs.terms.money is MoneyBasis.REAL:
        worth = ctx.inflation_index[closure.first] / ctx.rows(ctx.inflation_index)
    returned = np.zeros((ctx.n_periods, 1))
    returned[-1] = 1.0
    earning = (np.arange(ctx.n_periods) > closure.first).astype(np.float64).reshape(-1, 1)
    back = bond * worth * (returned + _period_rate(ctx, closure) * earning)
    return Reclamation(spend, ctx.rows(spend + flows - back), ctx.zeros(), ctx.zeros())


def _surety(ctx: Context, closure: Closure, spend: Array, _units: Array) -> Reclamation:
    """A guarantee for what is still to be spent, whose premium is an operating cost.

    `premium_t = rate · years_t · spending from t on`.
    """
    to_come = running(spend[::-1])[::-1]
    premium = ctx.value(closure.rate) * ctx.years * to_come * ctx.active(closure.first, None)
    return Reclamation(spend, spend, ctx.zeros(), ctx.rows(premium))


def _sinking_fund(ctx: Context, closure: Closure, spend: Array, units: Array) -> Reclamation:
    """Contributions by units of production: `contribution_t = cost · units_t / all units`.

    Interest is added to the fund. It pays the spending while it lasts; the rest returns in the last period.
    """
    whole = total(units)
    part = np.divide(units, whole, out=np.zeros(units.shape), where=whole > 0)
    contribution = total(spend) * part
    rate = np.broadcast_to(_period_rate(ctx, closure), (ctx.n_periods, ctx.value(closure.rate).shape[1]))
    paid = _paid_from_fund(spend, contribution, rate)
    return Reclamation(spend, ctx.rows(spend + contribution - paid), ctx.zeros(), ctx.zeros())


@primitive
def _paid_from_fund(spend: Array, contribution: Array, rate: Array) -> Array:
    paid = np.zeros(np.broadcast_shapes(spend.shape, contribution.shape, rate.shape))
    fund = np.zeros(paid.shape[1:])
    for period in range(len(paid)):
        fund = fund * (1 + rate[period]) + contribution[period]
        paid[period] = np.minimum(fund, spend[period])
        fund = fund - paid[period]
    paid[-1] += fund
    return paid


FUNDING: Mapping[ClosureFunding, Callable[[Context, Closure, Array, Array], Reclamation]] = {
    ClosureFunding.SPEND: _spend,
    ClosureFunding.PROVISION: _provision,
    ClosureFunding.CASH_BOND: _cash_bond,
    ClosureFunding.SURETY: _surety,
    ClosureFunding.SINKING_FUND: _sinking_fund,
}
