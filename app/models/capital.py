"""What it costs to build, to keep going and to close."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.engine.kinds import CapitalKind, ClosureFunding, ContingencyMethod
from app.models.base import Base, Part, by_name, choice, flag
from app.models.entered import Entered, Row, entered, row
from app.models.money import InMoney, currency_index


class CapitalItem(Part, InMoney, Base):
    """A capital line.

    amount: a row by period, or a total that `schedule` spreads. depreciation: a class of this scenario; empty
    is never depreciated. heading: where reports group it.
    """

    __tablename__ = "capital_items"

    kind: Mapped[CapitalKind] = choice(CapitalKind)
    heading: Mapped[str | None] = mapped_column(ForeignKey("cost_headings.code", onupdate="CASCADE"))
    amount: Mapped[Entered] = entered("amount", "¤", required=True)
    schedule: Mapped[Row | None] = row("schedule", "fraction")
    contingency: Mapped[Entered | None] = entered("contingency")
    contingency_method: Mapped[ContingencyMethod] = choice(ContingencyMethod, default=ContingencyMethod.NONE)
    depreciation: Mapped[str | None]
    salvage: Mapped[Entered | None] = entered("salvage", "¤")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return the rules of a capital item."""
        return (
            by_name("depreciation", "depreciation_classes"),
            CheckConstraint(
                "(contingency_method = 'none') = (contingency_values IS NULL)", name="contingency_has_method"
            ),
            currency_index(),
            Index(None, "heading"),
        )


class Closure(Part, InMoney, Base):
    """Rehabilitation: what is spent when, and how it is set aside until then.

    first: period in which a bond is posted.
    """

    __tablename__ = "closures"

    spend: Mapped[Entered] = entered("spend", "¤", required=True)
    funding: Mapped[ClosureFunding] = choice(ClosureFunding, default=ClosureFunding.SPEND)
    rate: Mapped[Entered | None] = entered("rate", "fraction")
    deductible: Mapped[bool] = flag(default=True)
    first: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return the rules of a closure."""
        return (CheckConstraint("first >= 0", name="first_is_index"), currency_index())
