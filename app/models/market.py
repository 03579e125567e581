"""Prices and smelter's terms that the whole installation shares; scenarios copy them, never follow them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.engine.kinds import DeductionKind, MoneyBasis, PenaltyStep
from app.models.base import Base, Edited, choice, flag
from app.models.entered import Row, Single, row, single


class PriceDeck(Edited, Base):
    """A named set of commodity prices by calendar year.

    first_year, years: the columns that a price may have; the last of them holds for every later year too.
    money_basis: real prices are in money of the scenario's start. active: offered to scenarios.
    """

    __tablename__ = "price_decks"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("name <> ''", name="name_given"),
        CheckConstraint("first_year BETWEEN 1900 AND 2200", name="first_year_in_range"),
        CheckConstraint("years BETWEEN 1 AND 100", name="years_in_range"),
    )

    name: Mapped[str]
    as_of: Mapped[date]
    source: Mapped[str]
    first_year: Mapped[int]
    years: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    money_basis: Mapped[MoneyBasis] = choice(MoneyBasis, default=MoneyBasis.REAL)
    note: Mapped[str] = mapped_column(default="", server_default="")
    active: Mapped[bool] = flag(default=True)


class DeckPrice(Edited, Base):
    """What one commodity costs in a deck: one price for all years, or one for each year of the deck."""

    __tablename__ = "deck_prices"
    __table_args__ = (
        UniqueConstraint("deck", "commodity"),
        CheckConstraint("commodity <> ''", name="commodity_given"),
        Index(None, "currency"),
    )

    deck: Mapped[str] = mapped_column(
        ForeignKey(
            "price_decks.name", onupdate="CASCADE", ondelete="CASCADE", deferrable=True, initially="IMMEDIATE"
        )
    )
    commodity: Mapped[str]
    currency: Mapped[str] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    price: Mapped[Row] = row("price", "¤/t", required=True)


class SmelterTerms(Edited, Base):
    """What a smelter or refiner keeps and charges, as a named set; what is empty leaves a product as it is.

    currency: of every charge, empty is the scenario's. active: offered to scenarios.
    """

    __tablename__ = "smelter_terms"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("name <> ''", name="name_given"),
        CheckConstraint("lag >= 0", name="lag_not_negative"),
        Index(None, "currency"),
    )

    name: Mapped[str]
    as_of: Mapped[date]
    source: Mapped[str]
    currency: Mapped[str | None] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    money_basis: Mapped[MoneyBasis] = choice(MoneyBasis, default=MoneyBasis.REAL)
    treatment: Mapped[Single | None] = single("treatment", "¤/t")
    freight: Mapped[Single | None] = single("freight", "¤/t")
    moisture: Mapped[Single | None] = single("moisture", "fraction")
    insurance: Mapped[Single | None] = single("insurance", "fraction")
    losses: Mapped[Single | None] = single("losses", "fraction")
    provisional: Mapped[Single | None] = single("provisional", "fraction")
    lag: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="", server_default="")
    active: Mapped[bool] = flag(default=True)


class SmelterMetal(Edited, Base):
    """What a smelter pays for one metal, and what refining it costs."""

    __tablename__ = "smelter_metals"
    __table_args__ = (
        UniqueConstraint("terms", "metal"),
        CheckConstraint("metal <> ''", name="metal_given"),
        CheckConstraint(
            "(deduction_value IS NULL) = (deduction_kind IS NULL OR deduction_kind = 'none')",
            name="deduction_has_kind",
        ),
        CheckConstraint(
            "num_nonnulls(participation_share_value, participation_basis_value) IN (0, 2)",
            name="participation_is_whole",
        ),
    )

    terms: Mapped[str] = mapped_column(
        ForeignKey(
            "smelter_terms.name",
            onupdate="CASCADE",
            ondelete="CASCADE",
            deferrable=True,
            initially="IMMEDIATE",
        )
    )
    metal: Mapped[str]
    payable: Mapped[Single | None] = single("payable", "fraction")
    deduction: Mapped[Single | None] = single("deduction", "fraction")
    deduction_kind: Mapped[DeductionKind | None] = choice(DeductionKind)
    refining: Mapped[Single | None] = single("refining", "¤/t")
    premium: Mapped[Single | None] = single("premium", "¤/t")
    participation_share: Mapped[Single | None] = single("participation_share", "fraction")
    participation_basis: Mapped[Single | None] = single("participation_basis", "¤/t")


class SmelterPenalty(Edited, Base):
    """A charge per dry tonne: `rate` for each `step` of an element above `threshold`."""

    __tablename__ = "smelter_penalties"
    __table_args__ = (
        UniqueConstraint("terms", "element"),
        CheckConstraint("element <> ''", name="element_given"),
        CheckConstraint("step_value > 0", name="step_positive"),
    )

    terms: Mapped[str] = mapped_column(
        ForeignKey(
            "smelter_terms.name",
            onupdate="CASCADE",
            ondelete="CASCADE",
            deferrable=True,
            initially="IMMEDIATE",
        )
    )
    element: Mapped[str]
    threshold: Mapped[Single] = single("threshold", "fraction", required=True)
    step: Mapped[Single] = single("step", "fraction", required=True)
    rate: Mapped[Single] = single("rate", "¤/t", required=True)
    method: Mapped[PenaltyStep] = choice(PenaltyStep, default=PenaltyStep.CONTINUOUS)
