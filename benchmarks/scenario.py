"""A scenario as users have them: 50 cost lines, 4 metals, 40 periods, every room of the engine in use."""

from __future__ import annotations

from datetime import date

import numpy as np

from app.engine.inputs import (
    CapitalItem,
    Closure,
    Concentrate,
    ConsumptionLine,
    CostLine,
    DepreciationClass,
    Feed,
    Fiscal,
    IncomeTax,
    Levy,
    Losses,
    MetalTerms,
    MineInputs,
    Money,
    OreSource,
    Penalty,
    Process,
    Product,
    RecoveryCurve,
    SimulationSpec,
    Stockpile,
    Terms,
    Uncertain,
    UncertainPath,
    WorkingCapital,
)
from app.engine.kinds import (
    CapitalKind,
    CostBasis,
    CostCategory,
    DeductionKind,
    DepreciationMethod,
    DistributionFamily,
    Draw,
    Effect,
    LevyBase,
    LevyKind,
    LevyTreatment,
    PeriodLength,
    PriceProcess,
)
from app.engine.quantity import Driven
from app.engine.timeline import Timeline

PERIODS, LINES = 40, 50
METALS = {"Cu": (8_500.0, 0.006), "Au": (60e6, 0.3e-6), "Ag": (0.8e6, 3e-6), "Mo": (40_000.0, 0.0002)}
GROUPS = ("mining", "milling", "site", "transport", "power")
BASES = (
    (CostCategory.MINING, CostBasis.PER_T_MOVED, 0.18, "mining"),
    (CostCategory.PROCESSING, CostBasis.PER_T_PROCESSED, 0.55, "milling"),
    (CostCategory.SITE_ADMIN, CostBasis.PER_YEAR, 1.4e6, "site"),
    (CostCategory.OFFSITE, CostBasis.PER_T_CONCENTRATE, 4.0, "transport"),
    (CostCategory.CORPORATE, CostBasis.PCT_REVENUE, 0.001, "site"),
)


def real_scenario() -> MineInputs:
    """Return a copper mine with by-products: four years of construction, 34 of production, two of closure."""
    producing = np.array([0.0] * 4 + [1.0] * 34 + [0.0] * 2)
    ore = producing * 20e6
    ramp = np.linspace(1.0, 0.8, PERIODS)
    costs = tuple(
        CostLine(f"line {index}", category, basis, Driven(group, rate * (1 + index / 100) * ramp))
        for index in range(LINES - 2)
        for category, basis, rate, group in [BASES[index % len(BASES)]]
    )
    return MineInputs(
        timeline=Timeline.regular(date(2026, 1, 1), PeriodLength.YEAR, PERIODS),
        terms=Terms(0.08, inflation=0.02),
        drivers={**{f"price {metal}": price for metal, (price, _) in METALS.items()}}
        | {f"grade {metal}": 1.0 for metal in METALS}
        | dict.fromkeys((*GROUPS, "tonnage", "recovery", "capital", "closure"), 1.0),
        fx={"EUR": 1.1},
        sources=(
            OreSource(
                "pit",
                Driven("tonnage", ore * 1.1),
                Driven("tonnage", ore * 2),
                {m: Driven(f"grade {m}", g) for m, (_, g) in METALS.items()},
            ),
        ),
        stockpiles=(Stockpile("low grade", "pit"),),
        processes=(
            Process(
                "mill",
                feeds=(
                    Feed("pit", Driven("tonnage", ore)),
                    Feed("low grade", Driven("tonnage", ore * np.linspace(0.0, 0.09, PERIODS))),
                ),
                recoveries={
                    "Cu": RecoveryCurve((0.0, 0.004, 0.008), (0.7, 0.85, 0.9)),
                    "Au": Driven("recovery", 0.6),
                    "Ag": Driven("recovery", 0.5),
                    "Mo": Driven("recovery", 0.45),
                },
            ),
        ),
        products=(_concentrate(), _moly()),
        costs=costs,
        consumption=tuple(
            ConsumptionLine(f"power {index}", "kWh", CostBasis.PER_T_PROCESSED, 20.0, Driven("power", 0.06))
            for index in range(2)
        ),
        capital=_capital(producing),
        closures=(Closure(spend=Driven("closure", np.array([0.0] * 38 + [60e6, 40e6]))),),
        fiscal=_fiscal(),
    )


def _concentrate() -> Product:
    smelter = Concentrate(
        metal="Cu",
        grade=0.26,
        moisture=0.08,
        treatment=Driven("transport", 80.0),
        freight=Driven("transport", 110.0),
        insurance=0.0015,
        penalties=(Penalty("As", 0.0030, 0.002, 0.001, 2.5),),
    )
    metals = (
        MetalTerms("Cu", Driven("price Cu"), 0.965, 0.01, DeductionKind.UNIT, refining=176.0),
        MetalTerms("Au", Driven("price Au"), 0.96, refining=0.16e6, by_product=True),
        MetalTerms("Ag", Driven("price Ag"), 0.9, 30e-6, DeductionKind.ABSOLUTE, by_product=True),
    )
    return Product("copper concentrate", metals, concentrate=smelter, provisional=0.9, lag=1)


def _moly() -> Product:
    return Product("molybdenum", (MetalTerms("Mo", Driven("price Mo"), 0.98, by_product=True),))


def _capital(producing: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[CapitalItem, ...]:
    classes = ("plant", "mine", "mobile")
    build = (0.1, 0.3, 0.4, 0.2)
    initial = tuple(
        CapitalItem(f"initial {i}", CapitalKind.INITIAL, Driven("capital", 250e6), build, depreciation=name)
        for i, name in enumerate(classes)
    )
    sustaining = tuple(
        CapitalItem(
            f"sustaining {i}",
            CapitalKind.SUSTAINING,
            Driven("capital", 9e6 * producing),
            depreciation=name,
            money=Money("EUR"),
        )
        for i, name in enumerate(classes)
    )
    return initial + sustaining


def _fiscal() -> Fiscal:
    return Fiscal(
        levies=(
            Levy("royalty", LevyBase.NSR, 0.02),
            Levy(
                "mining tax",
                LevyBase.MARGIN,
                0.0,
                LevyKind.TIERED,
                order=1,
                steps=((0.0, 0.05), (0.35, 0.14), (0.6, 0.3)),
                treatment=LevyTreatment.DEDUCTIBLE,
                before_tax=False,
            ),
        ),
        depreciation=(
            DepreciationClass("plant", DepreciationMethod.STRAIGHT_LINE, life=10),
            DepreciationClass("mine", DepreciationMethod.UNITS_OF_PRODUCTION),
            DepreciationClass("mobile", DepreciationMethod.DECLINING_BALANCE, life=5),
        ),
        tax=IncomeTax(rate=0.27, losses=Losses(cap=0.8)),
        working_capital=WorkingCapital(receivable_days=30, inventory_days=40, payable_days=30),
    )


def real_spec(trials: int, seed: int = 1) -> SimulationSpec:
    """Return its uncertainties: four price paths, grades, recovery, tonnage, cost groups, capital."""
    factors = (*(f"grade {metal}" for metal in METALS), *GROUPS, "tonnage", "recovery", "capital", "closure")
    spread = {"min": 0.85, "mode": 1.0, "max": 1.2}
    return SimulationSpec(
        trials,
        seed,
        tuple(
            Uncertain(name, DistributionFamily.PERT, spread, Effect.MULTIPLY, Draw.TRIAL) for name in factors
        ),
        tuple(
            UncertainPath(
                f"price {metal}",
                PriceProcess.SCHWARTZ,
                {"reversion": 0.3, "long_run": price, "volatility": 0.2},
            )
            for metal, (price, _) in METALS.items()
        ),
    )
