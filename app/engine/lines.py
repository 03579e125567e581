"""Every line of the cash-flow statement: what it is called, what it measures, how it enters the line above
it.

A key that ends in `.*` stands for one line per name (`recovered.Cu`, `opex.drilling`). The order here is the
order of the statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache


class LineUnit(StrEnum):
    """What the numbers of a cash-flow line are."""

    MONEY = "money"
    PRICE = "price"  # money per tonne
    MASS = "mass"  # tonnes
    GRADE = "grade"  # mass fraction
    FRACTION = "fraction"
    RATIO = "ratio"
    HOURS = "hours"
    COUNT = "count"
    QUANTITY = "quantity"  # in the unit that the consumption line names


class LineSection(StrEnum):
    """Part of the cash-flow statement."""

    PHYSICALS = "physicals"
    REVENUE = "revenue"
    OPERATING_COST = "operating_cost"
    CAPITAL = "capital"
    TAX = "tax"
    CASH_FLOW = "cash_flow"


class RollUp(StrEnum):
    """How the periods of a year become that year's figure."""

    SUM = "sum"
    LAST = "last"  # balances
    LARGEST = "largest"
    WEIGHTED = "weighted"  # averages, by another line
    QUOTIENT = "quotient"  # of two other lines


PHYSICALS, REVENUE, COST, CAPITAL, TAX, FLOW = (
    LineSection.PHYSICALS,
    LineSection.REVENUE,
    LineSection.OPERATING_COST,
    LineSection.CAPITAL,
    LineSection.TAX,
    LineSection.CASH_FLOW,
)
MONEY, MASS, HOURS, COUNT = LineUnit.MONEY, LineUnit.MASS, LineUnit.HOURS, LineUnit.COUNT


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or one pattern of lines.

    sign: +1 adds to `parent`, -1 is subtracted from it, 0 stands for itself.
    weights: lines that a WEIGHTED year averages by; numerator and denominator of a QUOTIENT. `*` is the name.
    enterable: whether an entered row may replace it.
    """

    key: str
    label: str
    unit: LineUnit
    section: LineSection
    parent: str = ""
    sign: int = 0
    roll_up: RollUp = RollUp.SUM
    weights: tuple[str, ...] = ()
    enterable: bool = True

    def match(self, key: str) -> str | None:
        """Return the name that `*` stands for in `key`, "" for an exact match, None for none."""
        prefix, star, suffix = self.key.partition("*")
        if not star:
            return "" if key == prefix else None
        if key.startswith(prefix) and key.endswith(suffix) and len(key) > len(prefix) + len(suffix):
            return key[len(prefix) : len(key) - len(suffix)]
        return None


LINES: tuple[Line, ...] = (
    Line("ore_mined", "Ore mined", MASS, PHYSICALS),
    Line("waste_mined", "Waste mined", MASS, PHYSICALS),
    Line(
        "strip_ratio",
        "Strip ratio",
        LineUnit.RATIO,
        PHYSICALS,
        roll_up=RollUp.QUOTIENT,
        weights=("waste_mined", "ore_mined"),
        enterable=False,
    ),
    Line("stockpile.*", "Stockpile {}", MASS, PHYSICALS, roll_up=RollUp.LAST, enterable=False),
    Line("processed.*", "Ore processed, {}", MASS, PHYSICALS, "ore_processed", 1, enterable=False),
    Line("ore_processed", "Ore processed", MASS, PHYSICALS),
    Line(
        "head_grade.*",
        "Head grade {}",
        LineUnit.GRADE,
        PHYSICALS,
        roll_up=RollUp.WEIGHTED,
        weights=("ore_processed",),
    ),
    Line("recovered.*", "Recovered {}", MASS, PHYSICALS),
    Line("in_process.*", "{} in process", MASS, PHYSICALS, roll_up=RollUp.LAST, enterable=False),
    Line("concentrate.*", "{} produced, dry", MASS, PHYSICALS),
    Line("payable.*", "Payable {}", MASS, PHYSICALS),
    Line("equipment.*.hours", "{}, operating hours", HOURS, PHYSICALS, enterable=False),
    Line(
        "equipment.*.required",
        "{}, units required",
        COUNT,
        PHYSICALS,
        roll_up=RollUp.LARGEST,
        enterable=False,
    ),
    Line("equipment.*.held", "{}, units held", COUNT, PHYSICALS, roll_up=RollUp.LARGEST, enterable=False),
    Line("equipment.*.replaced", "{}, units replaced", COUNT, PHYSICALS, enterable=False),
    Line("equipment.*.rebuilt", "{}, units rebuilt", COUNT, PHYSICALS, enterable=False),
    Line("maintenance.*.events", "{}, events", COUNT, PHYSICALS, enterable=False),
    Line("maintenance.*.downtime", "{}, downtime", HOURS, PHYSICALS, enterable=False),
    Line("consumption.*", "{} used", LineUnit.QUANTITY, PHYSICALS, enterable=False),
    Line("price.*", "Price {}", LineUnit.PRICE, REVENUE, roll_up=RollUp.WEIGHTED, weights=("payable.*",)),
    Line("revenue.*", "Revenue {}", MONEY, REVENUE, "revenue", 1),
    Line("stream.*", "of which streamed to {}", MONEY, REVENUE, enterable=False),
    Line("revenue", "Gross revenue", MONEY, REVENUE, "nsr", 1),
    Line("treatment", "Treatment", MONEY, REVENUE, "offsite", 1),
    Line("refining", "Refining", MONEY, REVENUE, "offsite", 1),
    Line("freight", "Freight", MONEY, REVENUE, "offsite", 1),
    Line("penalties", "Penalties", MONEY, REVENUE, "offsite", 1),
    Line("insurance_losses", "Insurance and losses", MONEY, REVENUE, "offsite", 1),
    Line("participation", "Price participation", MONEY, REVENUE, "offsite", 1),
    Line("offsite_cost.*", "{}", MONEY, REVENUE, "offsite_costs", 1, enterable=False),
    Line("offsite_costs", "Other off-site costs", MONEY, REVENUE, "offsite", 1),
    Line("offsite", "Off-site costs", MONEY, REVENUE, "nsr", -1),
    Line("nsr", "Net smelter return", MONEY, REVENUE, "ebitda", 1),
    # A levy adds to `royalties` or to `mining_taxes`, as its terms say; `tieout` checks the two together.
    Line("levy.*", "{}", MONEY, COST),
    Line("royalties", "Royalties", MONEY, COST, "ebitda", -1, enterable=False),
    Line("opex.*", "{}", MONEY, COST, "opex", 1),
    Line("opex_category.*", "Operating cost, {}", MONEY, COST, enterable=False),
    Line("opex", "Operating cost", MONEY, COST, "ebitda", -1),
    Line("accretion", "Accretion of the closure provision, not cash", MONEY, COST),
    Line("accretion_charged", "Accretion charged", MONEY, COST, "ebitda", -1, enterable=False),
    Line("ebitda", "EBITDA", MONEY, COST, "pre_tax_cash_flow", 1, enterable=False),
    Line(
        "accretion_added_back", "Accretion added back", MONEY, COST, "pre_tax_cash_flow", 1, enterable=False
    ),
    Line("capital.*", "Capital, {}", MONEY, CAPITAL, "capital", 1),
    Line(
        "pre_production_revenue",
        "Pre-production revenue netted against capital",
        MONEY,
        CAPITAL,
        enterable=False,
    ),
    Line("capital", "Capital", MONEY, CAPITAL, "pre_tax_cash_flow", -1),
    Line("salvage", "Salvage", MONEY, CAPITAL, "pre_tax_cash_flow", 1),
    Line("closure", "Closure", MONEY, CAPITAL, "pre_tax_cash_flow", -1),
    Line("working_capital", "Working capital", MONEY, CAPITAL, roll_up=RollUp.LAST),
    Line(
        "working_capital_change",
        "Increase in working capital",
        MONEY,
        CAPITAL,
        "pre_tax_cash_flow",
        -1,
    ),
    Line("levy_books.*", "Written down for a levy, {}", MONEY, TAX, enterable=False),
    Line("depreciation.*", "Depreciation, {}", MONEY, TAX, "depreciation", 1),
    Line("depreciation", "Depreciation", MONEY, TAX),
    Line("written_off", "Written off at closure", MONEY, TAX),
    Line("depletion", "Percentage depletion beyond the basis", MONEY, TAX),
    Line("taxable_income", "Taxable income before losses", MONEY, TAX),
    Line("losses_used", "Income sheltered by earlier losses", MONEY, TAX, enterable=False),
    Line("loss_pool", "Tax losses carried forward", MONEY, TAX, roll_up=RollUp.LAST, enterable=False),
    Line("tax_charged", "Income tax on the period's income", MONEY, TAX, enterable=False),
    Line("mining_taxes", "Mining taxes", MONEY, TAX, "after_tax_cash_flow", -1, enterable=False),
    Line("income_tax", "Income tax", MONEY, TAX, "after_tax_cash_flow", -1),
    Line("pre_tax_cash_flow", "Cash flow before tax", MONEY, FLOW, "after_tax_cash_flow", 1),
    Line("after_tax_cash_flow", "Cash flow after tax", MONEY, FLOW, "attributable_cash_flow", 1),
    Line("interest.*", "Share of {}", MONEY, FLOW, "attributable_cash_flow", -1, enterable=False),
    Line("carried.*", "Paid for {}, to be repaid", MONEY, FLOW, roll_up=RollUp.LAST, enterable=False),
    Line("attributable_cash_flow", "Cash flow attributable to the owner", MONEY, FLOW, enterable=False),
    Line(
        "cumulative_pre_tax",
        "Cumulative cash flow before tax",
        MONEY,
        FLOW,
        roll_up=RollUp.LAST,
        enterable=False,
    ),
    Line(
        "cumulative_after_tax",
        "Cumulative cash flow after tax",
        MONEY,
        FLOW,
        roll_up=RollUp.LAST,
        enterable=False,
    ),
    Line(
        "cumulative_attributable",
        "Cumulative cash flow attributable to the owner",
        MONEY,
        FLOW,
        roll_up=RollUp.LAST,
        enterable=False,
    ),
    Line("discounted_pre_tax", "Discounted cash flow before tax", MONEY, FLOW, enterable=False),
    Line("discounted_after_tax", "Discounted cash flow after tax", MONEY, FLOW, enterable=False),
    Line(
        "discounted_attributable",
        "Discounted cash flow attributable to the owner",
        MONEY,
        FLOW,
        enterable=False,
    ),
)

ORDER = {line.key: index for index, line in enumerate(LINES)}


@lru_cache(maxsize=4096)
def pattern_of(key: str) -> tuple[Line, str] | None:
    """Return the registry entry that covers `key` and the name in it, None where no line is called that."""
    for line in LINES:
        name = line.match(key)
        if name is not None:
            return line, name
    return None


@lru_cache(maxsize=4096)
def describe(key: str) -> Line:
    """Return the line `key` with the name filled in; raises `KeyError` for an unknown key.

    >>> describe("recovered.Cu").label
    'Recovered Cu'
    """
    found = pattern_of(key)
    if found is None:
        raise KeyError(key)
    line, name = found
    words = name.replace("_", " ")
    weights = tuple(weight.replace("*", name) for weight in line.weights)
    return replace(line, key=key, label=line.label.format(words), weights=weights)


def in_order(keys: Iterable[str]) -> list[str]:
    """Return keys in the order of the statement; names of one pattern keep theirs."""
    return sorted(keys, key=_position)


def _position(key: str) -> int:
    found = pattern_of(key)
    return len(LINES) if found is None else ORDER[found[0].key]
