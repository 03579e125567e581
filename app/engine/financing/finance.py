"""From a project's cash flow to its owners': the one door to financing.

It reads an evaluated statement and adds rows beside it; the statement stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from app.engine.cashflow import CashFlow
from app.engine.financing.debt import Construction, Drawdown, Loan, Service, capacity, over, repay
from app.engine.financing.kinds import ConstructionInterest, DebtSizing
from app.engine.financing.levered import equity_flow, levered_irr
from app.engine.financing.ratios import average, breaches, dscr_row, llcr, minimum
from app.engine.financing.reasons import FinancingReason
from app.engine.financing.reserves import ReserveRows, maintenance_rows, service_reserve
from app.engine.financing.streaming import StreamRows, stream_rows
from app.engine.financing.terms import Financing, Number
from app.engine.quantity import Array, as_rows, running, total
from app.engine.returns import Reasons
from app.engine.returns.gaps import Row

ROWS: Mapping[str, str] = MappingProxyType(
    {
        "uses": "Uses of funds in construction",
        "drawn": "Debt drawn",
        "fees": "Fees",
        "interest": "Interest",
        "principal": "Principal repaid",
        "debt_service": "Debt service",
        "debt": "Debt at the end of the period",
        "cfads": "Cash flow available for debt service",
        "dscr": "Debt service cover ratio",
        "tax_shield": "Income tax saved by interest",
        "stream_cash": "Stream, cash",
        "stream_recognised": "Stream, revenue recognised",
        "stream_deferred": "Stream, deferred revenue at the end of the period",
        "reserve_cash": "Maintenance reserve, cash out of it less cash into it",
        "reserve_balance": "Maintenance reserve at the end of the period",
        "service_reserve": "Debt service reserve at the end of the period",
        "equity_cash_flow": "Cash flow to equity",
        "cumulative_equity": "Cumulative cash flow to equity",
    }
)


@dataclass(frozen=True)
class FinancedCashFlow:
    """A statement with its financing.

    rows: keyed and ordered as `ROWS`, `(n_periods, n_trials | 1)` [money]; `dscr` is a ratio, NaN where no
    service is due. The rest is by trial, `(n_trials | 1,)`: debt [money] and gearing [fraction] at the end of
    construction, minimum_dscr, average_dscr, llcr [ratio], NaN without debt; breaches: periods below the
    covenant; levered_irr [1/year] with irr_reasons; reasons: `FinancingReason` codes. The numbers of a trial
    that could not be financed are NaN.
    """

    cash_flow: CashFlow
    rows: Mapping[str, Array]
    debt: Row
    gearing: Row
    minimum_dscr: Row
    average_dscr: Row
    llcr: Row
    breaches: NDArray[np.int64]
    levered_irr: Row
    irr_reasons: Reasons
    reasons: Reasons

    def __getitem__(self, key: str) -> Array:
        return self.rows[key]


def finance(cash_flow: CashFlow, terms: Financing) -> FinancedCashFlow:
    """Return a cash flow with debt, stream and what is left for equity.

    The terms are trusted: `app.engine.financing.check` names what is wrong with them beforehand.
    """
    stream = stream_rows(terms.streaming, cash_flow.timeline.n_periods)
    reserve = maintenance_rows(terms.maintenance_reserve, terms.construction, cash_flow.timeline.n_periods)
    build = _construction(cash_flow, terms)
    loan = _loan(cash_flow, terms, stream, reserve)
    gearing, facility = _sized(build, loan, terms)
    draw = build.draw(gearing, facility)
    loan = replace(loan, debt=total(draw.drawn))
    service = repay(loan, terms.repayment)
    cover = dscr_row(loan, service)
    rows = _rows(cash_flow, terms, draw, loan, service) | _beside(cash_flow, stream, reserve)
    rows |= _owners(cash_flow, terms, rows)
    rate, irr_reasons = levered_irr(rows["equity_cash_flow"], cash_flow.discount_exponents)
    covenant = _by_period(terms.covenant, cash_flow)[_life(terms)]
    return FinancedCashFlow(
        cash_flow=cash_flow,
        rows=rows,
        debt=loan.debt[0],
        gearing=over(loan.debt, total(draw.uses))[0],
        minimum_dscr=minimum(cover),
        average_dscr=average(cover),
        llcr=llcr(loan),
        breaches=breaches(cover, covenant),
        levered_irr=rate,
        irr_reasons=irr_reasons,
        reasons=_reasons(loan, service),
    )


def _life(terms: Financing) -> slice:
    return slice(terms.construction, terms.construction + terms.tenor)


def _by_period(number: Number, cash_flow: CashFlow) -> Array:
    rows = as_rows(number)
    return np.broadcast_to(rows, (cash_flow.timeline.n_periods, rows.shape[1]))


def _interest(cash_flow: CashFlow, terms: Financing, share: float = 1.0) -> Array:
    """Return interest over `share` of each period per money, `(1 + rate)^(share · years) - 1`."""
    years = cash_flow.timeline.years.reshape(-1, 1)
    return np.asarray((1 + _by_period(terms.rate, cash_flow)) ** (share * years) - 1)


def _construction(cash_flow: CashFlow, terms: Financing) -> Construction:
    """Return what has to be funded; capital that a period gives back funds nothing."""
    first = slice(0, terms.construction)
    years = cash_flow.timeline.years.reshape(-1, 1)
    return Construction(
        capital=np.maximum(cash_flow["capital"][first], 0.0),
        whole=_interest(cash_flow, terms)[first],
        late=_interest(cash_flow, terms, 1 - terms.draw_at)[first],
        commitment=(years * as_rows(terms.commitment_fee))[first],
        upfront=as_rows(terms.upfront_fee),
        capitalised=terms.interest is ConstructionInterest.CAPITALISED,
    )


def _loan(cash_flow: CashFlow, terms: Financing, stream: StreamRows, reserve: ReserveRows) -> Loan:
    """Return the loan before its debt is known; a stream and the maintenance reserve come before it."""
    life = _life(terms)
    return Loan(
        debt=np.zeros((1, 1)),
        rates=_interest(cash_flow, terms)[life],
        years=cash_flow.timeline.years.reshape(-1, 1)[life],
        cfads=(cash_flow[terms.line] + stream.cash + reserve.cash)[life],
    )


def _sized(build: Construction, loan: Loan, terms: Financing) -> tuple[Array, Array]:
    """Return gearing and facility, `(1, n_trials | 1)`; under DSCR the smaller of two facilities."""
    ceiling = as_rows(terms.gearing)
    most = build.facility(ceiling)
    if terms.sizing is DebtSizing.GEARING:
        return ceiling, most
    cover = as_rows(terms.dscr)
    borne = capacity(loan, cover if len(cover) == 1 else cover[_life(terms)])
    facility = np.fmin(borne, most)
    solved = build.gearing_of(facility, ceiling)
    return np.where(most <= borne, ceiling, solved), facility


def _rows(
    cash_flow: CashFlow, terms: Financing, draw: Drawdown, loan: Loan, service: Service
) -> dict[str, Array]:
    """Return the rows of the debt; the place of a row is construction, the loan's life, or both."""
    count = cash_flow.timeline.n_periods

    def placed(early: Array | None, late: Array | None, beyond: float = 0.0) -> Array:
        return _placed(early, late, terms, count, beyond)

    later = placed(None, service.interest)
    return {
        "uses": placed(draw.uses, None),
        "drawn": placed(draw.drawn, None),
        "fees": placed(draw.fees, None),
        "interest": placed(draw.interest, service.interest),
        "principal": placed(None, service.principal),
        "debt_service": placed(None, service.interest + service.principal),
        "debt": placed(running(draw.drawn), service.balance),
        "cfads": placed(None, loan.cfads),
        "dscr": placed(None, dscr_row(loan, service), np.nan),
        "tax_shield": _by_period(terms.tax_shield, cash_flow) * later,
    }


def _beside(cash_flow: CashFlow, stream: StreamRows, reserve: ReserveRows) -> dict[str, Array]:
    """Return the rows of the stream and of the maintenance reserve."""
    return {
        "stream_cash": stream.cash,
        "stream_recognised": stream.recognised,
        "stream_deferred": stream.deferred,
        "reserve_cash": _by_period(reserve.cash, cash_flow),
        "reserve_balance": _by_period(reserve.balance, cash_flow),
    }


def _owners(cash_flow: CashFlow, terms: Financing, rows: Mapping[str, Array]) -> dict[str, Array]:
    """Return the rows of equity; the owners fill the debt service reserve, and get back what it releases."""
    kept = service_reserve(rows["debt_service"], terms.construction, terms.service_reserve)
    parts = ("stream_cash", "drawn", "interest", "fees", "principal", "tax_shield")
    equity = equity_flow(cash_flow[terms.line], *(rows[part] for part in parts))
    equity = equity + rows["reserve_cash"] - np.diff(kept, axis=0, prepend=0.0)
    return {"service_reserve": kept, "equity_cash_flow": equity, "cumulative_equity": running(equity)}


def _placed(
    early: Array | None, late: Array | None, terms: Financing, n_periods: int, beyond: float
) -> Array:
    """Return rows of construction and of the loan's life as rows of the timeline, `beyond` elsewhere."""
    width = max(part.shape[1] for part in (early, late) if part is not None)
    row = np.full((n_periods, width), beyond)
    if early is not None:
        row[: terms.construction] = early
    if late is not None:
        row[_life(terms)] = late
    return row


def _reasons(loan: Loan, service: Service) -> Reasons:
    unserved = np.isnan(service.balance[-1])
    reasons = np.where(unserved, FinancingReason.NOTHING_TO_SERVE_WITH, FinancingReason.SOLVED)
    return np.where(np.isnan(loan.debt[0]), FinancingReason.NO_FACILITY, reasons).astype(np.uint8)
