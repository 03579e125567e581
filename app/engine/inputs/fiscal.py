"""What the state, the royalty holder and the working capital take. Rates are fractions."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.engine.inputs.money import HOME, Money
from app.engine.kinds import (
    Carry,
    ClosureBalance,
    DepreciationMethod,
    DepreciationStart,
    LevyBase,
    LevyDeduction,
    LevyKind,
    LevyTreatment,
    LossRule,
    TierMethod,
)
from app.engine.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Levy:
    """A royalty, a mining tax, a duty, a profit share.

    rate: fraction of the base (RATE), money per unit of it (UNIT), or the `a` of PROFIT_QUADRATIC; steps have
        rates of their own.
    steps: (threshold, rate), thresholds ascending. SLIDING_PRICE: prices [money/t], linear between and flat
        outside. STEPPED_PRICE: lowest prices [money/t] at which each rate holds. TIERED: lower edges of
        brackets of the base [money/year], of the operating margin when the base is MARGIN.
    order: levies are taken in ascending order. deducts: which of those before it lower its base.
    treatment: against income tax. carry_forward: a negative base is kept and used later.
    capital_first: net proceeds are after recovery of capital spent so far.
    quadratic: `b` of PROFIT_QUADRATIC. cap, floor: greatest and least fraction of sales, whatever the kind.
    before_tax: counted in the pre-tax cash flow (a royalty) or among the taxes.
    minus: fixed amount per period subtracted from the base.
    of: narrows base to one product or metal. first, last: active periods, inclusive.
    price_of: metal whose price slides the rate, "" is `of`.
    credit: fraction of the levy set against income tax besides its treatment; of a CREDITABLE one it is all.
    credited: a levy taken before that is set against this one; what it exceeds is set against later periods.
    uplift: fraction per year by which capital, negative bases and credit grow until they are used.
    allowance_least, allowance_most: bounds of the allowance of its own books, as fractions of the profit.
    by_year: months and quarters are assessed with what came before them in their reporting year.
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
    price_of: str = ""
    credit: float = 0.0
    deducts: LevyDeduction = LevyDeduction.AS_BASE
    credited: str = ""
    uplift: float = 0.0
    allowance_least: float = 0.0
    allowance_most: float = 1.0
    by_year: bool = False


@dataclass(frozen=True, slots=True)
class DepreciationClass:
    """How one class of capital is written down.

    life [years], for time-based methods. factor: declining-balance multiple (2.0, 1.5), or rate of a POOL.
    half_year: half a year's charge in the first and the last year. salvage: fraction of base.
    units: the process whose tonnes, or the metal whose payable, drives UNITS_OF_PRODUCTION; "" is all ore.
    opening: balance at the start [money of the day]; opening_life [years] left on it, 0 takes `life`.
    first_year: part of an addition that enters a POOL's base in its first year: 0.5 under the half-year rule,
        1.5 where it is accelerated; None follows `half_year`.
    reserves: units left at the start of each period as then estimated, for UNITS_OF_PRODUCTION; None is what
        the schedule still holds.
    levy: the levy on EBIT or margin in whose books this class stands instead of `cost_of`, the class whose
        cost it takes; "" is income tax. allowance: fraction of that cost, each year, off the levy's profit.
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
    first_year: float | None = None
    reserves: Quantity | None = None
    levy: str = ""
    cost_of: str = ""
    allowance: float = 0.0


@dataclass(frozen=True, slots=True)
class Depletion:
    """Percentage depletion, taken where it exceeds the cost depletion of one class.

    rate: fraction of `base`. cap: greatest fraction of the income before depletion.
    cost_class: a UNITS_OF_PRODUCTION class with the mineral basis; "" has none.
    """

    rate: Quantity
    cap: float = 0.5
    cost_class: str = ""
    base: LevyBase = LevyBase.GROSS_REVENUE


@dataclass(frozen=True, slots=True)
class Losses:
    """What becomes of a tax loss.

    cap: greatest share of positive income that a pool may offset.
    expiry, carry_back: years; None never expires, 0 is not carried back.
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
    salvage_taxed: salvage is taxed as far as it exceeds the salvage part of the depreciable base.
    by_year: months and quarters are assessed with what came before them in their reporting year.
    """

    name: str = "income tax"
    rate: Quantity = 0.0
    losses: Losses = field(default_factory=Losses)
    credits: Quantity = 0.0
    minimum: Quantity = 0.0
    lag: int = 0
    credits_money: Money = HOME
    salvage_taxed: bool = False
    by_year: bool = False


@dataclass(frozen=True, slots=True)
class WorkingCapital:
    """Days of revenue and of operating cost tied up.

    release: period in which all of it comes back; None is the last one.
    offsite_in_cost: days of cost are of site and off-site cost, not of site cost alone.
    opening: balance before the first period [money]; it comes back with the rest.
    """

    receivable_days: Quantity = 0.0
    inventory_days: Quantity = 0.0
    payable_days: Quantity = 0.0
    days_in_year: float = 365.0
    release: int | None = None
    offsite_in_cost: bool = False
    opening: float = 0.0


@dataclass(frozen=True, slots=True)
class Interest:
    """What somebody else than the owner holds of the mine: the state, a partner.

    share: fraction of the cash flow after tax, of what it brings and of what it asks for.
    carry: who pays the share of what it asks for. recovery: fraction of what the share brings that repays
    the owner for what was paid for the holder; 0 is never. uplift: fraction per year by which that grows
    until then.
    """

    name: str
    share: Quantity
    carry: Carry = Carry.NONE
    recovery: float = 0.0
    uplift: float = 0.0


@dataclass(frozen=True, slots=True)
class Fiscal:
    """Everything the cash flow owes.

    write_off: period in which undepreciated balances are written off or lost; None is the last one.
    provision_deductible: accretion of the closure provision lowers EBITDA, levy bases and taxable income.
    """

    levies: tuple[Levy, ...] = ()
    depreciation: tuple[DepreciationClass, ...] = ()
    tax: IncomeTax = field(default_factory=IncomeTax)
    working_capital: WorkingCapital = field(default_factory=WorkingCapital)
    depletion: Depletion | None = None
    write_off: int | None = None
    provision_deductible: bool = False
    interests: tuple[Interest, ...] = ()


__all__ = [
    "HOME",
    "Depletion",
    "DepreciationClass",
    "Fiscal",
    "IncomeTax",
    "Interest",
    "Levy",
    "Losses",
    "WorkingCapital",
]
