"""A term loan: drawn at a gearing in construction, repaid after it.

Interest in construction and fees are uses of funds, which the debt funds a part of, which bears interest and
fees. The circle is linear in the facility and solved by algebra; where the facility is given and the gearing
sought it is not linear, and solved by a fixed point.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.engine.financing.kinds import Repayment
from app.engine.quantity import Array, total

# Of the gearing, relative, between two rounds of the fixed point.
TOLERANCE = 1e-14
ROUNDS = 500
# Of the facility, relative: how far the draws may miss it.
MISSED = 1e-12


@dataclass(frozen=True, slots=True)
class Drawdown:
    """Rows of construction [money], `(n_construction, n_trials | 1)`.

    uses: what debt and equity share. interest: on the balance, whoever pays it.
    """

    drawn: Array
    interest: Array
    fees: Array
    uses: Array


@dataclass(frozen=True, slots=True)
class Construction:
    """What has to be funded, and on which terms; `(n_construction, n_trials | 1)`.

    capital [money]. whole: interest on the opening balance over a period, late: on a draw for the rest of it,
    commitment: fee on what is not drawn, all per money. upfront: fee per money of facility,
    `(1, n_trials | 1)`. capitalised: interest is a use of funds.
    """

    capital: Array
    whole: Array
    late: Array
    commitment: Array
    upfront: Array
    capitalised: bool

    def draw(self, gearing: Array, facility: Array) -> Drawdown:
        """Return the draws `g · uses` when fees are charged on `facility`; both are `(1, n_trials | 1)`.

        `uses_t = capital_t + fees_t + interest_t`, the interest only where it is capitalised;
        `interest_t = whole_t · balance_{t-1} + late_t · drawn_t`.
        """
        rows: list[tuple[Array, ...]] = []
        balance = np.zeros((1, 1))
        for period, capital in enumerate(self.capital):
            at = slice(period, period + 1)
            fee = self.commitment[at] * (facility - balance)
            if period == 0:
                fee = fee + self.upfront * facility
            owed, late = self.whole[at] * balance, self.late[at]
            if self.capitalised:
                drawn = gearing * (capital + fee + owed) * _inverse(1 - gearing * late)
            else:
                drawn = gearing * (capital + fee)
            interest = owed + late * drawn
            uses = capital + fee + interest if self.capitalised else capital + fee
            rows.append(tuple(np.broadcast_arrays(drawn, interest, fee, uses)))
            balance = balance + drawn
        return Drawdown(*(np.concatenate(parts) for parts in zip(*rows, strict=True)))

    def facility(self, gearing: Array) -> Array:
        """Return the facility that its own draws add up to, `(1, n_trials | 1)`; NaN where none does.

        `D = a + b D`: a is what capital draws without fees, b what a facility of one draws without capital.
        """
        nothing, one = np.zeros((1, 1)), np.ones((1, 1))
        by_capital = total(self.draw(gearing, nothing).drawn)
        by_fees = total(replace(self, capital=np.zeros_like(self.capital)).draw(gearing, one).drawn)
        return by_capital * _inverse(1 - by_fees)

    def gearing_of(self, facility: Array, ceiling: Array) -> Array:
        """Return the gearing at which the draws add up to `facility`, `(1, n_trials | 1)`.

        `g = D / Σ uses(g, D)`, iterated until g moves by less than `TOLERANCE`; NaN where the draws still
        miss the facility by more than `MISSED`. A trial that has settled stays as it is.
        """
        gearing = np.minimum(over(facility, total(self.capital)), ceiling)
        for _ in range(ROUNDS):
            found = over(facility, total(self.draw(gearing, facility).uses))
            moving = np.abs(found - gearing) > TOLERANCE * found
            if not moving.any():
                break
            gearing = np.where(moving, found, gearing)
        missed = np.abs(total(self.draw(gearing, facility).drawn) - facility)
        return np.where(missed <= MISSED * facility, gearing, np.nan)


@dataclass(frozen=True, slots=True)
class Loan:
    """A balance to repay over a life; rows are `(tenor, n_trials | 1)`.

    debt [money], `(1, n_trials | 1)`. rates: interest over each period per money. years: length of each
    period. cfads: cash flow available for debt service [money].
    """

    debt: Array
    rates: Array
    years: Array
    cfads: Array

    @property
    def factors(self) -> Array:
        """Value at the start of the life per money at the end of each period, at the debt's rate."""
        return np.asarray(1.0 / np.multiply.accumulate(1.0 + self.rates, axis=0))


@dataclass(frozen=True, slots=True)
class Service:
    """Rows of repayment [money], `(tenor, n_trials | 1)`; balance: at the end of each period."""

    interest: Array
    principal: Array
    balance: Array


def capacity(loan: Loan, dscr: Array) -> Array:
    """Return the debt that the cash flow serves at a cover, `Σ max(CFADS_t, 0) / DSCR_t · f_t`."""
    return total(np.maximum(loan.cfads, 0.0) / dscr * loan.factors)


def repay(loan: Loan, repayment: Repayment) -> Service:
    """Return the service of a loan; NaN where debt has nothing to be served with.

    By service: `service_t = w_t · D / Σ w_t f_t`, w the positive cash flow (sculpted) or the length of the
    period (annuity). By principal: `principal_t = w_t · D / Σ w_t`, w the length of the period (equal) or one
    in the last (bullet).

    >>> loan = Loan(np.array([[100.0]]), np.full((2, 1), 0.1), np.ones((2, 1)), np.array([[110.0], [121.0]]))
    >>> service = repay(loan, Repayment.SCULPTED)
    >>> (service.interest + service.principal).round(6).ravel()
    array([55. , 60.5])
    """
    if repayment in _SERVICE_SHAPES:
        weights = _SERVICE_SHAPES[repayment](loan)
        return _walk(loan, weights * level(loan.debt, total(weights * loan.factors)), by_service=True)
    weights = _PRINCIPAL_SHAPES[repayment](loan)
    return _walk(loan, weights * level(loan.debt, total(weights)), by_service=False)


def level(debt: Array, weight: Array) -> Array:
    """Return `debt / weight`: zero without debt, NaN where debt meets no weight."""
    debt, weight = np.broadcast_arrays(debt, weight)
    share = np.divide(debt, weight, out=np.full(debt.shape, np.nan), where=weight > 0)
    return np.where(debt == 0, 0.0, share)


def over(part: Array, whole: Array) -> Array:
    """Return the quotient, zero where there is no whole."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole != 0)


def _walk(loan: Loan, amounts: Array, *, by_service: bool) -> Service:
    """Return interest on the opening balance and the principal: `amounts`, less interest if by service."""
    rows: list[tuple[Array, ...]] = []
    balance = loan.debt
    for period in range(len(loan.rates)):
        at = slice(period, period + 1)
        interest = loan.rates[at] * balance
        repaid = amounts[at] - interest if by_service else amounts[at]
        balance = balance - repaid
        rows.append(tuple(np.broadcast_arrays(interest, repaid, balance)))
    return Service(*(np.concatenate(parts) for parts in zip(*rows, strict=True)))


def _bullet(loan: Loan) -> Array:
    last = np.zeros_like(loan.years)
    last[-1] = 1.0
    return last


def _inverse(values: Array) -> Array:
    """Return `1 / values`, NaN where it is not positive: the circle then has no answer."""
    inverse: Array = np.divide(1.0, values, out=np.full(values.shape, np.nan), where=values > 0)
    return inverse


_SERVICE_SHAPES = {
    Repayment.SCULPTED: lambda loan: np.maximum(loan.cfads, 0.0),
    Repayment.ANNUITY: lambda loan: loan.years,
}
_PRINCIPAL_SHAPES = {
    Repayment.EQUAL_PRINCIPAL: lambda loan: loan.years,
    Repayment.BULLET: _bullet,
}
