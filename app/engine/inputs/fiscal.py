"""What the state, the royalty holder and the working capital take. Rates are fractions."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.engine.inputs.money import HOME, Money
from app.engine.kinds import (
    ClosureBalance,
    DepreciationMethod,
    DepreciationStart,
    LevyBase,
    LevyKind,
    LevyTreatment,
    LossRule,
    TierMethod,
)
from app.engine.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Levy:
    """A royalty, a mining tax, a duty, a profit share.

    rate: fraction of the base (RATE), money per unit of it (UNIT), or the `a` of PROFIT_QUADRATIC.
    steps: (threshold, rate) ascending: prices [money/t] of `of` for SLIDING_PRICE (linear between, flat outside); lower
        edges of brackets for TIERED (of the base amount, or of the operating margin when base is MARGIN).
    order: levies are taken in ascending order; each sees those before it where its base says so (EBIT).
    treatment: against income tax. carry_forward: a negative base is kept and used later.
    capital_first: net proceeds are after recovery of capital spent so far.
    quadratic, cap: `b` and the maximum fraction of sales, for PROFIT_QUADRATIC. floor: least fraction of gross revenue.
    before_tax: counted in the pre-tax cash flow (a royalty) or among the taxes.
    minus: fixed amount per period subtracted from the base.
    of: narrows base to one product or metal. first, last: active periods, inclusive.
    """

    name: str
    base: LevyBase
    rate: Quantity
    kind: LevyKind = LevyKind.RATE
    of: str = ""
    order: int = 0
    treatment: LevyTreatment = LevyTreatment.DEDUCTIBLE
    before_tax: bool = True
    carry_forward: bool = False
    capital_first: bool = False
    steps: tuple[tuple[float, float], ...] = ()
    tier_method: TierMethod = TierMethod.MARGINAL
    quadratic: float = 0.0
    cap: float | None = None
    floor: float = 0.0
    minus: Quantity = 0.0
    first: int | None = None
    last: int | None = None
    money: Money = HOME


@dataclass(frozen=True, slots=True)
class DepreciationClass:
    """How one class of capital is written down.

    life [years] for time-based methods; factor: declining-balance multiple (2.0, 1.5), or class rate for POOL.
    half_year: half a year's charge in the first and the last year. salvage: fraction of base.
    units: name of the process whose tonnes, or the metal whose payable, drives UNITS_OF_PRODUCTION; "" all ore processed.
    opening: balance at the start [money]; opening_life [years] left on it.
    """

    name: str
    method: DepreciationMethod
    life: float = 0.0
    factor: float = 2.0
    half_year: bool = False
    salvage: float = 0.0
    start: DepreciationStart = DepreciationStart.IN_SERVICE
    at_closure: ClosureBalance = ClosureBalance.WRITTEN_OFF
    units: str = ""
    opening: float = 0.0
    opening_life: float = 0.0


@dataclass(frozen=True, slots=True)
class Losses:
    """What becomes of a tax loss.

    cap: greatest share of positive income that a pool may offset. expiry, carry_back: years, None without limit / zero.
    opening: pool at the start [money of the day].
    """

    rule: LossRule = LossRule.CARRY_FORWARD
    cap: float = 1.0
    expiry: float | None = None
    carry_back: float = 0.0
    opening: float = 0.0


@dataclass(frozen=True, slots=True)
class IncomeTax:
    """Tax on income.

    rate [fraction]; minimum: least tax as a fraction of gross revenue.
    credits: refundable, by period (inflow). lag: periods between charge and payment.
    """

    name: str = "income tax"
    rate: Quantity = 0.0
    losses: Losses = field(default_factory=Losses)
    credits: Quantity = 0.0
    minimum: Quantity = 0.0
    lag: int = 0


@dataclass(frozen=True, slots=True)
class WorkingCapital:
    """Days of revenue and of operating cost tied up.

    release: period in which all of it comes back; None is the last one.
    """

    receivable_days: Quantity = 0.0
    inventory_days: Quantity = 0.0
    payable_days: Quantity = 0.0
    days_in_year: float = 365.0
    release: int | None = None


@dataclass(frozen=True, slots=True)
class Fiscal:
    """Everything the cash flow owes."""

    levies: tuple[Levy, ...] = ()
    depreciation: tuple[DepreciationClass, ...] = ()
    tax: IncomeTax = field(default_factory=IncomeTax)
    working_capital: WorkingCapital = field(default_factory=WorkingCapital)


__all__ = [
    "HOME",
    "DepreciationClass",
    "Fiscal",
    "IncomeTax",
    "Levy",
    "Losses",
    "WorkingCapital",
]
