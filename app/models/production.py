"""Rock: where it is mined, where it waits, where it is processed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.models.base import Base, Edited, InScenario, Part, by_name
from app.models.entered import Curve, Entered, Row, Single, curve, entered, row, single


class OreSource(Part, Base):
    """A pit, a stope or an ore type. reserve: what may be mined over the life."""

    __tablename__ = "ore_sources"

    ore: Mapped[Entered] = entered("ore", "t", required=True)
    waste: Mapped[Entered | None] = entered("waste", "t")
    reserve: Mapped[Single | None] = single("reserve", "t")

    metals: Mapped[list[OreSourceMetal]] = relationship(passive_deletes="all", order_by="OreSourceMetal.id")


class OreSourceMetal(Edited, InScenario, Base):
    """The grade of one metal in the ore mined."""

    __tablename__ = "ore_source_metals"
    __table_args__ = (
        UniqueConstraint("scenario_id", "source", "metal"),
        by_name("source", "ore_sources", ondelete="CASCADE"),
        CheckConstraint("metal <> ''", name="metal_given"),
    )

    source: Mapped[str]
    metal: Mapped[str]
    grade: Mapped[Entered] = entered("grade", "fraction", required=True)


class Stockpile(Part, Base):
    """Ore of one source that waits; drawn at its average grade."""

    __tablename__ = "stockpiles"

    source: Mapped[str]
    opening: Mapped[Single | None] = single("opening", "t")

    metals: Mapped[list[StockpileMetal]] = relationship(passive_deletes="all", order_by="StockpileMetal.id")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return the reference to the source."""
        return (by_name("source", "ore_sources"),)


class StockpileMetal(Edited, InScenario, Base):
    """The grade of one metal in what the stockpile holds at the start."""

    __tablename__ = "stockpile_metals"
    __table_args__ = (
        UniqueConstraint("scenario_id", "stockpile", "metal"),
        by_name("stockpile", "stockpiles", ondelete="CASCADE"),
        CheckConstraint("metal <> ''", name="metal_given"),
    )

    stockpile: Mapped[str]
    metal: Mapped[str]
    opening_grade: Mapped[Single] = single("opening_grade", "fraction", required=True)


class Process(Part, Base):
    """A mill, a leach pad or a plant.

    Either `ore` and the grades of its metals are entered, or its feeds give both.
    """

    __tablename__ = "processes"

    ore: Mapped[Entered | None] = entered("ore", "t")

    metals: Mapped[list[ProcessMetal]] = relationship(passive_deletes="all", order_by="ProcessMetal.id")
    feeds: Mapped[list[ProcessFeed]] = relationship(passive_deletes="all", order_by="ProcessFeed.id")


class ProcessMetal(Edited, InScenario, Base):
    """Head grade and recovery of one metal.

    recovery: a value or row; recovery_curve: by head grade instead. release: shares of what is recovered in
    the period of the ore and in those after it; empty is at once. earlier: what comes out of ore from before
    the first period.
    """

    __tablename__ = "process_metals"
    __table_args__ = (
        UniqueConstraint("scenario_id", "process", "metal"),
        by_name("process", "processes", ondelete="CASCADE"),
        CheckConstraint("metal <> ''", name="metal_given"),
        CheckConstraint("num_nonnulls(recovery_values, recovery_curve_x) <= 1", name="one_recovery"),
    )

    process: Mapped[str]
    metal: Mapped[str]
    grade: Mapped[Entered | None] = entered("grade", "fraction")
    recovery: Mapped[Entered | None] = entered("recovery", "fraction")
    recovery_curve: Mapped[Curve | None] = curve("recovery_curve", "fraction", "fraction")
    release: Mapped[Row | None] = row("release", "fraction")
    earlier: Mapped[Entered | None] = entered("earlier", "t")


class ProcessFeed(Edited, InScenario, Base):
    """What a process takes from one ore source or from one stockpile."""

    __tablename__ = "process_feeds"
    __table_args__ = (
        UniqueConstraint("scenario_id", "process", "source", "stockpile", postgresql_nulls_not_distinct=True),
        by_name("process", "processes", ondelete="CASCADE"),
        by_name("source", "ore_sources"),
        by_name("stockpile", "stockpiles"),
        CheckConstraint("num_nonnulls(source, stockpile) = 1", name="one_origin"),
    )

    process: Mapped[str]
    source: Mapped[str | None]
    stockpile: Mapped[str | None]
    ore: Mapped[Entered] = entered("ore", "t", required=True)
