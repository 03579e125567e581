"""A scenario: the timeline, how its flows are valued, and the parts that it owns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Dialect, ForeignKey, Index, TypeDecorator, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.engine.kinds import (
    Copula,
    PeriodLength,
    ScenarioStatus,
)
from app.models.base import Base, Edited, choice, flag
from app.models.project import SLUG

if TYPE_CHECKING:
    from app.models.capital import CapitalItem, Closure
    from app.models.cost import ConsumptionLine, CostLine
    from app.models.equipment import EquipmentClass, MaintenanceEntry, MaintenancePlan
    from app.models.fiscal import (
        Depletion,
        DepreciationClass,
        IncomeTaxTerms,
        Interest,
        Levy,
        WorkingCapitalTerms,
    )
    from app.models.parameter import EnteredRow, Parameter, ParameterCorrelation, ScenarioRate
    from app.models.product import Product
    from app.models.production import OreSource, Process, Stockpile
    from app.models.project import Project
    from app.models.simulation import SimulationRun
    from app.models.terms import ValuationTerms

LENGTHS = " || ".join(f'@.length == "{length}"' for length in PeriodLength)
#: True for a non-empty list of {length, count} with a known length and a whole count of at least one.
PERIODS_RULE = (
    "jsonb_typeof(periods) = 'array' AND jsonb_array_length(periods) > 0"
    """ AND NOT jsonb_path_exists(periods, '$[*].type() ? (@ != "object")')"""
    f""" AND NOT jsonb_path_exists(periods, '$[*] ? (!(({LENGTHS}) && @.count.type() == "number\""""
    " && @.count >= 1 && @.count == @.count.floor()))')"
)
#: A scenario that was deleted leaves its name and address to others.
PRESENT = text("deleted_at IS NULL")


@dataclass(frozen=True, slots=True)
class PeriodRun:
    """`count` consecutive periods of one length."""

    length: PeriodLength
    count: int


class PeriodRuns(TypeDecorator[tuple[PeriodRun, ...]]):
    """The timeline's periods as JSON: `[{"length": "year", "count": 12}]`."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Sequence[PeriodRun] | None, dialect: Dialect) -> Any:
        """Return plain JSON."""
        return None if value is None else [{"length": str(run.length), "count": run.count} for run in value]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[PeriodRun, ...] | None:
        """Return runs."""
        if value is None:
            return None
        return tuple(PeriodRun(PeriodLength(run["length"]), int(run["count"])) for run in value)


def _owned(**options: Any) -> Any:
    options = {"order_by": "[{0}.position, {0}.id]".format(options.pop("of"))} | options
    return relationship(passive_deletes="all", **options)


class Scenario(Edited, Base):
    """One plan for a project, with everything that its value depends on.

    slug: stands in its address, unique in the project. is_base: what other scenarios are compared with, one
    per project. periods: runs of equal periods from `start`. valuation: the date that NPV is stated for,
    empty is `start`. production_start: index of the first producing period, empty follows the physicals.
    deleted_at: since when no page shows it. copula, copula_degrees: how a simulation ties correlated
    parameters together.
    """

    __tablename__ = "scenarios"
    __table_args__ = (
        Index("uq_scenarios_project_id_slug", "project_id", "slug", unique=True, postgresql_where=PRESENT),
        Index("uq_scenarios_project_id_name", "project_id", "name", unique=True, postgresql_where=PRESENT),
        Index(None, "project_id"),
        Index("uq_scenarios_base", "project_id", unique=True, postgresql_where=text("is_base")),
        Index(None, "status"),
        Index(None, "deleted_at"),
        CheckConstraint(SLUG, name="slug_is_plain"),
        CheckConstraint("name <> ''", name="name_given"),
        CheckConstraint(PERIODS_RULE, name="periods_are_runs"),
        CheckConstraint("production_start >= 0", name="production_start_is_index"),
        CheckConstraint("copula_degrees > 0", name="copula_degrees_positive"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    slug: Mapped[str]
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")
    status: Mapped[ScenarioStatus] = choice(ScenarioStatus, default=ScenarioStatus.DRAFT)
    is_base: Mapped[bool] = flag()
    deleted_at: Mapped[datetime | None]

    start: Mapped[date]
    periods: Mapped[tuple[PeriodRun, ...]] = mapped_column(PeriodRuns)
    valuation: Mapped[date | None]
    production_start: Mapped[int | None]

    copula: Mapped[Copula] = choice(Copula, default=Copula.GAUSSIAN)
    copula_degrees: Mapped[float] = mapped_column(default=4.0, server_default=text("4"))

    project: Mapped[Project] = relationship(back_populates="scenarios")
    terms: Mapped[ValuationTerms | None] = relationship(passive_deletes="all")
    parameters: Mapped[list[Parameter]] = _owned(of="Parameter")
    correlations: Mapped[list[ParameterCorrelation]] = relationship(
        passive_deletes="all", order_by="ParameterCorrelation.id"
    )
    rates: Mapped[list[ScenarioRate]] = relationship(passive_deletes="all", order_by="ScenarioRate.currency")
    sources: Mapped[list[OreSource]] = _owned(of="OreSource")
    stockpiles: Mapped[list[Stockpile]] = _owned(of="Stockpile")
    processes: Mapped[list[Process]] = _owned(of="Process")
    products: Mapped[list[Product]] = _owned(of="Product")
    costs: Mapped[list[CostLine]] = _owned(of="CostLine")
    consumption: Mapped[list[ConsumptionLine]] = _owned(of="ConsumptionLine")
    equipment: Mapped[list[EquipmentClass]] = _owned(of="EquipmentClass")
    maintenance: Mapped[list[MaintenancePlan]] = _owned(of="MaintenancePlan")
    maintenance_log: Mapped[list[MaintenanceEntry]] = relationship(
        passive_deletes="all", order_by="MaintenanceEntry.day"
    )
    capital: Mapped[list[CapitalItem]] = _owned(of="CapitalItem")
    closures: Mapped[list[Closure]] = _owned(of="Closure")
    levies: Mapped[list[Levy]] = _owned(of="Levy")
    depreciation: Mapped[list[DepreciationClass]] = _owned(of="DepreciationClass")
    income_tax: Mapped[IncomeTaxTerms | None] = relationship(passive_deletes="all")
    depletion: Mapped[Depletion | None] = relationship(passive_deletes="all")
    working_capital: Mapped[WorkingCapitalTerms | None] = relationship(passive_deletes="all")
    interests: Mapped[list[Interest]] = _owned(of="Interest")
    entered_rows: Mapped[list[EnteredRow]] = relationship(passive_deletes="all", order_by="EnteredRow.line")
    runs: Mapped[list[SimulationRun]] = relationship(
        back_populates="scenario",
        passive_deletes="all",
        order_by="SimulationRun.id.desc()",
    )

    @property
    def period_count(self) -> int:
        """Return how many periods the timeline has."""
        return sum(run.count for run in self.periods)
