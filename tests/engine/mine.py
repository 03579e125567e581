"""A small gold and copper mine with named drivers, for tests of what is computed from a cash flow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from app.engine.inputs import (
    CapitalItem,
    Closure,
    CostLine,
    Fiscal,
    IncomeTax,
    Levy,
    MetalTerms,
    MineInputs,
    Process,
    Product,
    Terms,
)
from app.engine.kinds import CapitalKind, CostBasis, CostCategory, DiscountConvention, LevyBase, PeriodLength
from app.engine.quantity import Driven
from app.engine.timeline import Timeline


def small_mine(**changes: Any) -> MineInputs:
    """Return ten years: one of construction, eight of production, one of closure."""
    ore = np.array([0.0] + [1e6] * 8 + [0.0])
    base = MineInputs(
        Timeline(date(2026, 1, 1), (PeriodLength.YEAR,) * 10),
        Terms(0.08, DiscountConvention.MID),
        drivers={"gold_price": 60e6, "copper_price": 9000.0, "mining_cost": 25.0, "capex": 1.0},
        processes=(Process("mill", ore, {"Au": 1.5e-6, "Cu": 0.002}, {"Au": 0.9, "Cu": 0.85}),),
        products=(
            Product(
                "concentrate",
                (
                    MetalTerms("Au", Driven("gold_price"), 0.98, refining=0.2e6),
                    MetalTerms("Cu", Driven("copper_price"), 0.96, by_product=True),
                ),
            ),
        ),
        costs=(
            CostLine("mining", CostCategory.MINING, CostBasis.PER_T_PROCESSED, Driven("mining_cost")),
            CostLine("milling", CostCategory.PROCESSING, CostBasis.PER_T_PROCESSED, 15.0),
            CostLine("head office", CostCategory.CORPORATE, CostBasis.PER_T_PROCESSED, 2.0),
            CostLine("drilling", CostCategory.EXPLORATION, CostBasis.PER_T_PROCESSED, 1.0),
            CostLine("trucks", CostCategory.LEASE, CostBasis.PER_T_PROCESSED, 0.5),
        ),
        capital=(
            CapitalItem("plant", CapitalKind.INITIAL, Driven("capex", [150e6] + [0.0] * 9)),
            CapitalItem("fleet", CapitalKind.SUSTAINING, [0.0] + [3e6] * 8 + [0.0]),
            CapitalItem("second mill", CapitalKind.EXPANSION, [0.0] * 4 + [10e6] + [0.0] * 5),
        ),
        closures=(Closure(spend=[0.0] * 9 + [20e6]),),
        fiscal=Fiscal(levies=(Levy("royalty", LevyBase.NSR, 0.02),), tax=IncomeTax(rate=0.25)),
    )
    return replace(base, **changes)
