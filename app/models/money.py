"""In which money a line is written."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.engine.kinds import MoneyBasis
from app.models.base import choice
from app.models.entered import Entered, entered


class InMoney:
    """Currency, price basis and escalation of one line.

    currency: empty is the scenario's own. money_basis: real amounts are in money of the scenario's start.
    escalation: growth of this line's own prices per year, empty follows general inflation.
    """

    @declared_attr
    @classmethod
    def currency(cls) -> Mapped[str | None]:
        """Return the code of the line's currency."""
        return mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"), sort_order=70)

    @declared_attr
    @classmethod
    def money_basis(cls) -> Mapped[MoneyBasis]:
        """Return whether amounts are real or nominal."""
        return choice(MoneyBasis, default=MoneyBasis.REAL, sort_order=71)

    @declared_attr
    @classmethod
    def escalation(cls) -> Mapped[Entered | None]:
        """Return the line's own price growth."""
        return entered("escalation", "fraction")


def currency_index() -> Index:
    """Return the index behind the currency's foreign key."""
    return Index(None, "currency")
