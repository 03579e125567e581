"""In which unit a figure of the engine is shown: money in millions, gold in ounces, copper in tonnes.

The engine speaks tonnes, mass fractions and units of currency; a page states the unit once, in a heading, and
shows numbers of a readable size under it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.engine.lines import LineUnit
from app.engine.units import UNITS

#: Metals that the trade weighs in troy ounces, by symbol.
PRECIOUS = frozenset(
    {"Au", "Ag", "Pt", "Pd", "Rh", "Ir", "Ru", "Os", "gold", "silver", "platinum", "palladium"}
)
#: The trade counts in millions, however many.
SCALES = ((1e6, "M"), (1e3, "k"))
#: A multiple of money, before its sign.
SCALED_MONEY = re.compile(r"([kM])¤")


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit on screen: the engine's number divided by `factor` is a number of `unit`."""

    unit: str
    factor: float = 1.0

    def of(self, value: float | None) -> float | None:
        """Return an engine value as a number of this unit; what is not finite is None."""
        return value / self.factor if value is not None and math.isfinite(value) else None

    def all(self, values: Iterable[float | None]) -> list[float | None]:
        """Return a row of engine values as numbers of this unit."""
        return [self.of(value) for value in values]


def in_currency(text: str, code: str) -> str:
    """Return a text with the code of a currency for its sign.

    >>> in_currency("12 M¤", "USD"), in_currency("¤/t", "CAD")
    ('12 M USD', 'CAD/t')
    """
    return SCALED_MONEY.sub(r"\1 ¤", text).replace("¤", code)


def money_measure(currency: str, values: Iterable[float | None]) -> Measure:
    """Return the unit that suits the largest of some amounts: `USD`, `k USD`, `M USD`."""
    factor, name = _scale(values)
    return Measure(f"{name} {currency}".strip(), factor)


def measure_of(
    key: str, kind: LineUnit, currency: str, values: Sequence[float], resource: str = ""
) -> Measure:
    """Return the unit for one line of the cash-flow statement."""
    metal = key.rpartition(".")[2]
    match kind:
        case LineUnit.MONEY:
            return money_measure(currency, values)
        case LineUnit.MASS:
            return mass_measure(metal, values)
        case LineUnit.GRADE:
            symbol = "g/t" if metal in PRECIOUS or _largest(values) < 1e-4 else "%"
            return Measure(symbol, UNITS[symbol].factor)
        case LineUnit.PRICE:
            return price_measure(metal, currency)
        case LineUnit.FRACTION:
            return Measure("%", 0.01)
        case LineUnit.HOURS:
            return Measure("h")
        case LineUnit.QUANTITY:
            return _scaled(resource, values)
        case LineUnit.RATIO:
            return Measure("t/t")
        case _:
            return Measure("")


def mass_measure(metal: str, values: Iterable[float | None]) -> Measure:
    """Return `oz` or `koz` for a precious metal, `t`, `kt` or `Mt` for anything else."""
    largest = _largest(values)
    if metal in PRECIOUS:
        symbol = "koz" if largest >= UNITS["koz"].factor else "oz"
    else:
        symbol = next((name for name in ("Mt", "kt") if largest >= UNITS[name].factor), "t")
    return Measure(symbol, UNITS[symbol].factor)


def price_measure(metal: str, currency: str) -> Measure:
    """Return money per ounce for a precious metal, per pound for any other."""
    per = "oz" if metal in PRECIOUS else "lb"
    return Measure(f"{currency}/{per}", 1 / UNITS[per].factor)


def _scaled(unit: str, values: Iterable[float | None]) -> Measure:
    factor, name = _scale(values)
    return Measure(f"{name} {unit}".strip(), factor)


def _scale(values: Iterable[float | None]) -> tuple[float, str]:
    largest = _largest(values)
    return next((scale for scale in SCALES if largest >= scale[0]), (1.0, ""))


def _largest(values: Iterable[float | None]) -> float:
    return max((abs(value) for value in values if value is not None and math.isfinite(value)), default=0.0)


def indicator_measure(unit: str, currency: str, values: Iterable[float | None], per: str = "") -> Measure:
    """Return the unit for an indicator, from its unit in the engine and what it is per."""
    match unit:
        case "money":
            return money_measure(currency, values)
        case "fraction":
            return Measure("%", 0.01)
        case "years":
            return Measure("years")
        case "money_per_t" if per.startswith("payable "):
            return price_measure(per.removeprefix("payable "), currency)
        case "money_per_t":
            return Measure(f"{currency}/t")
        case _:
            return Measure("")


#: Digits that the largest figure of a row shows; the others keep its decimals.
DIGITS = 4


def places(values: Iterable[float | None], digits: int = DIGITS) -> int:
    """Return the decimals that give the largest of some values its digits."""
    largest = _largest(values)
    return 0 if largest == 0 else min(max(digits - 1 - math.floor(math.log10(largest)), 0), digits)
