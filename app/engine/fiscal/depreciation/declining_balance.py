"""Declining balance that turns to straight line, and the American half-year tables it generates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.engine.fiscal.depreciation.schedule import Assets, Schedule, Years, by_year, charge, level
from app.engine.inputs.fiscal import DepreciationClass
from app.engine.quantity import Array

# Recovery period [year] -> multiple of the straight-line rate. IRS Publication 946, appendix A, table A-1.
MACRS_FACTORS: Mapping[float, float] = {3: 2.0, 5: 2.0, 7: 2.0, 10: 2.0, 15: 1.5, 20: 1.5}


def yearly(life: float, factor: float, salvage: float = 0.0, *, half_year: bool = False) -> Years:
    """Return the shares of cost charged in each year.

    `D_t = max(k/N · book, (book - S) / years left)`, never below salvage; by the half-year convention the
    first year counts half.

    >>> yearly(5, 2.0).round(4)
    array([0.4  , 0.24 , 0.144, 0.108, 0.108])
    """
    book, left, span = 1.0, life, 0.5 if half_year else 1.0
    charges = []
    while left > 1e-9:
        declining = factor / life * book * span
        level_off = (book - salvage) * min(span / left, 1.0)
        charges.append(min(max(declining, level_off), book - salvage))
        book -= charges[-1]
        left -= span
        span = 1.0
    return np.array(charges)


def macrs_schedule(life: float) -> Schedule:
    """Return the half-year MACRS schedule: 200 % for 3 to 10 years, 150 % for 15 and 20, salvage ignored."""
    return by_year(yearly(life, MACRS_FACTORS[life], half_year=True), tax_years=True)


def declining_balance(cls: DepreciationClass, assets: Assets) -> Array:
    """Return the charge by period [money of the day]."""
    charges = yearly(cls.life, cls.factor, cls.salvage, half_year=cls.half_year)
    end = np.inf if cls.half_year else cls.life
    own = by_year(charges, cls.salvage, end=end, tax_years=cls.half_year)
    return charge(assets, own, level(cls.opening_life or cls.life))


def macrs(cls: DepreciationClass, assets: Assets) -> Array:
    """Return the charge by period [money of the day]; `factor`, `half_year` and `salvage` do not enter."""
    return charge(assets, macrs_schedule(cls.life), level(cls.opening_life or cls.life))
