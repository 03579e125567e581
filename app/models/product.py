"""What is sold, and the smelter's or refiner's terms."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.engine.kinds import DeductionKind, MoneyBasis, PenaltyStep
from app.models.base import Base, Edited, InScenario, Part, by_name, choice, flag
from app.models.entered import Curve, Entered, Single, curve, entered, single
from app.models.money import InMoney, currency_index

CONCENTRATE_ONLY = ", ".join(
    f"{name}_values"
    for name in ("concentrate_grade", "moisture", "treatment", "freight", "insurance", "losses")
)


class Product(Part, InMoney, Base):
    """Doré, cathode or a concentrate. Its money is that of the concentrate's charges.

    recovered_share: of the recovered metal that goes into this product. concentrate_metal: whose grade sets
    the mass pull; empty where the product is no concentrate. provisional: fraction invoiced at sale, the rest
    `lag` periods later.
    """

    __tablename__ = "products"

    recovered_share: Mapped[Entered | None] = entered("recovered_share", "fraction")
    provisional: Mapped[Entered | None] = entered("provisional", "fraction")
    lag: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    concentrate_metal: Mapped[str | None]
    concentrate_grade: Mapped[Entered | None] = entered("concentrate_grade", "fraction")
    moisture: Mapped[Entered | None] = entered("moisture", "fraction")
    treatment: Mapped[Entered | None] = entered("treatment", "¤/t")
    freight: Mapped[Entered | None] = entered("freight", "¤/t")
    insurance: Mapped[Entered | None] = entered("insurance", "fraction")
    losses: Mapped[Entered | None] = entered("losses", "fraction")

    metals: Mapped[list[ProductMetal]] = relationship(
        passive_deletes="all",
        order_by="[ProductMetal.position, ProductMetal.id]",
    )
    penalties: Mapped[list[Penalty]] = relationship(passive_deletes="all", order_by="Penalty.id")
    processes: Mapped[list[ProductProcess]] = relationship(
        passive_deletes="all", order_by="ProductProcess.process"
    )

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Return the rules of a product."""
        return (
            CheckConstraint("lag >= 0", name="lag_not_negative"),
            CheckConstraint(
                f"CASE WHEN concentrate_metal IS NULL THEN num_nonnulls({CONCENTRATE_ONLY}) = 0"
                " ELSE concentrate_grade_values IS NOT NULL END",
                name="concentrate_is_whole",
            ),
            currency_index(),
        )


class ProductProcess(InScenario, Base):
    """A process whose metal goes into the product; a product without any takes from all."""

    __tablename__ = "product_processes"
    __table_args__ = (
        by_name("product", "products", ondelete="CASCADE"),
        by_name("process", "processes", ondelete="CASCADE"),
    )

    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True)
    product: Mapped[str] = mapped_column(primary_key=True)
    process: Mapped[str] = mapped_column(primary_key=True)


class ProductMetal(Edited, InScenario, Base):
    """Payment for one metal in one product.

    price_currency, price_basis, price_escalation: of price, premium, participation and fixed stream price;
    charges_*: of refining. by_product: credited in by-product cash cost. recovered_share: of the metal
    recovered that goes into the product, in place of the product's.
    """

    __tablename__ = "product_metals"
    __table_args__ = (
        UniqueConstraint("scenario_id", "product", "metal"),
        by_name("product", "products", ondelete="CASCADE"),
        CheckConstraint("metal <> ''", name="metal_given"),
        CheckConstraint(
            "num_nonnulls(participation_share_values, participation_basis_values) IN (0, 2)",
            name="participation_is_whole",
        ),
        Index(None, "price_currency"),
        Index(None, "charges_currency"),
    )

    product: Mapped[str]
    metal: Mapped[str]
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    recovered_share: Mapped[Entered | None] = entered("recovered_share", "fraction")
    price: Mapped[Entered] = entered("price", "¤/t", required=True)
    payable: Mapped[Entered | None] = entered("payable", "fraction")
    deduction: Mapped[Entered | None] = entered("deduction", "fraction")
    deduction_kind: Mapped[DeductionKind] = choice(DeductionKind, default=DeductionKind.NONE)
    refining: Mapped[Entered | None] = entered("refining", "¤/t")
    premium: Mapped[Entered | None] = entered("premium", "¤/t")
    participation_share: Mapped[Entered | None] = entered("participation_share", "fraction")
    participation_basis: Mapped[Entered | None] = entered("participation_basis", "¤/t")
    participation_floor: Mapped[Single | None] = single("participation_floor", "¤/t")
    participation_cap: Mapped[Single | None] = single("participation_cap", "¤/t")
    by_product: Mapped[bool] = flag()
    price_currency: Mapped[str | None] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    price_basis: Mapped[MoneyBasis] = choice(MoneyBasis, default=MoneyBasis.REAL)
    price_escalation: Mapped[Entered | None] = entered("price_escalation", "fraction")
    charges_currency: Mapped[str | None] = mapped_column(ForeignKey("currencies.code", onupdate="CASCADE"))
    charges_basis: Mapped[MoneyBasis] = choice(MoneyBasis, default=MoneyBasis.REAL)
    charges_escalation: Mapped[Entered | None] = entered("charges_escalation", "fraction")

    streams: Mapped[list[Stream]] = relationship(passive_deletes="all", order_by="Stream.id")


class Penalty(Edited, InScenario, Base):
    """A charge per dry tonne: `rate` for each `step` of `assay` above `threshold`, in the product's money."""

    __tablename__ = "penalties"
    __table_args__ = (
        UniqueConstraint("scenario_id", "product", "element"),
        by_name("product", "products", ondelete="CASCADE"),
        CheckConstraint("element <> ''", name="element_given"),
        CheckConstraint("step_value > 0", name="step_positive"),
    )

    product: Mapped[str]
    element: Mapped[str]
    assay: Mapped[Entered] = entered("assay", "fraction", required=True)
    threshold: Mapped[Entered] = entered("threshold", "fraction", required=True)
    step: Mapped[Single] = single("step", "fraction", required=True)
    rate: Mapped[Entered] = entered("rate", "¤/t", required=True)
    method: Mapped[PenaltyStep] = choice(PenaltyStep, default=PenaltyStep.CONTINUOUS)


class Stream(Edited, InScenario, Base):
    """A streaming agreement on one payable metal.

    steps: cumulative delivered metal against the transfer price as a fraction of spot; the last volume is
    infinite.
    """

    __tablename__ = "streams"
    __table_args__ = (
        UniqueConstraint("scenario_id", "product", "metal", "name"),
        by_name(("product", "metal"), "product_metals", key=("product", "metal"), ondelete="CASCADE"),
        CheckConstraint("name <> ''", name="name_given"),
    )

    product: Mapped[str]
    metal: Mapped[str]
    name: Mapped[str]
    share: Mapped[Entered] = entered("share", "fraction", required=True)
    steps: Mapped[Curve | None] = curve("steps", "t", "fraction")
    fixed_price: Mapped[Entered | None] = entered("fixed_price", "¤/t")
