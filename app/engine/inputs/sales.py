"""What is sold, and the smelter's or refiner's terms. Prices and charges are per tonne; shares are
fractions.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.inputs.money import HOME, Money
from app.engine.kinds import DeductionKind, PenaltyStep
from app.engine.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Participation:
    """Price participation: `share · (price - basis)` per tonne payable, charged by the smelter; negative is a
    credit.

    floor, cap: bounds on the charge per tonne payable, None for none.
    """

    share: Quantity
    basis: Quantity
    floor: float | None = None
    cap: float | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A streaming agreement: `share` of payable metal is sold at a transfer price.

    steps: (cumulative delivered metal [t], transfer price as a fraction of spot); the fraction of the first
    step whose volume is not yet reached applies, the last one has no end (`inf`). fixed_price, when given,
    replaces the fraction [money/t].
    """

    name: str
    share: Quantity
    steps: tuple[tuple[float, float], ...] = ()
    fixed_price: Quantity | None = None


@dataclass(frozen=True, slots=True)
class MetalTerms:
    """Payment for one metal in one product.

    price [money/t]; payable [fraction]; deduction [mass fraction of the product, by `deduction_kind`];
    refining [money/t payable]; premium [money/t payable].
    by_product: credited in by-product cash cost; the first metal that is not is the main product.
    share: of the metal recovered that goes into this product [fraction]; None is the product's own share.
    price_money: of price, premium, participation and fixed stream price; charges_money: of refining.
    """

    metal: str
    price: Quantity
    payable: Quantity = 1.0
    deduction: Quantity = 0.0
    deduction_kind: DeductionKind = DeductionKind.NONE
    refining: Quantity = 0.0
    premium: Quantity = 0.0
    participation: Participation | None = None
    streams: tuple[Stream, ...] = ()
    by_product: bool = False
    price_money: Money = HOME
    charges_money: Money = HOME
    share: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Penalty:
    """A charge per dry tonne: `rate` [money/dmt] for each `step` of `assay` above `threshold` (mass
    fractions).
    """

    element: str
    assay: Quantity
    threshold: Quantity
    step: float
    rate: Quantity
    method: PenaltyStep = PenaltyStep.CONTINUOUS


@dataclass(frozen=True, slots=True)
class Concentrate:
    """A concentrate's own terms.

    metal: whose grade sets the mass pull; grade [t/t of dry concentrate].
    treatment [money/dmt]; freight [money/wmt]; moisture [t water / t wet].
    insurance, losses: fractions of gross value.
    """

    metal: str
    grade: Quantity
    moisture: Quantity = 0.0
    treatment: Quantity = 0.0
    freight: Quantity = 0.0
    insurance: Quantity = 0.0
    losses: Quantity = 0.0
    penalties: tuple[Penalty, ...] = ()
    money: Money = HOME


@dataclass(frozen=True, slots=True)
class Product:
    """Doré, cathode or a concentrate, from one process or from several.

    processes: names; empty means all. share: of the recovered metal that goes into this product, per period,
    as far as its metals have none of their own.
    provisional: fraction invoiced in the period of sale, the rest `lag` periods later at the price then.
    """

    name: str
    metals: tuple[MetalTerms, ...]
    processes: tuple[str, ...] = ()
    concentrate: Concentrate | None = None
    share: Quantity = 1.0
    provisional: Quantity = 1.0
    lag: int = 0

    def share_of(self, terms: MetalTerms) -> Quantity:
        """Return the share of one of its metals that goes into it."""
        return self.share if terms.share is None else terms.share
