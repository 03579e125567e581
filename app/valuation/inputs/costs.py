"""Cost lines, consumption, equipment and maintenance."""

from __future__ import annotations

from app import models
from app.engine.inputs import ConsumptionLine, CostLine, EquipmentClass, MaintenancePlan
from app.engine.kinds import CostBasis
from app.valuation.inputs.reader import Reader

#: The unit of what a rate is multiplied with; "" where the period itself is the basis.
BASIS_UNIT = {
    CostBasis.ENTERED: "",
    CostBasis.PER_PERIOD: "",
    CostBasis.PER_YEAR: "a",
    CostBasis.PER_T_MINED: "t",
    CostBasis.PER_T_MOVED: "t",
    CostBasis.PER_T_PROCESSED: "t",
    CostBasis.PER_T_CONCENTRATE: "t",
    CostBasis.PER_UNIT_PRODUCT: "t",
    CostBasis.PER_OPERATING_HOUR: "h",
    CostBasis.PCT_REVENUE: "¤",
}


def per_basis(unit: str, basis: CostBasis) -> tuple[str, ...]:
    """Return the units of a rate; an amount per year may be written without the year."""
    below = BASIS_UNIT[basis]
    if not below:
        return (unit,)
    return (f"{unit}/{below}", unit) if basis is CostBasis.PER_YEAR else (f"{unit}/{below}",)


def cost_line(read: Reader, row: models.CostLine) -> CostLine:
    """Return a rate times its basis."""
    return CostLine(
        name=row.name,
        category=row.category,
        basis=row.basis,
        rate=read.quantity(row, "rate", per=per_basis("¤", row.basis)),
        of=row.of,
        first=row.first,
        last=row.last,
        ramp=read.row(row, "ramp"),
        money=read.money(row),
        included_in_nsr=row.included_in_nsr,
    )


def consumption_line(read: Reader, row: models.ConsumptionLine) -> ConsumptionLine:
    """Return physical use times unit price; both may be written with or without the resource's own unit."""
    rate_units = (*per_basis(row.unit, row.basis), *per_basis("1", row.basis))
    return ConsumptionLine(
        name=row.name,
        unit=row.unit,
        basis=row.basis,
        rate=read.quantity(row, "rate", per=rate_units, resource=row.unit),
        price=read.quantity(row, "price", per=(f"¤/{row.unit}", "¤"), resource=row.unit),
        of=row.of,
        category=row.category,
        first=row.first,
        last=row.last,
        ramp=read.row(row, "ramp"),
        money=read.money(row),
    )


def equipment_class(read: Reader, row: models.EquipmentClass) -> EquipmentClass:
    """Return a fleet of one kind."""
    return EquipmentClass(
        name=row.name,
        hours=read.quantity(row, "hours", per=per_basis("h", row.basis)),
        units=read.quantity(row, "units"),
        basis=row.basis,
        of=row.of,
        price=read.quantity(row, "price"),
        life=float("inf") if row.life is None else row.life,
        life_unit=row.life_unit,
        availability=read.quantity(row, "availability", 1.0),
        utilisation=read.quantity(row, "utilisation", 1.0),
        hourly_cost=read.quantity(row, "hourly_cost"),
        rebuild_interval=read.single(row, "rebuild_interval", float("inf")),
        rebuild_cost=read.quantity(row, "rebuild_cost"),
        salvage=read.single(row, "salvage"),
        max_replaced=row.max_replaced,
        purchased=row.purchased,
        depreciation=row.depreciation or "",
        money=read.money(row),
    )


def maintenance_plan(read: Reader, row: models.MaintenancePlan) -> MaintenancePlan:
    """Return planned work on each unit of a class."""
    return MaintenancePlan(
        name=row.name,
        equipment=row.equipment,
        interval=row.interval,
        cost=read.quantity(row, "cost"),
        interval_unit=row.interval_unit,
        downtime=read.single(row, "downtime"),
        money=read.money(row),
    )
