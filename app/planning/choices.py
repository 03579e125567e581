"""What a planner reads for each word of an enumeration; where none is given, the word itself will do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.engine.kinds import (
    Carry,
    ClosureFunding,
    ContingencyMethod,
    Copula,
    CostBasis,
    CostCategory,
    DeductionKind,
    DepreciationMethod,
    DepreciationStart,
    DiscountConvention,
    DistributionFamily,
    Draw,
    LevyBase,
    LevyDeduction,
    LevyKind,
    LossRule,
    PreProductionRevenue,
    PriceProcess,
    TierMethod,
)
from app.engine.simulation.distributions import DISTRIBUTIONS
from app.engine.simulation.processes import PROCESSES
from app.planning.words import in_words

#: By enumeration, because several have a word such as `unit` and mean different things.
WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    DiscountConvention: {
        DiscountConvention.START: "Start of the period",
        DiscountConvention.MID: "Middle of the period",
        DiscountConvention.END: "End of the period, a spreadsheet's NPV()",
        DiscountConvention.DATED: "By date, a spreadsheet's XNPV()",
        DiscountConvention.PRODUCTION_START: "From the start of production",
    },
    PreProductionRevenue: {
        PreProductionRevenue.SHOWN: "Shown as revenue",
        PreProductionRevenue.NETTED: "Netted against initial capital",
    },
    Copula: {Copula.IMAN_CONOVER: "Iman–Conover"},
    DistributionFamily: {key: family.label for key, family in DISTRIBUTIONS.items()},
    PriceProcess: {key: family.label for key, family in PROCESSES.items()},
    Draw: {Draw.TRIAL: "Once for the whole life", Draw.PERIOD: "Anew in every period"},
    DeductionKind: {
        DeductionKind.UNIT: "Unit: the lesser of the percentage and the assay less it",
        DeductionKind.ABSOLUTE: "Absolute: subtracted before the percentage",
        DeductionKind.FLOOR: "Floor: nothing is paid below it",
    },
    ContingencyMethod: {ContingencyMethod.P_LEVEL: "Percentile of a simulated cost"},
    ClosureFunding: {ClosureFunding.SPEND: "As spent", ClosureFunding.SURETY: "Surety bond"},
    CostCategory: {
        CostCategory.SITE_ADMIN: "Site administration",
        CostCategory.OFFSITE: "Off site",
        CostCategory.REHANDLE: "Rehandling",
    },
    CostBasis: {
        CostBasis.ENTERED: "Amount for each period, as entered",
        CostBasis.PER_PERIOD: "By period",
        CostBasis.PER_YEAR: "By year",
        CostBasis.PER_T_MINED: "By tonne of ore mined",
        CostBasis.PER_T_MOVED: "By tonne of rock moved, ore and waste",
        CostBasis.PER_T_PROCESSED: "By tonne of ore processed",
        CostBasis.PER_T_CONCENTRATE: "By dry tonne of concentrate",
        CostBasis.PER_UNIT_PRODUCT: "By unit of payable metal",
        CostBasis.PER_OPERATING_HOUR: "By operating hour of the fleet",
        CostBasis.PCT_REVENUE: "Share of gross revenue",
    },
    LevyBase: {
        LevyBase.T_MINED: "Tonnes of ore mined",
        LevyBase.T_PROCESSED: "Tonnes of ore processed",
        LevyBase.PAYABLE_METAL: "Tonnes of payable metal",
        LevyBase.NSR: "Net smelter return",
        LevyBase.EBITDA: "EBITDA",
        LevyBase.EBIT: "EBIT",
        LevyBase.MARGIN: "EBIT, the rate by its margin on revenue",
    },
    LevyKind: {
        LevyKind.RATE: "Share of the base",
        LevyKind.UNIT: "Money per unit",
        LevyKind.SLIDING_PRICE: "Share that slides with a price",
        LevyKind.STEPPED_PRICE: "Share by the step that a price reaches",
        LevyKind.TIERED: "Share by brackets",
        LevyKind.PROFIT_QUADRATIC: "Share of sales and of profit² / sales",
    },
    LevyDeduction: {
        LevyDeduction.AS_BASE: "As its base says",
        LevyDeduction.LOWER_ORDER: "All of a lower order",
    },
    TierMethod: {
        TierMethod.MARGINAL: "Marginal: each part at its own rate",
        TierMethod.AVERAGE: "Average: all of it at the rate reached",
    },
    DepreciationMethod: {
        DepreciationMethod.SUM_OF_YEARS: "Sum of the years' digits",
        DepreciationMethod.MACRS: "MACRS",
        DepreciationMethod.POOL: "Declining pool",
        DepreciationMethod.IMMEDIATE: "At once",
    },
    DepreciationStart: {DepreciationStart.SPEND: "When spent"},
    Carry: {
        Carry.NONE: "No: the holder pays",
        Carry.TO_PRODUCTION: "Until production starts",
        Carry.ALWAYS: "Always: the owner pays",
    },
    LossRule: {LossRule.CARRY_FORWARD: "Carried forward", LossRule.OFFSET: "Offset within the group"},
}


def choice_in_words(choice: StrEnum) -> str:
    """Return one word of an enumeration as a planner says it."""
    return WORDS.get(type(choice), {}).get(choice) or in_words(str(choice))
