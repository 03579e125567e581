"""Named drivers and their uncertainty, exchange rates, rows entered instead of derived ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.engine.kinds import DistributionFamily, Draw, Effect, PriceProcess
from app.models.base import Base, Edited, InScenario, Part, by_name, choice, flag
from app.models.entered import Entered, entered


class Parameter(Part, Base):
    """A named driver: a value or a row by period, and how uncertain it is.

    base: as entered; may itself follow another parameter. currency: of a money unit, empty is the scenario's.
    family or process: at most one; neither means certain. distribution: its numbers by name, in the unit of
    `base` where the draw replaces or is added, without unit where it multiplies. active: switched off, the
    base holds alone.
    """

    __tablename__ = "parameters"

    label: Mapped[str] = mapped_column(default="", server_default="")
    base: Mapped[Entered] = entered("base", required=True)
    currency: Mapped[str | None] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    family: Mapped[DistributionFamily | None] = choice(DistributionFamily)
    process: Mapped[PriceProcess | None] = choice(PriceProcess)
    distribution: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    effect: Mapped[Effect] = choice(Effect, default=Effect.REPLACE)
    draw: Mapped[Draw] = choice(Draw, default=Draw.TRIAL)
    autocorrelation: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    centred: Mapped[bool] = flag(default=True)
    active: Mapped[bool] = flag(default=True)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return the rules of a driver."""
        return (
            CheckConstraint("name ~ '^[a-z][a-z0-9_]*$'", name="name_is_identifier"),
            CheckConstraint("num_nonnulls(family, process) <= 1", name="one_kind_of_uncertainty"),
            CheckConstraint("jsonb_typeof(distribution) = 'object'", name="distribution_is_object"),
            CheckConstraint("autocorrelation BETWEEN -1 AND 1", name="autocorrelation_in_range"),
            Index(None, "currency"),
        )


class ParameterCorrelation(Edited, InScenario, Base):
    """Target Spearman rank correlation of two parameters; a pair that is not listed is independent."""

    __tablename__ = "parameter_correlations"
    __table_args__ = (
        by_name("first", "parameters", ondelete="CASCADE"),
        by_name("second", "parameters", ondelete="CASCADE"),
        CheckConstraint("first <> second", name="two_parameters"),
        CheckConstraint("rho BETWEEN -1 AND 1", name="rho_in_range"),
        Index(
            "uq_parameter_correlations_pair",
            "scenario_id",
            text("least(first, second)"),
            text("greatest(first, second)"),
            unique=True,
        ),
    )

    first: Mapped[str]
    second: Mapped[str]
    rho: Mapped[float]


class ScenarioRate(Edited, InScenario, Base):
    """What one unit of `currency` is worth in the scenario's currency, as of a named day."""

    __tablename__ = "scenario_rates"
    __table_args__ = (UniqueConstraint("scenario_id", "currency"), Index(None, "currency"))

    currency: Mapped[str] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    as_of: Mapped[date]
    rate: Mapped[Entered] = entered("rate", "factor", required=True)
    source: Mapped[str] = mapped_column(default="", server_default="")


class EnteredRow(Edited, InScenario, Base):
    """A row that replaces a derived line, such as `recovered.Cu` or `income_tax`, and is shown as entered."""

    __tablename__ = "entered_rows"
    __table_args__ = (
        UniqueConstraint("scenario_id", "line"),
        CheckConstraint("line <> ''", name="line_given"),
        Index(None, "currency"),
    )

    line: Mapped[str]
    row: Mapped[Entered] = entered("row", required=True)
    currency: Mapped[str | None] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    note: Mapped[str] = mapped_column(default="", server_default="")
