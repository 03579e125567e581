"""Fleets, their planned maintenance, and what was really done."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.engine.kinds import CostBasis, EquipmentLifeUnit, MaintenanceInterval
from app.models.base import Base, Edited, InScenario, Part, by_name, choice, flag
from app.models.entered import Entered, Single, entered, single
from app.models.money import InMoney, currency_index


def fraction_rule(name: str) -> str:
    """Return that an undriven quantity in % or as a fraction lies between none and all."""
    top = f"CASE {name}_unit WHEN '%' THEN 100 WHEN '1' THEN 1 ELSE 'Infinity'::float8 END"
    return f"{name}_driver IS NOT NULL OR (0 <= ALL ({name}_values) AND {top} >= ALL ({name}_values))"


class EquipmentClass(Part, InMoney, Base):
    """A fleet of one kind.

    hours: required of the whole fleet, by unit of `basis`. units: held in each period. life: in `life_unit`,
    empty never ends. availability, utilisation: of calendar hours. rebuild_interval: operating hours per
    unit, empty never. salvage: share of the price received on replacement. max_replaced: units in one period,
    empty without limit.
    """

    __tablename__ = "equipment_classes"

    hours: Mapped[Entered] = entered("hours", "h", required=True)
    units: Mapped[Entered] = entered("units", "factor", required=True)
    basis: Mapped[CostBasis] = choice(CostBasis, default=CostBasis.ENTERED)
    of: Mapped[str] = mapped_column(default="", server_default="")
    price: Mapped[Entered | None] = entered("price", "¤")
    life: Mapped[float | None]
    life_unit: Mapped[EquipmentLifeUnit] = choice(EquipmentLifeUnit, default=EquipmentLifeUnit.HOURS)
    availability: Mapped[Entered | None] = entered("availability", "fraction")
    utilisation: Mapped[Entered | None] = entered("utilisation", "fraction")
    hourly_cost: Mapped[Entered | None] = entered("hourly_cost", "¤/h")
    rebuild_interval: Mapped[Single | None] = single("rebuild_interval", "h")
    rebuild_cost: Mapped[Entered | None] = entered("rebuild_cost", "¤")
    salvage: Mapped[Single | None] = single("salvage", "fraction")
    max_replaced: Mapped[int | None]
    purchased: Mapped[bool] = flag()
    depreciation: Mapped[str | None]

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return the rules of a fleet."""
        return (
            by_name("depreciation", "depreciation_classes"),
            CheckConstraint("life > 0 AND life < 'Infinity'", name="life_positive"),
            CheckConstraint("rebuild_interval_value > 0", name="rebuild_interval_positive"),
            CheckConstraint("max_replaced > 0", name="max_replaced_positive"),
            CheckConstraint(fraction_rule("availability"), name="availability_is_share"),
            CheckConstraint(fraction_rule("utilisation"), name="utilisation_is_share"),
            currency_index(),
        )


class MaintenancePlan(Part, InMoney, Base):
    """Planned work on each unit of a class. interval: in `interval_unit`. cost and downtime [h]: by event."""

    __tablename__ = "maintenance_plans"

    equipment: Mapped[str]
    interval: Mapped[float]
    interval_unit: Mapped[MaintenanceInterval] = choice(
        MaintenanceInterval, default=MaintenanceInterval.HOURS
    )
    cost: Mapped[Entered] = entered("cost", "¤", required=True)
    downtime: Mapped[Single | None] = single("downtime", "h")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return the rules of a plan."""
        return (
            by_name("equipment", "equipment_classes", ondelete="CASCADE"),
            CheckConstraint("interval > 0 AND interval < 'Infinity'", name="interval_positive"),
            CheckConstraint("downtime_value >= 0", name="downtime_not_negative"),
            currency_index(),
        )


class MaintenanceEntry(Edited, InScenario, Base):
    """Work that was done on a day. plan: the plan that it fulfils, empty for unplanned work."""

    __tablename__ = "maintenance_entries"
    __table_args__ = (
        by_name("equipment", "equipment_classes"),
        by_name("plan", "maintenance_plans"),
        CheckConstraint("cost_value >= 0", name="cost_not_negative"),
        CheckConstraint("downtime_value >= 0", name="downtime_not_negative"),
        Index(None, "scenario_id", "day"),
        Index(None, "currency"),
    )

    day: Mapped[date]
    equipment: Mapped[str]
    plan: Mapped[str | None]
    units: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    cost: Mapped[Single | None] = single("cost", "¤")
    currency: Mapped[str | None] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    downtime: Mapped[Single | None] = single("downtime", "h")
    note: Mapped[str] = mapped_column(default="", server_default="")
