"""Units of the trade and their exact factors. The engine computes in tonnes, mass fractions and hours only.

Sources: international avoirdupois pound 0.45359237 kg and troy ounce 31.1034768 g (both exact by definition,
1959 agreement); short ton 2,000 lb; long ton 2,240 lb.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from app.engine.quantity import Array

GRAMS_PER_TROY_OUNCE = 31.1034768
TONNES_PER_POUND = 0.00045359237
TONNES_PER_SHORT_TON = 0.90718474
TONNES_PER_LONG_TON = 1.0160469088
TONNES_PER_TROY_OUNCE = GRAMS_PER_TROY_OUNCE / 1e6


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: its symbol, what it measures, and how many base units it holds."""

    symbol: str
    dimension: str
    factor: float
    label: str


MASS, GRADE, FRACTION, TIME, ENERGY, VOLUME = "mass", "grade", "fraction", "time", "energy", "volume"

_TABLE = (
    Unit("t", MASS, 1.0, "tonne"),
    Unit("g", MASS, 1e-6, "gram"),
    Unit("kg", MASS, 1e-3, "kilogram"),
    Unit("kt", MASS, 1e3, "thousand tonnes"),
    Unit("Mt", MASS, 1e6, "million tonnes"),
    Unit("st", MASS, TONNES_PER_SHORT_TON, "short ton"),
    Unit("kst", MASS, TONNES_PER_SHORT_TON * 1e3, "thousand short tons"),
    Unit("Mst", MASS, TONNES_PER_SHORT_TON * 1e6, "million short tons"),
    Unit("lt", MASS, TONNES_PER_LONG_TON, "long ton"),
    Unit("lb", MASS, TONNES_PER_POUND, "pound"),
    Unit("klb", MASS, TONNES_PER_POUND * 1e3, "thousand pounds"),
    Unit("Mlb", MASS, TONNES_PER_POUND * 1e6, "million pounds"),
    Unit("oz", MASS, TONNES_PER_TROY_OUNCE, "troy ounce"),
    Unit("koz", MASS, TONNES_PER_TROY_OUNCE * 1e3, "thousand troy ounces"),
    Unit("Moz", MASS, TONNES_PER_TROY_OUNCE * 1e6, "million troy ounces"),
    Unit("t/t", GRADE, 1.0, "mass fraction"),
    Unit("%", GRADE, 1e-2, "percent by mass"),
    Unit("kg/t", GRADE, 1e-3, "kilograms per tonne"),
    Unit("g/t", GRADE, 1e-6, "grams per tonne"),
    Unit("ppm", GRADE, 1e-6, "parts per million"),
    Unit("ppb", GRADE, 1e-9, "parts per billion"),
    Unit("oz/t", GRADE, TONNES_PER_TROY_OUNCE, "troy ounces per tonne"),
    Unit("oz/st", GRADE, TONNES_PER_TROY_OUNCE / TONNES_PER_SHORT_TON, "troy ounces per short ton"),
    Unit("lb/t", GRADE, TONNES_PER_POUND, "pounds per tonne"),
    Unit("lb/st", GRADE, TONNES_PER_POUND / TONNES_PER_SHORT_TON, "pounds per short ton"),
    Unit("fraction", FRACTION, 1.0, "fraction"),
    Unit("percent", FRACTION, 1e-2, "percent"),
    Unit("bp", FRACTION, 1e-4, "basis point"),
    Unit("h", TIME, 1.0, "hour"),
    Unit("d", TIME, 24.0, "day"),
    Unit("kWh", ENERGY, 1.0, "kilowatt-hour"),
    Unit("MWh", ENERGY, 1e3, "megawatt-hour"),
    Unit("GWh", ENERGY, 1e6, "gigawatt-hour"),
    Unit("L", VOLUME, 1e-3, "litre"),
    Unit("m3", VOLUME, 1.0, "cubic metre"),
    Unit("gal", VOLUME, 3.785411784e-3, "US gallon"),
)

UNITS: Mapping[str, Unit] = {unit.symbol: unit for unit in _TABLE}


class UnitMismatch(ValueError):
    """Two units measure different things."""


def to_base(value: ArrayLike, symbol: str) -> Array:
    """Return `value` in the base unit of its dimension: t, t/t, fraction, h, kWh, m3.

    >>> float(to_base(1.0, "oz/st")) == 31.1034768 / 907184.74
    True
    """
    return np.asarray(value, dtype=np.float64) * UNITS[symbol].factor


def from_base(value: ArrayLike, symbol: str) -> Array:
    """Return a value in base units as a number of `symbol`."""
    return np.asarray(value, dtype=np.float64) / UNITS[symbol].factor


def convert(value: ArrayLike, source: str, target: str) -> Array:
    """Return `value` of `source` as a number of `target`; raises `UnitMismatch` across dimensions.

    >>> float(convert(1.0, "t", "lb").round(7))
    2204.6226218
    """
    given, wanted = UNITS[source], UNITS[target]
    if given.dimension != wanted.dimension:
        raise UnitMismatch(f"{source} is a {given.dimension}, {target} is a {wanted.dimension}")
    return np.asarray(value, dtype=np.float64) * given.factor / wanted.factor


def price_to_base(value: ArrayLike, per: str) -> Array:
    """Return a price or charge per `per` as money per base unit, such as money per tonne.

    >>> float(price_to_base(4.0, "lb").round(4))
    8818.4905
    """
    return np.asarray(value, dtype=np.float64) / UNITS[per].factor


def price_from_base(value: ArrayLike, per: str) -> Array:
    """Return money per base unit as money per `per`."""
    return np.asarray(value, dtype=np.float64) * UNITS[per].factor
