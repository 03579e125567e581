"""What lenders and streamers agree to."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike

from app.engine.financing.kinds import ConstructionInterest, DebtSizing, Repayment

Number = float | ArrayLike


@dataclass(frozen=True, slots=True)
class Streaming:
    """Money received now for metal delivered later.

    upfront [money], one number or `(1, n_trials)`, received in period `received`. delivered: what the metal
    handed over would have brought, less what is paid for it on delivery [money], a row by period or
    `(n_periods, n_trials)`. deducted: the project's revenue already leaves it out, as that of a product sold
    through a stream does.
    """

    upfront: Number
    delivered: Number
    received: int = 0
    deducted: bool = False


@dataclass(frozen=True, slots=True)
class MaintenanceReserve:
    """Money set aside before overhauls.

    spend: what they cost, already inside the cash flow [money], a row by period or `(n_periods, n_trials)`.
    ahead: over how many periods each one is saved for.
    """

    spend: Number
    ahead: int


@dataclass(frozen=True, slots=True)
class Financing:
    """One term loan drawn in construction and repaid afterwards, and perhaps a stream.

    A number is one number, a row by period where "by period" is said, or has trials as columns.

    gearing: debt / uses of funds in construction [fraction]; the ceiling of it when `sizing` is DSCR.
    rate: effective, by period [1/year], in the price basis of the cash flow. construction: periods from the
    first in which capital is funded. tenor: periods of repayment after them. draw_at: where in its period a
    draw falls, 0 start, 1 end [fraction].
    dscr: target cover that DSCR sizing divides by [ratio]. covenant: least cover allowed, by period [ratio].
    upfront_fee: of the facility, in the first period [fraction]. commitment_fee: of what is not drawn at the
    start of a period of construction [1/year].
    tax_shield: income tax saved per money of interest after construction, by period [fraction].
    line: the cash flow that serves the debt, `after_tax_cash_flow` or `pre_tax_cash_flow`.
    maintenance_reserve: is filled and used before debt is served. service_reserve: for how many periods'
    debt service the owners keep money in an account, 0 for none.
    """

    gearing: Number
    rate: Number
    construction: int
    tenor: int
    repayment: Repayment = Repayment.SCULPTED
    sizing: DebtSizing = DebtSizing.GEARING
    dscr: Number = 1.3
    covenant: Number = 1.1
    interest: ConstructionInterest = ConstructionInterest.CAPITALISED
    draw_at: float = 0.5
    upfront_fee: Number = 0.0
    commitment_fee: Number = 0.0
    tax_shield: Number = 0.0
    line: str = "after_tax_cash_flow"
    streaming: Streaming | None = None
    maintenance_reserve: MaintenanceReserve | None = None
    service_reserve: int = 0
