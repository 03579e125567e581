"""What a new scenario of this installation begins with."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.engine.kinds import (
    DepreciationMethod,
    DiscountConvention,
    LossRule,
    MoneyBasis,
    PaybackOrigin,
    PeriodLength,
    PreProductionRevenue,
    Sampler,
)
from app.models.base import Base, Stamped, Versioned, choice, flag
from app.models.entered import Single, single


class ScenarioDefaults(Stamped, Versioned, Base):
    """The one row of defaults; what a scenario has taken over is its own from then on.

    currency: offered for a new project. tax_rate: empty begins without income tax. depreciation_method:
    of a first class called General, empty begins without one. trials, sampler: offered for a run.
    """

    __tablename__ = "scenario_defaults"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("count BETWEEN 1 AND 1200", name="count_in_range"),
        CheckConstraint("trials > 0", name="trials_positive"),
        CheckConstraint("depreciation_life_value > 0", name="depreciation_life_positive"),
        Index(None, "currency"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    currency: Mapped[str | None] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    length: Mapped[PeriodLength] = choice(PeriodLength, default=PeriodLength.YEAR)
    count: Mapped[int] = mapped_column(default=12, server_default=text("12"))

    discount_rate: Mapped[Single] = single("discount_rate", "fraction", required=True)
    convention: Mapped[DiscountConvention] = choice(DiscountConvention, default=DiscountConvention.MID)
    money: Mapped[MoneyBasis] = choice(MoneyBasis, default=MoneyBasis.REAL)
    inflation: Mapped[Single | None] = single("inflation", "fraction")
    payback_origin: Mapped[PaybackOrigin] = choice(PaybackOrigin, default=PaybackOrigin.FIRST_PERIOD)
    pre_production_revenue: Mapped[PreProductionRevenue] = choice(
        PreProductionRevenue, default=PreProductionRevenue.SHOWN
    )
    royalty_in_c1: Mapped[bool] = flag()
    closure_in_aisc: Mapped[bool] = flag(default=True)
    corporate_in_aisc: Mapped[bool] = flag(default=True)
    exploration_in_aisc: Mapped[bool] = flag(default=True)

    tax_rate: Mapped[Single | None] = single("tax_rate", "fraction")
    loss_rule: Mapped[LossRule] = choice(LossRule, default=LossRule.CARRY_FORWARD)
    depreciation_method: Mapped[DepreciationMethod | None] = choice(DepreciationMethod)
    depreciation_life: Mapped[Single | None] = single("depreciation_life", "a")

    trials: Mapped[int] = mapped_column(default=10_000, server_default=text("10000"))
    sampler: Mapped[Sampler] = choice(Sampler, default=Sampler.SOBOL)
