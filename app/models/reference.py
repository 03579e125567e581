"""What the whole installation shares: currencies and their rates, units, cost categories, what was seeded."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.engine.kinds import CostCategory
from app.models.base import Base, Edited, Versioned, choice, flag


class UnitKind(StrEnum):
    """What a measurement unit measures; money units stand for the currency of their line."""

    MASS = "mass"
    GRADE = "grade"  # mass of metal by mass of rock
    SHARE = "share"  # a fraction, or any plain number
    TIME = "time"  # of work, in hours
    SPAN = "span"  # of the calendar, in years
    VOLUME = "volume"
    ENERGY = "energy"
    MONEY = "money"
    MONEY_PER_MASS = "money_per_mass"
    MONEY_PER_TIME = "money_per_time"
    MONEY_PER_VOLUME = "money_per_volume"
    MONEY_PER_ENERGY = "money_per_energy"


class UnitSystem(StrEnum):
    """Where a unit comes from."""

    METRIC = "metric"
    IMPERIAL = "imperial"
    TROY = "troy"
    NONE = "none"


class CostSection(StrEnum):
    """Which lines a cost heading is for."""

    OPERATING = "operating"
    CAPITAL = "capital"


class Currency(Versioned, Base):
    """A currency by its ISO 4217 code."""

    __tablename__ = "currencies"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z]{3}$'", name="code_is_iso"),
        CheckConstraint("decimals BETWEEN 0 AND 8", name="decimals_in_range"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    symbol: Mapped[str]
    decimals: Mapped[int] = mapped_column(default=2, server_default=text("2"))
    active: Mapped[bool] = flag(default=True)


class ExchangeRate(Edited, Base):
    """What one unit of `currency` was worth in `quoted_in` on a day; scenarios copy it, never follow it."""

    __tablename__ = "exchange_rates"
    __table_args__ = (
        UniqueConstraint("currency", "quoted_in", "as_of"),
        CheckConstraint("currency <> quoted_in", name="two_currencies"),
        CheckConstraint("rate > 0 AND rate < 'Infinity'", name="rate_is_positive"),
        Index(None, "quoted_in"),
    )

    currency: Mapped[str] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    quoted_in: Mapped[str] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    as_of: Mapped[date]
    rate: Mapped[float]
    source: Mapped[str] = mapped_column(default="", server_default="")


class MeasurementUnit(Versioned, Base):
    """A unit that forms offer: `factor` base units of its kind make one of it.

    In money units `¤` stands for the currency of the line.
    """

    __tablename__ = "measurement_units"
    __table_args__ = (
        CheckConstraint("code <> ''", name="code_given"),
        CheckConstraint("factor > 0 AND factor < 'Infinity'", name="factor_is_positive"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    kind: Mapped[UnitKind] = choice(UnitKind, index=True)
    factor: Mapped[float]
    system: Mapped[UnitSystem] = choice(UnitSystem)
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class CostHeading(Versioned, Base):
    """A heading under which reports group cost lines or capital items, finer than the engine's categories.

    category: the engine category offered for a new cost line under this heading; empty for capital.
    active: offered for new lines; lines that have it keep it.
    """

    __tablename__ = "cost_headings"
    __table_args__ = (
        CheckConstraint("code <> ''", name="code_given"),
        CheckConstraint("(section = 'operating') = (category IS NOT NULL)", name="category_where_operating"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    section: Mapped[CostSection] = choice(CostSection)
    category: Mapped[CostCategory | None] = choice(CostCategory)
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    active: Mapped[bool] = flag(default=True)


class SeedEntry(Base):
    """A row that a seed once put in; what people deleted since is not put in again."""

    __tablename__ = "seed_ledger"

    seed: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    seeded_at: Mapped[datetime] = mapped_column(server_default=func.now())
