"""Units as people write them, checked by dimension and brought to the engine's: `¤/oz`, `g/t`, `%`, `k¤`.

A code is one symbol, or symbols with `/` between them; `¤` stands for the currency of the line. Symbols and
factors of mass, grade, energy, volume and time are the engine's (`app.engine.units`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from app.engine.units import ENERGY, FRACTION, GRADE, MASS, TIME, UNITS, VOLUME

MONEY = "¤"
YEAR = "a"

Dimension = tuple[tuple[str, int], ...]
NO_DIMENSION: Dimension = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What a unit measures, and how to bring a number of it to base units: `number * factor / divisor`.

    dimension: powers of the base units t, h, kWh, m3, ¤ and a, by name. Two numbers instead of one, because
    57 / 100 is 0.57 and 57 * 0.01 is not.
    """

    factor: float
    divisor: float
    dimension: Dimension

    def times(self, other: Measure, power: int = 1) -> Measure:
        """Return the product with another measure, or the quotient for a power of -1."""
        up, down = (other.factor, other.divisor) if power > 0 else (other.divisor, other.factor)
        return Measure(self.factor * up, self.divisor * down, combine(self.dimension, other.dimension, power))

    def to_base(self, number: float) -> float:
        """Return a number of this unit in base units."""
        return number * self.factor / self.divisor

    def from_base(self, number: float) -> float:
        """Return a number of base units in this unit."""
        return number * self.divisor / self.factor


class UnknownUnit(ValueError):
    """A code that stands for no unit."""


PLAIN = Measure(1.0, 1.0, NO_DIMENSION)

#: Name of the base unit of each of the engine's dimensions; grades and fractions have none.
BASES = {MASS: "t", TIME: "h", ENERGY: "kWh", VOLUME: "m3", GRADE: "", FRACTION: ""}

#: What the edge knows beside the engine's symbols.
EXTRA = {
    "1": PLAIN,
    "factor": PLAIN,
    "units": PLAIN,
    "dmt": Measure(1.0, 1.0, (("t", 1),)),
    "wmt": Measure(1.0, 1.0, (("t", 1),)),
    "min": Measure(1.0, 60.0, (("h", 1),)),
    "ML": Measure(1e3, 1.0, (("m3", 1),)),
    "GJ": Measure(1e3, 3.6, (("kWh", 1),)),
    MONEY: Measure(1.0, 1.0, ((MONEY, 1),)),
    "k¤": Measure(1e3, 1.0, ((MONEY, 1),)),
    "M¤": Measure(1e6, 1.0, ((MONEY, 1),)),
    "G¤": Measure(1e9, 1.0, ((MONEY, 1),)),
    YEAR: Measure(1.0, 1.0, ((YEAR, 1),)),
    "quarter": Measure(1.0, 4.0, ((YEAR, 1),)),
    "month": Measure(1.0, 12.0, ((YEAR, 1),)),
}


def combine(left: Dimension, right: Dimension, power: int = 1) -> Dimension:
    """Return the dimension of a product, or of a quotient for a power of -1."""
    powers = dict(left)
    for base, exponent in right:
        powers[base] = powers.get(base, 0) + power * exponent
    return tuple(sorted((base, exponent) for base, exponent in powers.items() if exponent))


#: Symbols of this installation beside the built-in ones; `app.valuation.own_units` fills it for a request.
own_units: ContextVar[Mapping[str, Measure]] = ContextVar("own_units", default=MappingProxyType({}))
#: Every symbol that is built in; codes are made of these.
BUILT_IN = frozenset({*EXTRA, *UNITS})


def measure(code: str, resource: str = "") -> Measure:
    """Return what a unit code stands for.

    resource: a unit of its own that a consumption line counts in, such as `tyre`.
    Raises `UnknownUnit`.

    >>> measure("¤/oz").to_base(3500.0).__round__(2)
    112527612.99
    >>> measure("%").to_base(57.0)
    0.57
    """
    try:
        return _built_in(code, resource)
    except UnknownUnit:
        own = own_units.get()
        if not own:
            raise
        return _composed(code, resource, own)


def is_built_in(code: str) -> bool:
    """Say whether a code stands for something without any unit of the installation's own."""
    try:
        return bool(_built_in(code, ""))
    except UnknownUnit:
        return False


@lru_cache(maxsize=1024)
def _built_in(code: str, resource: str) -> Measure:
    return _composed(code, resource, {})


def _composed(code: str, resource: str, own: Mapping[str, Measure]) -> Measure:
    whole = _atom(code, resource) or own.get(code)
    if whole is not None:
        return whole
    found = PLAIN
    for index, part in enumerate(code.split("/")):
        atom = _atom(part.strip(), resource) or own.get(part.strip())
        if atom is None:
            raise UnknownUnit(code)
        found = found.times(atom, 1 if index == 0 else -1)
    return found


def _atom(symbol: str, resource: str) -> Measure | None:
    if symbol in EXTRA:
        return EXTRA[symbol]
    if symbol in UNITS:
        unit = UNITS[symbol]
        base = BASES[unit.dimension]
        dimension: Dimension = ((base, 1),) if base else NO_DIMENSION
        parts = round(1 / unit.factor)
        exact = unit.factor < 1 and parts * unit.factor == 1
        return Measure(1.0, float(parts), dimension) if exact else Measure(unit.factor, 1.0, dimension)
    if symbol and symbol == resource:
        return Measure(1.0, 1.0, ((symbol, 1),))
    return None


def fitting(given: Measure, wanted: Iterable[str], resource: str = "") -> Measure | None:
    """Return the first wanted unit that measures the same, None where none does."""
    targets = (measure(code, resource) for code in wanted)
    return next((target for target in targets if target.dimension == given.dimension), None)


def has_money(dimension: Dimension) -> bool:
    """Say whether a dimension holds money."""
    return any(base == MONEY for base, _ in dimension)


def product(left: ArrayLike, right: ArrayLike) -> float | tuple[float, ...]:
    """Return the product of two numbers or rows, a row as a tuple."""
    result = np.multiply(left, right)
    return tuple(result.tolist()) if result.ndim else float(result)
