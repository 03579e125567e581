"""What it costs to run: cost lines and consumption."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.engine.kinds import CostBasis, CostCategory
from app.models.base import Base, Part, choice, flag
from app.models.entered import Entered, Row, entered, row
from app.models.money import InMoney, currency_index


class Windowed:
    """Active periods, both ends inclusive and open where empty, and factors on the first active ones."""

    first: Mapped[int | None]
    last: Mapped[int | None]


def window_checks() -> tuple[CheckConstraint, ...]:
    """Return that a window starts at a period and does not end before it."""
    return (
        CheckConstraint("first >= 0", name="first_is_index"),
        CheckConstraint("last >= 0", name="last_is_index"),
        CheckConstraint("first <= last", name="window_ordered"),
    )


class CostLine(Part, Windowed, InMoney, Base):
    """A rate times its basis.

    of: narrows the basis to one source, process, product, metal or equipment class; empty takes all.
    heading: where reports group it. included_in_nsr: an off-site line is subtracted before NSR royalties.
    """

    __tablename__ = "cost_lines"

    category: Mapped[CostCategory] = choice(CostCategory)
    heading: Mapped[str | None] = mapped_column(ForeignKey("cost_headings.code", onupdate="CASCADE"))
    basis: Mapped[CostBasis] = choice(CostBasis)
    of: Mapped[str] = mapped_column(default="", server_default="")
    rate: Mapped[Entered] = entered("rate", required=True)
    ramp: Mapped[Row | None] = row("ramp", "fraction")
    included_in_nsr: Mapped[bool] = flag(default=True)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return the rules of a cost line."""
        return (*window_checks(), currency_index(), Index(None, "heading"))


class ConsumptionLine(Part, Windowed, InMoney, Base):
    """Physical use × unit price. rate: units of the resource by unit of the basis; unit: of the resource."""

    __tablename__ = "consumption_lines"

    unit: Mapped[str]
    category: Mapped[CostCategory] = choice(CostCategory, default=CostCategory.CONSUMPTION)
    basis: Mapped[CostBasis] = choice(CostBasis)
    of: Mapped[str] = mapped_column(default="", server_default="")
    rate: Mapped[Entered] = entered("rate", required=True)
    price: Mapped[Entered] = entered("price", "¤", required=True)
    ramp: Mapped[Row | None] = row("ramp", "fraction")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return the rules of a consumption line."""
        return (*window_checks(), currency_index(), CheckConstraint("unit <> ''", name="unit_given"))
