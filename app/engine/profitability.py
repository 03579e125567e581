"""Is this ore worth treating? One lot of ore, or one tonne of concentrate, through the smelter's terms.

A preset of the engine: it writes `MineInputs` of a single period and reads the result of `evaluate`, so
that the quick answer and the cash flow can never disagree. Source: Goldie & Tredger 1991, Geoscience
Canada 18(4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from app.engine.cashflow import CashFlow
from app.engine.evaluate import evaluate
from app.engine.inputs import (
    Concentrate,
    CostLine,
    MetalTerms,
    MineInputs,
    Money,
    Penalty,
    Process,
    Product,
    Terms,
)
from app.engine.kinds import CostBasis, CostCategory, DeductionKind, DiscountConvention, PeriodLength
from app.engine.quantity import Quantity
from app.engine.timeline import Timeline

DEDUCTIONS = ("treatment", "refining", "freight", "penalties", "insurance_losses", "participation")
# Moisture above its threshold is charged like an impurity, per percentage point.
POINT = 0.01


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot of ore and the terms it is sold on.

    ore [t]; head_grade [t/t]; recovery, payable [fraction]; price, premium [money/t of metal]; refining
    [money/t payable]; deduction [t/t of product] by `deduction_kind`. concentrate_grade [t/t], None for a
    product without a smelter; treatment, smelting [money/dmt]; freight [money/wmt]; moisture,
    moisture_threshold [t water / t wet]; moisture_rate: penalty [money/dmt] per percentage point above the
    threshold; impurities: assays, thresholds and rates per dmt; insurance, losses [fraction of value].
    mining, processing, site [money/t of ore], in the lot's home currency. currency, fx: of prices and
    charges, home currency per unit of it.
    """

    metal: str
    ore: float
    head_grade: float
    recovery: float
    price: float
    payable: float = 1.0
    deduction: float = 0.0
    deduction_kind: DeductionKind = DeductionKind.NONE
    premium: float = 0.0
    refining: float = 0.0
    concentrate_grade: float | None = None
    treatment: float = 0.0
    smelting: float = 0.0
    freight: float = 0.0
    moisture: float = 0.0
    moisture_threshold: float = 0.0
    moisture_rate: float = 0.0
    impurities: tuple[Penalty, ...] = ()
    insurance: float = 0.0
    losses: float = 0.0
    mining: float = 0.0
    processing: float = 0.0
    site: float = 0.0
    currency: str = ""
    fx: float = 1.0


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a lot or a tonne of product comes to, in the home currency.

    mass: of the product, dry [t]; recovered, payable by metal [t]; value: payable metal at price and premium;
    deductions by line; cost: of the site; flow: the cash flow all of it is read from.
    """

    mass: float
    recovered: Mapping[str, float]
    payable: Mapping[str, float]
    value: float
    deductions: Mapping[str, float]
    nsr: float
    cost: float
    flow: CashFlow = field(repr=False, compare=False)

    @property
    def margin(self) -> float:
        """Net smelter return less site cost [money]."""
        return self.nsr - self.cost

    def per(self, tonnes: float) -> float:
        """Return the net smelter return per tonne of ore or of product [money/t]."""
        return self.nsr / tonnes


def mass_pull(head_grade: float, recovery: float, concentrate_grade: float) -> float:
    """Return dry tonnes of concentrate per tonne of ore: `g · ρ / concentrate grade`.

    >>> round(mass_pull(0.009, 0.88, 0.28), 7)
    0.0282857
    """
    return head_grade * recovery / concentrate_grade


def settle_tonne(
    product: Product, assays: Mapping[str, float], fx: Mapping[str, Quantity] | None = None
) -> Settlement:
    """Return the settlement of one dry tonne of a product with these assays, by metal [t/t].

    A concentrate's own grade is taken from the assay of its metal.
    """
    entered: dict[str, Quantity] = {f"recovered.{metal}": assay for metal, assay in assays.items()}
    if product.concentrate is not None:
        entered[f"concentrate.{product.name}"] = 1.0
    inputs = MineInputs(_PERIOD, _UNDISCOUNTED, fx=fx or {}, products=(product,), entered=entered)
    return _settlement(evaluate(inputs), product.name)


def lot_inputs(lot: Lot) -> MineInputs:
    """Return a lot as the inputs of a mine of one period."""
    money = Money(lot.currency)
    metal = MetalTerms(
        metal=lot.metal,
        price=lot.price,
        payable=lot.payable,
        deduction=lot.deduction,
        deduction_kind=lot.deduction_kind,
        refining=lot.refining,
        premium=lot.premium,
        price_money=money,
        charges_money=money,
    )
    costs = tuple(
        CostLine(name, category, CostBasis.PER_T_PROCESSED, rate)
        for name, category, rate in (
            ("mining", CostCategory.MINING, lot.mining),
            ("processing", CostCategory.PROCESSING, lot.processing),
            ("site", CostCategory.SITE_ADMIN, lot.site),
        )
    )
    return MineInputs(
        _PERIOD,
        _UNDISCOUNTED,
        fx={lot.currency: lot.fx} if lot.currency else {},
        processes=(Process("plant", lot.ore, {lot.metal: lot.head_grade}, {lot.metal: lot.recovery}),),
        products=(Product("product", (metal,), concentrate=_concentrate(lot, money)),),
        costs=costs,
    )


def profitability(lot: Lot) -> Settlement:
    """Return what a lot of ore earns: payable metal, deductions, net smelter return, margin over site cost.

    >>> lot = Lot("Cu", ore=1000.0, head_grade=0.009, recovery=0.88, price=8500.0, payable=0.965,
    ...           concentrate_grade=0.28, treatment=80.0, processing=12.0)
    >>> settlement = profitability(lot)
    >>> round(settlement.mass, 4), round(settlement.nsr, 2), round(settlement.margin, 2)
    (28.2857, 62700.94, 50700.94)
    """
    return _settlement(evaluate(lot_inputs(lot)), "product")


def _concentrate(lot: Lot, money: Money) -> Concentrate | None:
    if lot.concentrate_grade is None:
        return None
    wet = Penalty("moisture", lot.moisture, lot.moisture_threshold, POINT, lot.moisture_rate)
    return Concentrate(
        metal=lot.metal,
        grade=lot.concentrate_grade,
        moisture=lot.moisture,
        treatment=lot.treatment + lot.smelting,
        freight=lot.freight,
        insurance=lot.insurance,
        losses=lot.losses,
        penalties=(*lot.impurities, wet) if lot.moisture_rate else lot.impurities,
        money=money,
    )


def _settlement(flow: CashFlow, product: str) -> Settlement:
    def only(key: str) -> float:
        return float(np.squeeze(flow[key]))

    recovered = {metal: only(f"recovered.{metal}") for metal in flow.named("recovered")}
    concentrate = f"concentrate.{product}"
    return Settlement(
        mass=only(concentrate) if concentrate in flow else sum(recovered.values()),
        recovered=recovered,
        payable={metal: only(f"payable.{metal}") for metal in flow.named("payable")},
        value=only("revenue"),
        deductions={name: only(name) for name in DEDUCTIONS},
        nsr=only("nsr"),
        cost=only("opex"),
        flow=flow,
    )


_PERIOD = Timeline.regular(date(2000, 1, 1), PeriodLength.YEAR, 1)
_UNDISCOUNTED = Terms(0.0, DiscountConvention.START)
