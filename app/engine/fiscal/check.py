"""What is wrong with fiscal inputs, named by field."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from app.engine.fiscal.bases import QUANTITY_BASES, SALES_BASES
from app.engine.fiscal.check_books import check_allowance, check_books
from app.engine.fiscal.check_interests import check_interests
from app.engine.fiscal.check_values import any_number, check_period, fraction, metal_names, one_of, unique
from app.engine.fiscal.depreciation.declining_balance import MACRS_FACTORS
from app.engine.inputs import MineInputs
from app.engine.inputs.fiscal import DepreciationClass, IncomeTax, Levy
from app.engine.kinds import DepreciationMethod, LevyBase, LevyDeduction, LevyKind
from app.engine.problems import Problem

TIMED = frozenset(
    {
        DepreciationMethod.STRAIGHT_LINE,
        DepreciationMethod.DECLINING_BALANCE,
        DepreciationMethod.SUM_OF_YEARS,
    }
)
PRICED = frozenset({LevyKind.SLIDING_PRICE, LevyKind.STEPPED_PRICE})
STEPPED = PRICED | {LevyKind.TIERED}
BY_SALE = PRICED | {LevyKind.UNIT}


def check_fiscal(inputs: MineInputs) -> list[Problem]:
    """Return every problem of the fiscal inputs, by field path such as `fiscal.levies[0].steps`.

    Nothing in them may be scaled by a driver: `app.engine.checks` gives the base case.
    """
    fiscal = inputs.fiscal
    problems = [*unique("fiscal.levies", (levy.name for levy in fiscal.levies))]
    problems += unique("fiscal.depreciation", (cls.name for cls in fiscal.depreciation))
    for index, levy in enumerate(fiscal.levies):
        problems += check_levy(f"fiscal.levies[{index}]", levy, inputs)
    for index, cls in enumerate(fiscal.depreciation):
        problems += check_class(f"fiscal.depreciation[{index}]", cls, inputs)
    problems += check_books(inputs)
    problems += check_tax("fiscal.tax", fiscal.tax, inputs)
    problems += check_depletion(inputs)
    problems += check_working_capital(inputs)
    problems += check_period("fiscal.write_off", fiscal.write_off, inputs)
    problems += check_interests(inputs)
    problems += check_references(inputs)
    return problems


def check_levy(path: str, levy: Levy, inputs: MineInputs) -> Iterator[Problem]:
    """Return the problems of one levy."""
    yield from check_levy_base(path, levy)
    yield from check_steps(path, levy)
    yield from check_narrowing(path, levy, inputs)
    yield from check_allowance(path, levy, inputs)
    if levy.kind in (LevyKind.RATE, LevyKind.PROFIT_QUADRATIC):
        yield from fraction(f"{path}.rate", levy.rate)
    yield from fraction(f"{path}.credit", levy.credit)
    yield from fraction(f"{path}.floor", levy.floor)
    if levy.cap is not None and levy.cap < levy.floor:
        yield Problem(f"{path}.cap", levy.cap, "not less than the floor")
    yield from check_period(f"{path}.first", levy.first, inputs)
    yield from check_period(f"{path}.last", levy.last, inputs)
    if levy.first is not None and levy.last is not None and levy.last < levy.first:
        yield Problem(f"{path}.last", levy.last, f"not before the first period, {levy.first}")
    if levy.money.currency and levy.money.currency not in inputs.fx:
        yield Problem(f"{path}.money.currency", levy.money.currency, one_of(inputs.fx))


def check_levy_base(path: str, levy: Levy) -> Iterator[Problem]:
    """Return how kind and base do not fit."""
    on_quantity = levy.base in QUANTITY_BASES
    if levy.kind is LevyKind.UNIT and not on_quantity:
        yield Problem(
            f"{path}.base", levy.base.value, f"tonnes for a levy per unit, {one_of(QUANTITY_BASES)}"
        )
    if levy.kind is not LevyKind.UNIT and on_quantity:
        yield Problem(f"{path}.base", levy.base.value, "money, unless the levy is per unit")
    if levy.by_year and levy.kind in BY_SALE:
        yield Problem(
            f"{path}.by_year", True, "not for a levy by tonne or by price, which is charged as sold"
        )
    if levy.base is LevyBase.MARGIN and levy.kind is not LevyKind.TIERED:
        yield Problem(f"{path}.kind", levy.kind.value, "by brackets (tiered), when the base is the margin")
    if on_quantity and levy.deducts is LevyDeduction.LOWER_ORDER:
        yield Problem(f"{path}.base", levy.base.value, "money, when levies of a lower order are deducted")
    if on_quantity and (levy.carry_forward or levy.capital_first):
        yield Problem(
            f"{path}.base", levy.base.value, "money, when a negative base or capital is carried forward"
        )


def check_steps(path: str, levy: Levy) -> Iterator[Problem]:
    """Return what is wrong with the steps of a levy that has them."""
    if levy.kind not in STEPPED:
        return
    thresholds = [threshold for threshold, _ in levy.steps]
    rising = all(low < high for low, high in pairwise(thresholds))
    if not thresholds or not rising:
        yield Problem(f"{path}.steps", levy.steps, "at least one (threshold, rate), thresholds ascending")
    if any(not 0 <= rate <= 1 for _, rate in levy.steps):
        yield Problem(f"{path}.steps", levy.steps, "rates from 0 to 1")


def check_narrowing(path: str, levy: Levy, inputs: MineInputs) -> Iterator[Problem]:
    """Return names in `of` and `price_of` that the base does not know."""
    metals = metal_names(inputs)
    known: set[str] = set()
    if levy.base in SALES_BASES:
        known = metals | {product.name for product in inputs.products}
    elif levy.base is LevyBase.PAYABLE_METAL:
        known = metals
    elif levy.base is LevyBase.T_PROCESSED:
        known = {process.name for process in inputs.processes}
    if levy.of and levy.of not in known:
        yield Problem(f"{path}.of", levy.of, one_of(known))
    priced = levy.price_of or levy.of
    if levy.kind in PRICED and priced not in metals:
        yield Problem(f"{path}.price_of", priced, one_of(metals))


def check_class(path: str, cls: DepreciationClass, inputs: MineInputs) -> Iterator[Problem]:
    """Return the problems of one depreciation class."""
    yield from check_life(path, cls)
    if cls.method is DepreciationMethod.DECLINING_BALANCE and not cls.factor > 0:
        yield Problem(f"{path}.factor", cls.factor, "a multiple greater than 0, such as 2 or 1.5")
    if cls.method is DepreciationMethod.POOL and not 0 < cls.factor <= 1:
        yield Problem(f"{path}.factor", cls.factor, "a class rate above 0 and at most 1")
    if not 0 <= cls.salvage < 1:
        yield Problem(f"{path}.salvage", cls.salvage, "a fraction from 0 to less than 1")
    for name in ("opening", "opening_life", "first_year"):
        if (getattr(cls, name) or 0.0) < 0:
            yield Problem(f"{path}.{name}", getattr(cls, name), "not negative")
    units = metal_names(inputs) | {process.name for process in inputs.processes}
    if cls.method is DepreciationMethod.UNITS_OF_PRODUCTION and cls.units and cls.units not in units:
        yield Problem(f"{path}.units", cls.units, one_of(units))


def check_life(path: str, cls: DepreciationClass) -> Iterator[Problem]:
    """Return a life that the method cannot use."""
    if cls.method is DepreciationMethod.MACRS:
        if cls.life not in MACRS_FACTORS:
            lives = ", ".join(f"{life:g}" for life in MACRS_FACTORS)
            yield Problem(f"{path}.life", cls.life, f"{lives} years")
    elif cls.method in TIMED and not cls.life > 0:
        yield Problem(f"{path}.life", cls.life, "more than 0 years")
    elif cls.method is DepreciationMethod.SUM_OF_YEARS and cls.life % 1:
        yield Problem(f"{path}.life", cls.life, "whole years")


def check_tax(path: str, tax: IncomeTax, inputs: MineInputs) -> Iterator[Problem]:
    """Return the problems of income tax and its loss rules."""
    yield from fraction(f"{path}.rate", tax.rate)
    yield from fraction(f"{path}.minimum", tax.minimum)
    yield from fraction(f"{path}.losses.cap", tax.losses.cap)
    if tax.losses.expiry is not None and not tax.losses.expiry > 0:
        yield Problem(f"{path}.losses.expiry", tax.losses.expiry, "more than 0 years, or none")
    for name in ("carry_back", "opening"):
        if getattr(tax.losses, name) < 0:
            yield Problem(f"{path}.losses.{name}", getattr(tax.losses, name), "not negative")
    if tax.lag < 0:
        yield Problem(f"{path}.lag", tax.lag, "0 or more periods")
    if tax.credits_money.currency and tax.credits_money.currency not in inputs.fx:
        yield Problem(f"{path}.credits_money.currency", tax.credits_money.currency, one_of(inputs.fx))


def check_depletion(inputs: MineInputs) -> Iterator[Problem]:
    """Return the problems of percentage depletion."""
    terms = inputs.fiscal.depletion
    if terms is None:
        return
    yield from fraction("fiscal.depletion.rate", terms.rate)
    yield from fraction("fiscal.depletion.cap", terms.cap)
    if terms.base not in SALES_BASES:
        yield Problem("fiscal.depletion.base", terms.base.value, one_of(base.value for base in SALES_BASES))
    by_units = {
        cls.name
        for cls in inputs.fiscal.depreciation
        if cls.method is DepreciationMethod.UNITS_OF_PRODUCTION and not cls.levy
    }
    if terms.cost_class and terms.cost_class not in by_units:
        yield Problem("fiscal.depletion.cost_class", terms.cost_class, one_of(by_units))


def check_working_capital(inputs: MineInputs) -> Iterator[Problem]:
    """Return the problems of working capital."""
    terms = inputs.fiscal.working_capital
    for name in ("receivable_days", "inventory_days", "payable_days"):
        if any_number(getattr(terms, name), below=0.0):
            yield Problem(f"fiscal.working_capital.{name}", getattr(terms, name), "0 or more days")
    if not terms.days_in_year > 0:
        yield Problem(
            "fiscal.working_capital.days_in_year", terms.days_in_year, "360, 365 or another positive number"
        )
    yield from check_period("fiscal.working_capital.release", terms.release, inputs)


def check_references(inputs: MineInputs) -> Iterator[Problem]:
    """Return depreciation classes that are named but not defined, or not enterable."""
    classes = {cls.name for cls in inputs.fiscal.depreciation if not cls.levy}
    named = [(f"capital[{index}]", item.depreciation) for index, item in enumerate(inputs.capital)]
    named += [(f"equipment[{index}]", item.depreciation) for index, item in enumerate(inputs.equipment)]
    for path, name in named:
        if name and name not in classes:
            yield Problem(f"{path}.depreciation", name, one_of(classes))
    depletion = inputs.fiscal.depletion
    enterable = classes - {depletion.cost_class} if depletion else classes
    for line in inputs.entered:
        name = line.removeprefix("depreciation.")
        if name != line and name not in enterable:
            yield Problem(f"entered.{line}", name, one_of(enterable))
