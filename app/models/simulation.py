"""Simulation runs and their results, kept with all that is needed to run them again to the same digits."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.engine.kinds import RunStatus, Sampler
from app.models.base import Base, Identified, choice, flag

if TYPE_CHECKING:
    from app.models.scenario import Scenario

ENDED = "status IN ('finished', 'failed', 'cancelled')"


class SimulationRun(Identified, Base):
    """One run.

    spec: what to run, beside the columns that lists show. inputs: the scenario's inputs as they were.
    attempt: raised whenever a worker takes the run; a result of an earlier attempt is not accepted.
    superseded_by: a later run of the same scenario that made this one's result obsolete.
    partial: statistics of the trials done so far while the run goes on; empty before and after.
    """

    __tablename__ = "simulation_runs"
    __table_args__ = (
        CheckConstraint("seed >= 0", name="seed_not_negative"),
        CheckConstraint("trials > 0", name="trials_positive"),
        CheckConstraint("progress_done BETWEEN 0 AND progress_total", name="progress_in_range"),
        CheckConstraint("attempt >= 0", name="attempt_not_negative"),
        CheckConstraint(
            "status = 'queued' OR status = 'cancelled' OR started_at IS NOT NULL", name="started"
        ),
        CheckConstraint(f"({ENDED}) = (finished_at IS NOT NULL)", name="finished"),
        CheckConstraint("started_at <= finished_at", name="times_ordered"),
        CheckConstraint("(status = 'failed') = (error <> '')", name="failure_has_reason"),
        Index(None, "scenario_id", "created_at"),
        Index(None, "requested_by"),
        Index(None, "superseded_by"),
        Index(
            "ix_simulation_runs_open",
            "heartbeat_at",
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
    )

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"))
    status: Mapped[RunStatus] = choice(RunStatus, default=RunStatus.QUEUED)
    seed: Mapped[int]
    trials: Mapped[int]
    sampler: Mapped[Sampler] = choice(Sampler, default=Sampler.SOBOL)
    spec: Mapped[dict[str, Any]] = mapped_column(JSONB)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    engine_version: Mapped[str]
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    attempt: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    cancel_requested: Mapped[bool] = flag()
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("simulation_runs.id", ondelete="SET NULL"))
    progress_done: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    progress_total: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    heartbeat_at: Mapped[datetime | None]
    partial: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="", server_default="")

    scenario: Mapped[Scenario] = relationship(back_populates="runs")
    results: Mapped[list[SimulationResult]] = relationship(
        passive_deletes="all", order_by="SimulationResult.output"
    )


class SimulationResult(Base):
    """The statistics of one output of a run, such as `npv`, `irr` or the fan of a cash-flow line."""

    __tablename__ = "simulation_results"
    __table_args__ = (CheckConstraint("output <> ''", name="output_given"),)

    run_id: Mapped[int] = mapped_column(
        ForeignKey("simulation_runs.id", ondelete="CASCADE"), primary_key=True
    )
    output: Mapped[str] = mapped_column(primary_key=True)
    statistics: Mapped[dict[str, Any]] = mapped_column(JSONB)
