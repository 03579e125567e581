"""What it costs to run: cost lines, consumption, equipment, maintenance."""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.inputs.money import HOME, Money
from app.engine.kinds import CostBasis, CostCategory, EquipmentLifeUnit, MaintenanceInterval
from app.engine.quantity import Quantity


@dataclass(frozen=True, slots=True)
class CostLine:
    """A rate times its basis.

    rate: money per unit of `basis`, or the amount itself for ENTERED.
    of: narrows the basis to one source, process, product, metal or equipment class; "" takes all.
    first, last: active periods, inclusive; None is open. ramp: factors on the first active periods.
    included_in_nsr: an OFFSITE line is subtracted before NSR royalties; False counts it with the site's cost.
    of may also name a stockpile, for PER_T_MOVED: the tonnes drawn from it (rehandling).
    """

    name: str
    category: CostCategory
    basis: CostBasis
    rate: Quantity
    of: str = ""
    first: int | None = None
    last: int | None = None
    ramp: tuple[float, ...] = ()
    money: Money = HOME
    included_in_nsr: bool = True


@dataclass(frozen=True, slots=True)
class ConsumptionLine:
    """Physical use × unit price.

    rate: units of `unit` per unit of `basis`. price: money per `unit`.
    """

    name: str
    unit: str
    basis: CostBasis
    rate: Quantity
    price: Quantity
    of: str = ""
    category: CostCategory = CostCategory.CONSUMPTION
    first: int | None = None
    last: int | None = None
    ramp: tuple[float, ...] = ()
    money: Money = HOME


@dataclass(frozen=True, slots=True)
class EquipmentClass:
    """A fleet of one kind.

    hours: operating hours required of the whole fleet, per unit of `basis` (ENTERED: hours per period).
    units: held in each period. price: of one unit. life: in `life_unit`.
    availability, utilisation: fractions of calendar hours.
    hourly_cost: per operating hour, without consumption listed elsewhere.
    rebuild_interval [operating hours per unit], rebuild_cost: per unit; the rebuild counter and the
    replacement counter
        run separately. salvage: fraction of price received on replacement and at the end.
    max_replaced: units in one period, None for no limit; the rest wait for the next one.
    purchased: initial units are bought through this class (False: they stand in a capital item).
    """

    name: str
    hours: Quantity
    units: Quantity
    basis: CostBasis = CostBasis.ENTERED
    of: str = ""
    price: Quantity = 0.0
    life: float = float("inf")
    life_unit: EquipmentLifeUnit = EquipmentLifeUnit.HOURS
    availability: Quantity = 1.0
    utilisation: Quantity = 1.0
    hourly_cost: Quantity = 0.0
    rebuild_interval: float = float("inf")
    rebuild_cost: Quantity = 0.0
    salvage: float = 0.0
    max_replaced: int | None = None
    purchased: bool = False
    depreciation: str = ""
    money: Money = HOME


@dataclass(frozen=True, slots=True)
class MaintenancePlan:
    """Planned work on each unit of a class, every `interval` operating hours or calendar days.

    cost: per event. downtime: hours per event.
    """

    name: str
    equipment: str
    interval: float
    cost: Quantity
    interval_unit: MaintenanceInterval = MaintenanceInterval.HOURS
    downtime: float = 0.0
    money: Money = HOME
