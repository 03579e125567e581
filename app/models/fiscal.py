"""What the state, the royalty holder and the working capital take."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from app.engine.kinds import (
    Carry,
    ClosureBalance,
    DepreciationMethod,
    DepreciationStart,
    LevyBase,
    LevyDeduction,
    LevyKind,
    LevyTreatment,
    LossRule,
    TierMethod,
)
from app.models.base import Base, Part, Stamped, Versioned, by_name, choice, flag, share_check
from app.models.cost import Windowed, window_checks
from app.models.entered import Curve, Entered, Single, curve, entered, single
from app.models.money import InMoney, currency_index


class Levy(Part, Windowed, InMoney, Base):
    """A royalty, a mining tax, a duty, a profit share; the engine's `Levy` says what each field does.

    steps: prices or lower edges of brackets against rates. of, price_of: a product or a metal. credited:
    another levy.
    """

    __tablename__ = "levies"

    base: Mapped[LevyBase] = choice(LevyBase)
    kind: Mapped[LevyKind] = choice(LevyKind, default=LevyKind.RATE)
    rate: Mapped[Entered | None] = entered("rate")
    of: Mapped[str] = mapped_column(default="", server_default="")
    price_of: Mapped[str] = mapped_column(default="", server_default="")
    order: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    deducts: Mapped[LevyDeduction] = choice(LevyDeduction, default=LevyDeduction.AS_BASE)
    treatment: Mapped[LevyTreatment] = choice(LevyTreatment, default=LevyTreatment.DEDUCTIBLE)
    before_tax: Mapped[bool] = flag(default=True)
    carry_forward: Mapped[bool] = flag()
    capital_first: Mapped[bool] = flag()
    by_year: Mapped[bool] = flag()
    steps: Mapped[Curve | None] = curve("steps", "", "fraction")
    tier_method: Mapped[TierMethod] = choice(TierMethod, default=TierMethod.MARGINAL)
    quadratic: Mapped[Single | None] = single("quadratic", "fraction")
    cap: Mapped[Single | None] = single("cap", "fraction")
    floor: Mapped[Single | None] = single("floor", "fraction")
    credit: Mapped[Single | None] = single("credit", "fraction")
    minus: Mapped[Entered | None] = entered("minus", "¤")
    credited: Mapped[str | None]
    uplift: Mapped[Single | None] = single("uplift", "fraction")
    allowance_least: Mapped[Single | None] = single("allowance_least", "fraction")
    allowance_most: Mapped[Single | None] = single("allowance_most", "fraction")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return the rules of a levy."""
        return (
            *window_checks(),
            CheckConstraint(
                "CASE WHEN kind IN ('sliding_price', 'stepped_price', 'tiered') THEN steps_x IS NOT NULL"
                " ELSE rate_values IS NOT NULL END",
                name="kind_has_numbers",
            ),
            by_name("credited", "levies"),
            currency_index(),
        )


class DepreciationClass(Part, Base):
    """How one class of capital is written down.

    life and opening_life in years; opening in money of the day. levy: in whose books it stands instead of the
    class `cost_of`; empty is income tax.
    """

    __tablename__ = "depreciation_classes"

    method: Mapped[DepreciationMethod] = choice(DepreciationMethod)
    life: Mapped[Single | None] = single("life", "a")
    factor: Mapped[float] = mapped_column(default=2.0, server_default=text("2"))
    half_year: Mapped[bool] = flag()
    salvage: Mapped[Single | None] = single("salvage", "fraction")
    start: Mapped[DepreciationStart] = choice(DepreciationStart, default=DepreciationStart.IN_SERVICE)
    at_closure: Mapped[ClosureBalance] = choice(ClosureBalance, default=ClosureBalance.WRITTEN_OFF)
    units: Mapped[str] = mapped_column(default="", server_default="")
    opening: Mapped[Single | None] = single("opening", "¤")
    opening_life: Mapped[Single | None] = single("opening_life", "a")
    first_year: Mapped[float | None]
    reserves: Mapped[Entered | None] = entered("reserves", "t")
    levy: Mapped[str | None]
    cost_of: Mapped[str | None]
    allowance: Mapped[Single | None] = single("allowance", "fraction")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return the rules of a class."""
        return (
            by_name("levy", "levies"),
            by_name("cost_of", "depreciation_classes"),
            CheckConstraint("(levy IS NULL) = (cost_of IS NULL)", name="levy_takes_a_cost"),
            CheckConstraint("factor > 0 AND factor < 'Infinity'", name="factor_positive"),
            CheckConstraint("life_value >= 0", name="life_not_negative"),
            CheckConstraint("opening_life_value >= 0", name="opening_life_not_negative"),
            CheckConstraint("first_year >= 0 AND first_year < 'Infinity'", name="first_year_not_negative"),
        )


class IncomeTaxTerms(Stamped, Versioned, InMoney, Base):
    """Tax on income; its money is that of the credits.

    loss_*: what becomes of a tax loss, years empty without limit.
    """

    __tablename__ = "income_tax_terms"
    __table_args__ = (
        CheckConstraint("lag >= 0", name="lag_not_negative"),
        share_check("loss_cap"),
        CheckConstraint("loss_expiry_value > 0", name="loss_expiry_positive"),
        CheckConstraint("loss_carry_back_value >= 0", name="loss_carry_back_not_negative"),
        currency_index(),
    )

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True)
    rate: Mapped[Entered] = entered("rate", "fraction", required=True)
    minimum: Mapped[Entered | None] = entered("minimum", "fraction")
    credits: Mapped[Entered | None] = entered("credits", "¤")
    lag: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    salvage_taxed: Mapped[bool] = flag()
    by_year: Mapped[bool] = flag()
    loss_rule: Mapped[LossRule] = choice(LossRule, default=LossRule.CARRY_FORWARD)
    loss_cap: Mapped[float] = mapped_column(default=1.0, server_default=text("1"))
    loss_expiry: Mapped[Single | None] = single("loss_expiry", "a")
    loss_carry_back: Mapped[Single | None] = single("loss_carry_back", "a")
    loss_opening: Mapped[Single | None] = single("loss_opening", "¤")
    note: Mapped[str] = mapped_column(default="", server_default="")


class Depletion(Stamped, Versioned, Base):
    """Percentage depletion, taken where it exceeds the cost depletion of `cost_class`."""

    __tablename__ = "depletion"
    __table_args__ = (by_name("cost_class", "depreciation_classes"), share_check("cap"))

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True)
    rate: Mapped[Entered] = entered("rate", "fraction", required=True)
    cap: Mapped[float] = mapped_column(default=0.5, server_default=text("0.5"))
    cost_class: Mapped[str | None]
    base: Mapped[LevyBase] = choice(LevyBase, default=LevyBase.GROSS_REVENUE)


class WorkingCapitalTerms(Stamped, Versioned, Base):
    """Days of revenue and of operating cost tied up. release: period of the release, empty is the last."""

    __tablename__ = "working_capital_terms"
    __table_args__ = (
        CheckConstraint("release >= 0", name="release_is_index"),
        CheckConstraint("days_in_year > 0 AND days_in_year < 'Infinity'", name="days_in_year_positive"),
    )

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True)
    receivable_days: Mapped[Entered | None] = entered("receivable_days", "d")
    inventory_days: Mapped[Entered | None] = entered("inventory_days", "d")
    payable_days: Mapped[Entered | None] = entered("payable_days", "d")
    days_in_year: Mapped[float] = mapped_column(default=365.0, server_default=text("365"))
    release: Mapped[int | None]
    offsite_in_cost: Mapped[bool] = flag()
    opening: Mapped[Single | None] = single("opening", "¤")


class Interest(Part, Base):
    """What the state or a partner holds of the mine; the engine's `Interest` says what each field does."""

    __tablename__ = "interests"

    share: Mapped[Entered] = entered("share", "fraction", required=True)
    carry: Mapped[Carry] = choice(Carry, default=Carry.NONE)
    recovery: Mapped[Single | None] = single("recovery", "fraction")
    uplift: Mapped[Single | None] = single("uplift", "fraction")
