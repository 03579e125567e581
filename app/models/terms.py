"""How a scenario's flows are valued and what its unit costs hold."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.engine.kinds import DiscountConvention, MoneyBasis, PaybackOrigin, PreProductionRevenue
from app.models.base import Base, Stamped, Versioned, choice, flag
from app.models.entered import Entered, Single, entered, single


class ValuationTerms(Stamped, Versioned, Base):
    """The valuation terms of one scenario; a table of its own because its rates may follow a parameter.

    discount_offset: periods added to every discount exponent, empty follows the convention.
    royalty_in_c1 to pre_commercial_excluded: which components each unit-cost metric holds.
    write_off: period in which undepreciated balances end, empty is the last.
    """

    __tablename__ = "valuation_terms"
    __table_args__ = (
        CheckConstraint("write_off >= 0", name="write_off_is_index"),
        CheckConstraint(
            "discount_offset NOT IN ('NaN', 'Infinity', '-Infinity')", name="discount_offset_finite"
        ),
    )

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True)
    discount_rate: Mapped[Entered] = entered("discount_rate", "fraction", required=True)
    convention: Mapped[DiscountConvention] = choice(DiscountConvention, default=DiscountConvention.MID)
    discount_offset: Mapped[float | None]
    money: Mapped[MoneyBasis] = choice(MoneyBasis, default=MoneyBasis.REAL)
    inflation: Mapped[Entered | None] = entered("inflation", "fraction")
    finance_rate: Mapped[Single | None] = single("finance_rate", "fraction")
    reinvest_rate: Mapped[Single | None] = single("reinvest_rate", "fraction")
    payback_origin: Mapped[PaybackOrigin] = choice(PaybackOrigin, default=PaybackOrigin.FIRST_PERIOD)
    pre_production_revenue: Mapped[PreProductionRevenue] = choice(
        PreProductionRevenue, default=PreProductionRevenue.SHOWN
    )

    royalty_in_c1: Mapped[bool] = flag()
    closure_in_aisc: Mapped[bool] = flag(default=True)
    corporate_in_aisc: Mapped[bool] = flag(default=True)
    exploration_in_aisc: Mapped[bool] = flag(default=True)
    leases_in_aisc: Mapped[bool] = flag(default=True)
    streams_as_credit: Mapped[bool] = flag()
    pre_commercial_excluded: Mapped[bool] = flag()

    write_off: Mapped[int | None]
    provision_deductible: Mapped[bool] = flag()
