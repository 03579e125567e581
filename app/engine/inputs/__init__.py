"""Everything the engine needs to know about a mine, as frozen dataclasses.

Units inside the engine: tonnes, mass fractions, money units, fractions per year. Percent, g/t, ounces and
pounds exist only at the edge, through `app.engine.units`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.inputs.capital import CapitalItem, Closure
from app.engine.inputs.costs import ConsumptionLine, CostLine, EquipmentClass, MaintenancePlan
from app.engine.inputs.fiscal import (
    Depletion,
    DepreciationClass,
    Fiscal,
    IncomeTax,
    Interest,
    Levy,
    Losses,
    WorkingCapital,
)
from app.engine.inputs.money import HOME, Money
from app.engine.inputs.physicals import Feed, OreSource, Process, RecoveryCurve, Stockpile
from app.engine.inputs.sales import (
    Concentrate,
    MetalTerms,
    Participation,
    Penalty,
    Product,
    Stream,
)
from app.engine.inputs.uncertainty import Correlation, SimulationSpec, Uncertain, UncertainPath
from app.engine.kinds import (
    DiscountConvention,
    MoneyBasis,
    PaybackOrigin,
    PreProductionRevenue,
)
from app.engine.quantity import Quantity
from app.engine.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Terms:
    """How flows are valued.

    discount_rate [1/year], real or nominal as `money`; inflation [1/year] links the two.
    offset: periods added to every discount exponent, None for what the convention says.
    finance_rate, reinvest_rate: for MIRR, None is the discount rate.
    """

    discount_rate: Quantity
    convention: DiscountConvention = DiscountConvention.MID
    money: MoneyBasis = MoneyBasis.REAL
    inflation: Quantity = 0.0
    offset: float | None = None
    finance_rate: float | None = None
    reinvest_rate: float | None = None
    payback_origin: PaybackOrigin = PaybackOrigin.FIRST_PERIOD
    pre_production_revenue: PreProductionRevenue = PreProductionRevenue.SHOWN


@dataclass(frozen=True, slots=True)
class UnitCostTerms:
    """Which components each unit-cost metric holds; every one a switch, because reports differ."""

    royalty_in_c1: bool = False
    closure_in_aisc: bool = True
    corporate_in_aisc: bool = True
    exploration_in_aisc: bool = True
    leases_in_aisc: bool = True
    streams_as_credit: bool = False
    pre_commercial_excluded: bool = False


@dataclass(frozen=True, slots=True)
class MineInputs:
    """One scenario, ready to be evaluated.

    drivers: named rows that quantities refer to; resolved to two dimensions by `app.engine.evaluate`.
    fx: currency code → scenario currency per unit of it.
    entered: line name → row that replaces the derived line (shown as entered in the result).
    """

    timeline: Timeline
    terms: Terms
    drivers: Mapping[str, Quantity] = field(default_factory=dict)
    fx: Mapping[str, Quantity] = field(default_factory=dict)
    sources: tuple[OreSource, ...] = ()
    stockpiles: tuple[Stockpile, ...] = ()
    processes: tuple[Process, ...] = ()
    products: tuple[Product, ...] = ()
    costs: tuple[CostLine, ...] = ()
    consumption: tuple[ConsumptionLine, ...] = ()
    equipment: tuple[EquipmentClass, ...] = ()
    maintenance: tuple[MaintenancePlan, ...] = ()
    capital: tuple[CapitalItem, ...] = ()
    closures: tuple[Closure, ...] = ()
    fiscal: Fiscal = field(default_factory=Fiscal)
    unit_costs: UnitCostTerms = field(default_factory=UnitCostTerms)
    entered: Mapping[str, Quantity] = field(default_factory=dict)


__all__ = [
    "HOME",
    "CapitalItem",
    "Closure",
    "Concentrate",
    "ConsumptionLine",
    "Correlation",
    "CostLine",
    "Depletion",
    "DepreciationClass",
    "EquipmentClass",
    "Feed",
    "Fiscal",
    "IncomeTax",
    "Interest",
    "Levy",
    "Losses",
    "MaintenancePlan",
    "MetalTerms",
    "MineInputs",
    "Money",
    "OreSource",
    "Participation",
    "Penalty",
    "Process",
    "Product",
    "RecoveryCurve",
    "SimulationSpec",
    "Stockpile",
    "Stream",
    "Terms",
    "Uncertain",
    "UncertainPath",
    "UnitCostTerms",
    "WorkingCapital",
]
