"""Every enumeration of the model, as text, in one place.

Tables store these values, the engine switches on them, forms offer them; `app.models` may import no more.
"""

from __future__ import annotations

from enum import StrEnum


class PeriodLength(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class DiscountConvention(StrEnum):
    """Where inside its period a cash flow is taken to fall, measured from the valuation date."""

    START = "start"  # first column undiscounted
    MID = "mid"
    END = "end"  # a spreadsheet's NPV()
    DATED = "dated"  # actual days / 365 from period end, a spreadsheet's XNPV()
    PRODUCTION_START = "production_start"  # t = 0 at first production, earlier spend compounded forward


class MoneyBasis(StrEnum):
    """Constant purchasing power, or money of the day."""

    REAL = "real"
    NOMINAL = "nominal"


class DeductionKind(StrEnum):
    """How a smelter's minimum deduction bites."""

    NONE = "none"
    UNIT = "unit"  # pay the lesser of the percentage and (assay - deduction)
    ABSOLUTE = "absolute"  # subtract the deduction, then pay the percentage
    FLOOR = "floor"  # nothing is paid below this assay


class PenaltyStep(StrEnum):
    CONTINUOUS = "continuous"
    WHOLE_STEP = "whole_step"


class CostCategory(StrEnum):
    MINING = "mining"
    REHANDLE = "rehandle"
    PROCESSING = "processing"
    SITE_ADMIN = "site_admin"
    SITE_SERVICES = "site_services"
    OFFSITE = "offsite"  # transport, treatment, refining and selling cost entered as a cost line
    MAINTENANCE = "maintenance"
    EQUIPMENT = "equipment"
    CONSUMPTION = "consumption"
    CORPORATE = "corporate"
    EXPLORATION = "exploration"
    LEASE = "lease"
    OTHER = "other"


class CostBasis(StrEnum):
    """What a rate is multiplied with."""

    ENTERED = "entered"  # an amount for each period
    PER_PERIOD = "per_period"
    PER_YEAR = "per_year"
    PER_T_MINED = "per_t_mined"  # ore
    PER_T_MOVED = "per_t_moved"  # ore and waste
    PER_T_PROCESSED = "per_t_processed"
    PER_T_CONCENTRATE = "per_t_concentrate"  # dry tonnes
    PER_UNIT_PRODUCT = "per_unit_product"  # per tonne of payable metal
    PER_OPERATING_HOUR = "per_operating_hour"
    PCT_REVENUE = "pct_revenue"  # of gross revenue


class CapitalKind(StrEnum):
    INITIAL = "initial"
    EXPANSION = "expansion"
    SUSTAINING = "sustaining"
    REPLACEMENT = "replacement"


class ContingencyMethod(StrEnum):
    NONE = "none"
    PERCENTAGE = "percentage"
    P_LEVEL = "p_level"


class PreProductionRevenue(StrEnum):
    SHOWN = "shown"  # as revenue
    NETTED = "netted"  # against initial capital


class EquipmentLifeUnit(StrEnum):
    HOURS = "hours"
    YEARS = "years"


class MaintenanceInterval(StrEnum):
    HOURS = "hours"
    DAYS = "days"


class LevyKind(StrEnum):
    RATE = "rate"
    UNIT = "unit"  # money per tonne or per unit of metal
    SLIDING_PRICE = "sliding_price"  # rate interpolated on a price
    STEPPED_PRICE = "stepped_price"  # rate of the bracket that a price reaches
    TIERED = "tiered"  # rate by brackets of the base or of the operating margin
    PROFIT_QUADRATIC = "profit_quadratic"  # a·sales + b·profit²/sales, capped


class LevyBase(StrEnum):
    GROSS_REVENUE = "gross_revenue"
    REVENUE_AFTER_REFINING = "revenue_after_refining"
    NSR = "nsr"  # revenue less off-site cost
    NET_PROCEEDS = "net_proceeds"  # NSR less site operating cost, optionally less capital first
    EBITDA = "ebitda"
    EBIT = "ebit"  # EBITDA less depreciation, and less levies as each says
    MARGIN = "margin"  # base EBIT, rate by EBIT / revenue
    T_MINED = "t_mined"
    T_PROCESSED = "t_processed"
    PAYABLE_METAL = "payable_metal"


class LevyTreatment(StrEnum):
    """How a levy meets income tax."""

    DEDUCTIBLE = "deductible"
    CREDITABLE = "creditable"
    NEITHER = "neither"


class LevyDeduction(StrEnum):
    """Which of the levies taken before lower what a levy is charged on."""

    AS_BASE = "as_base"  # EBIT and margin are less all of them, other bases less none
    NONE = "none"
    LOWER_ORDER = "lower_order"  # on any base of money; equal orders leave each other alone


class TierMethod(StrEnum):
    MARGINAL = "marginal"
    AVERAGE = "average"


class DepreciationMethod(StrEnum):
    STRAIGHT_LINE = "straight_line"
    DECLINING_BALANCE = "declining_balance"  # switches to straight line when that is larger
    SUM_OF_YEARS = "sum_of_years"
    UNITS_OF_PRODUCTION = "units_of_production"
    MACRS = "macrs"
    POOL = "pool"  # Canadian-style declining pool
    IMMEDIATE = "immediate"


class DepreciationStart(StrEnum):
    SPEND = "spend"
    IN_SERVICE = "in_service"  # the later of the spend and first production


class ClosureBalance(StrEnum):
    """What becomes of undepreciated balance in the last period."""

    WRITTEN_OFF = "written_off"
    LOST = "lost"


class LossRule(StrEnum):
    CARRY_FORWARD = "carry_forward"
    LOST = "lost"  # a loss helps nobody
    OFFSET = "offset"  # the group uses it at once: negative tax is an inflow


class Carry(StrEnum):
    """Who pays the share of a holder in what the mine spends."""

    NONE = "none"  # the holder
    TO_PRODUCTION = "to_production"  # the owner until production starts, then the holder
    ALWAYS = "always"  # the owner


class ClosureFunding(StrEnum):
    SPEND = "spend"
    PROVISION = "provision"  # non-cash accretion, cash when spent
    CASH_BOND = "cash_bond"
    SURETY = "surety"
    SINKING_FUND = "sinking_fund"


class PaybackOrigin(StrEnum):
    FIRST_PERIOD = "first_period"
    FIRST_PRODUCTION = "first_production"
    VALUATION_DATE = "valuation_date"


class DistributionFamily(StrEnum):
    FIXED = "fixed"
    UNIFORM = "uniform"
    TRIANGULAR = "triangular"
    TRIANGULAR_P10_P90 = "triangular_p10_p90"
    PERT = "pert"
    NORMAL = "normal"
    TRUNCATED_NORMAL = "truncated_normal"
    LOGNORMAL = "lognormal"
    LOGNORMAL_P10_P90 = "lognormal_p10_p90"
    BETA = "beta"
    GAMMA = "gamma"
    WEIBULL = "weibull"
    DISCRETE = "discrete"
    EMPIRICAL = "empirical"
    CUMULATIVE = "cumulative"


class PriceProcess(StrEnum):
    GBM = "gbm"
    SCHWARTZ = "schwartz"
    AR1 = "ar1"
    REGIME = "regime"
    BOOTSTRAP = "bootstrap"


class Effect(StrEnum):
    """How a draw meets the base value of its driver."""

    REPLACE = "replace"
    MULTIPLY = "multiply"
    ADD = "add"


class Draw(StrEnum):
    TRIAL = "trial"  # one draw for the whole life
    PERIOD = "period"  # a draw for each period


class Sampler(StrEnum):
    PLAIN = "plain"
    LATIN_HYPERCUBE = "latin_hypercube"
    SOBOL = "sobol"


class Copula(StrEnum):
    GAUSSIAN = "gaussian"
    STUDENT_T = "student_t"
    IMAN_CONOVER = "iman_conover"


class ParameterUnit(StrEnum):
    """What a parameter of a distribution or a process is measured in."""

    DRIVER = "driver"  # the unit of the driver itself
    NUMBER = "number"
    FRACTION = "fraction"
    PER_YEAR = "per_year"


class StopReason(StrEnum):
    COMPLETE = "complete"
    CONVERGED = "converged"
    CANCELLED = "cancelled"


class Tail(StrEnum):
    """Which end of an output's distribution is the bad one."""

    LOW = "low"
    HIGH = "high"


class RunStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ScenarioStatus(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    ARCHIVED = "archived"


class RoleName(StrEnum):
    VIEWER = "viewer"
    ANALYST = "analyst"
    PROJECT_MANAGER = "project_manager"
    ADMINISTRATOR = "administrator"
