"""The reference model that every figure in `docs/explanation/simulation.md` and in this folder refers to.

A gold mine over 20 annual periods (or 240 months): two of construction, then 18 of production. Twelve
correlated inputs of mixed families and a mean-reverting price path; royalty, income tax with losses
carried forward, units-of-production and straight-line depreciation, working capital, closure.

It is a risky mine, as the goals are meant for: the standard deviation of its NPV is 1.3 times the mean, the
NPV of two trials in nine is negative, and the flows of one in twenty sum to less than nothing.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from app.engine.inputs import (
    CapitalItem,
    Closure,
    Correlation,
    CostLine,
    DepreciationClass,
    Fiscal,
    IncomeTax,
    Levy,
    MetalTerms,
    MineInputs,
    OreSource,
    Process,
    Product,
    SimulationSpec,
    Terms,
    Uncertain,
    UncertainPath,
    WorkingCapital,
)
from app.engine.kinds import (
    CapitalKind,
    CostBasis,
    CostCategory,
    DepreciationMethod,
    DistributionFamily,
    Draw,
    Effect,
    LevyBase,
    PeriodLength,
    PriceProcess,
    Sampler,
)
from app.engine.quantity import Driven
from app.engine.timeline import Timeline

GRAMS_PER_OUNCE = 31.1034768
OUNCE = 1e6 / GRAMS_PER_OUNCE  # ounces in a tonne
PRICE = 1450 * OUNCE  # money per tonne of gold
F = DistributionFamily

UNCERTAIN = (
    Uncertain("ore", F.PERT, {"min": 0.85, "mode": 1.0, "max": 1.08}, Effect.MULTIPLY),
    Uncertain(
        "grade", F.TRUNCATED_NORMAL, {"mean": 1.0, "sd": 0.08, "min": 0.75, "max": 1.25}, Effect.MULTIPLY
    ),
    Uncertain("recovery", F.PERT, {"min": 0.84, "mode": 0.91, "max": 0.94}),
    Uncertain("strip", F.TRIANGULAR, {"min": 0.9, "mode": 1.0, "max": 1.25}, Effect.MULTIPLY),
    Uncertain("mining_cost", F.LOGNORMAL, {"mean": 1.0, "sd": 0.10}, Effect.MULTIPLY),
    Uncertain("processing_cost", F.LOGNORMAL_P10_P90, {"p10": 0.88, "p90": 1.15}, Effect.MULTIPLY),
    Uncertain("site_cost", F.UNIFORM, {"min": 0.92, "max": 1.12}, Effect.MULTIPLY),
    Uncertain("diesel", F.GAMMA, {"shape": 16.0, "scale": 1 / 16}, Effect.MULTIPLY),
    Uncertain("capital", F.PERT, {"min": 0.9, "mode": 1.05, "max": 1.6}, Effect.MULTIPLY),
    Uncertain("sustaining", F.TRIANGULAR_P10_P90, {"p10": 0.9, "mode": 1.0, "p90": 1.3}, Effect.MULTIPLY),
    Uncertain("closure", F.WEIBULL, {"shape": 3.0, "scale": 1.1}, Effect.MULTIPLY),
    Uncertain("refining", F.BETA, {"alpha": 2.0, "beta": 3.0, "min": 0.8, "max": 1.4}, Effect.MULTIPLY),
)
PATHS = (
    UncertainPath(
        "price",
        PriceProcess.SCHWARTZ,
        {"reversion": 0.15, "long_run": PRICE, "volatility": 0.18},
        centred=True,
    ),
)
PAIRS = {
    ("grade", "recovery"): 0.3,
    ("mining_cost", "processing_cost"): 0.5,
    ("mining_cost", "diesel"): 0.6,
    ("processing_cost", "site_cost"): 0.4,
    ("capital", "sustaining"): 0.5,
    ("mining_cost", "price"): 0.3,
    ("ore", "strip"): -0.2,
}


def reference_mine(months: bool = False) -> MineInputs:
    """Return the reference model in 20 years or in 240 months."""
    split = 12 if months else 1
    length = PeriodLength.MONTH if months else PeriodLength.YEAR
    building = np.repeat([1.0, 1.0] + [0.0] * 18, split)
    producing = 1 - building
    ore = np.repeat([0, 0, 3.0] + [5.0] * 16 + [2.5], split) * 1e6 / split
    drivers = {u.driver: 1.0 for u in UNCERTAIN if u.driver != "recovery"}
    return MineInputs(
        timeline=Timeline.regular(date(2026, 1, 1), length, 20 * split),
        terms=Terms(0.08),
        drivers={**drivers, "recovery": 0.90, "price": PRICE},
        sources=(
            OreSource(
                "pit",
                ore=Driven("ore", ore),
                waste=Driven("strip", 3.0 * ore),
            ),
        ),
        processes=(
            Process(
                "mill",
                ore=Driven("ore", ore),
                grades={"Au": Driven("grade", 1.4e-6)},
                recoveries={"Au": Driven("recovery")},
            ),
        ),
        products=(
            Product(
                "dore",
                metals=(
                    MetalTerms("Au", Driven("price"), payable=0.9985, refining=Driven("refining", 8 * OUNCE)),
                ),
            ),
        ),
        costs=(
            CostLine("mining", CostCategory.MINING, CostBasis.PER_T_MOVED, Driven("mining_cost", 2.3)),
            CostLine("haulage fuel", CostCategory.MINING, CostBasis.PER_T_MOVED, Driven("diesel", 0.6)),
            CostLine(
                "processing",
                CostCategory.PROCESSING,
                CostBasis.PER_T_PROCESSED,
                Driven("processing_cost", 11.5),
            ),
            CostLine(
                "site",
                CostCategory.SITE_ADMIN,
                CostBasis.ENTERED,
                Driven("site_cost", 14e6 / split * producing),
            ),
        ),
        capital=(
            CapitalItem(
                "plant",
                CapitalKind.INITIAL,
                Driven("capital", 210e6 / split * building),
                depreciation="plant",
            ),
            CapitalItem(
                "mine",
                CapitalKind.INITIAL,
                Driven("capital", 60e6 / split * building),
                depreciation="development",
            ),
            CapitalItem(
                "sustaining",
                CapitalKind.SUSTAINING,
                Driven("sustaining", 9e6 / split * producing),
                depreciation="plant",
            ),
        ),
        closures=(Closure(spend=Driven("closure", 45e6 * np.eye(1, 20 * split, 20 * split - 1)[0])),),
        fiscal=Fiscal(
            levies=(Levy("royalty", LevyBase.NSR, 0.03),),
            depreciation=(
                DepreciationClass("plant", DepreciationMethod.STRAIGHT_LINE, life=8),
                DepreciationClass("development", DepreciationMethod.UNITS_OF_PRODUCTION),
            ),
            tax=IncomeTax(rate=0.28),
            working_capital=WorkingCapital(receivable_days=20, inventory_days=30, payable_days=35),
        ),
    )


def reference_spec(trials: int, seed: int = 1, sampler: Sampler = Sampler.SOBOL) -> SimulationSpec:
    """Return the uncertainties of the reference model."""
    return SimulationSpec(trials, seed, UNCERTAIN, PATHS, Correlation(PAIRS), sampler)


def independent_prices() -> tuple[Uncertain, ...]:
    """Return the inputs with the price drawn anew each year, for comparison."""
    price = Uncertain("price", F.LOGNORMAL, {"mean": PRICE, "sd": 0.18 * PRICE}, draw=Draw.PERIOD)
    return (*UNCERTAIN, price)
