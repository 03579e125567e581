"""Small mines that tests bend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from app.engine.inputs import (
    CapitalItem,
    Closure,
    Concentrate,
    CostLine,
    DepreciationClass,
    Fiscal,
    IncomeTax,
    Levy,
    MetalTerms,
    MineInputs,
    OreSource,
    Penalty,
    Process,
    Product,
    Terms,
    WorkingCapital,
)
from app.engine.kinds import (
    CapitalKind,
    CostBasis,
    CostCategory,
    DeductionKind,
    DepreciationMethod,
    DiscountConvention,
    LevyBase,
    PeriodLength,
)
from app.engine.quantity import Driven
from app.engine.timeline import Timeline

OUNCE = 31.1034768e-6
ANY_START = date(2026, 1, 1)


def years(count: int, **more: Any) -> Timeline:
    return Timeline(ANY_START, (PeriodLength.YEAR,) * count, **more)


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float).reshape(-1, 1)


def flat(row: ArrayLike) -> list[float]:
    return np.asarray(row).ravel().tolist()


def bare(count: int = 4, **more: Any) -> MineInputs:
    """Return a mine with nothing in it but what is given."""
    given: dict[str, Any] = {"timeline": years(count), "terms": Terms(0.08)}
    return MineInputs(**(given | more))


def gold_mine(**more: Any) -> MineInputs:
    """Return two years of construction, six of production, royalty, tax and working capital."""
    ore = [0, 0, 9e5, 1e6, 1e6, 1e6, 1e6, 6e5]
    given: dict[str, Any] = {
        "timeline": years(8),
        "terms": Terms(0.05, DiscountConvention.MID),
        "drivers": {
            "gold_price": 2000 / OUNCE,
            "recovery": 0.92,
            "cost_factor": 1.0,
            "tonnage_factor": 1.0,
        },
        "sources": (OreSource("pit", Driven("tonnage_factor", ore), [0, 2e6, *([3e6] * 5), 1e6]),),
        "processes": (
            Process("mill", Driven("tonnage_factor", ore), {"Au": 1.5e-6}, {"Au": Driven("recovery")}),
        ),
        "products": (
            Product("doré", (MetalTerms("Au", Driven("gold_price"), payable=0.999, refining=5 / OUNCE),)),
        ),
        "costs": (
            CostLine("mining", CostCategory.MINING, CostBasis.PER_T_MOVED, Driven("cost_factor", 3.0)),
            CostLine("milling", CostCategory.PROCESSING, CostBasis.PER_T_PROCESSED, 14.0),
            CostLine("site", CostCategory.SITE_ADMIN, CostBasis.PER_YEAR, 6e6, first=2, last=7),
        ),
        "capital": (
            CapitalItem("plant", CapitalKind.INITIAL, 1.5e8, (0.4, 0.6), depreciation="plant"),
            CapitalItem(
                "fleet", CapitalKind.SUSTAINING, [0, 0, 0, 5e6, 5e6, 5e6, 0, 0], depreciation="plant"
            ),
        ),
        "closures": (Closure(spend=[0] * 7 + [1.2e7]),),
        "fiscal": Fiscal(
            levies=(Levy("royalty", LevyBase.NSR, 0.03),),
            depreciation=(DepreciationClass("plant", DepreciationMethod.UNITS_OF_PRODUCTION),),
            tax=IncomeTax(rate=0.3),
            working_capital=WorkingCapital(30, 20, 45),
        ),
    }
    return MineInputs(**(given | more))


def copper_product(**more: Any) -> Product:
    """Return the copper concentrate of the hand calculation: 28 % Cu, 4.2 g/t Au, 60 g/t Ag."""
    pound = 0.00045359237
    metals = (
        MetalTerms("Cu", 8500, 0.965, 0.01, DeductionKind.UNIT, refining=0.08 / pound),
        MetalTerms("Au", 2000 / OUNCE, 0.96, refining=5 / OUNCE, by_product=True),
        MetalTerms("Ag", 25 / OUNCE, 0.9, 30e-6, DeductionKind.FLOOR, refining=0.5 / OUNCE, by_product=True),
    )
    smelter = Concentrate(
        metal="Cu",
        grade=0.28,
        moisture=0.08,
        treatment=80,
        freight=120,
        insurance=0.0015,
        penalties=(Penalty("As", 0.0035, 0.002, 0.001, 2.5),),
    )
    given: dict[str, Any] = {"name": "concentrate", "metals": metals, "concentrate": smelter}
    return Product(**(given | more))


COPPER_ASSAYS: Mapping[str, float] = {"Cu": 0.28, "Au": 4.2e-6, "Ag": 60e-6}


def copper_mine(**more: Any) -> MineInputs:
    """Return four years of the copper concentrate, 0.9 % Cu ore at 88 % recovery."""
    pull = 0.009 * 0.88 / 0.28
    grades = {"Cu": 0.009, "Au": 4.2e-6 * pull / 0.7, "Ag": 60e-6 * pull / 0.7}
    given: dict[str, Any] = {
        "timeline": years(4),
        "terms": Terms(0.08),
        "processes": (Process("concentrator", 1e6, grades, {"Cu": 0.88, "Au": 0.7, "Ag": 0.7}),),
        "products": (copper_product(),),
    }
    return MineInputs(**(given | more))
