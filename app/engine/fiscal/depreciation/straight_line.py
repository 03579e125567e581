"""Straight line: equal charges over the life."""

from __future__ import annotations

import math

import numpy as np

from app.engine.fiscal.depreciation.schedule import Assets, Schedule, charge, level
from app.engine.inputs.fiscal import DepreciationClass
from app.engine.quantity import Array


def schedule(life: float, salvage: float = 0.0, *, half_year: bool = False) -> Schedule:
    """Return `D = (B - S) / N` for each year; by the half-year convention half in the first and the last.

    >>> np.diff(schedule(4).written)
    array([1.])
    >>> np.diff(schedule(4, half_year=True).written)
    array([0.125, 0.25 , 0.25 , 0.25 , 0.125])
    """
    if not half_year:
        even = level(life)
        return Schedule(even.ages, even.written * (1 - salvage))
    ages = np.arange(math.ceil(life + 0.5) + 1, dtype=np.float64)
    written = np.clip((ages - 0.5) / life, 0.0, 1.0) * (1 - salvage)
    return Schedule(ages, written, tax_years=True)


def straight_line(cls: DepreciationClass, assets: Assets) -> Array:
    """Return the charge by period [money of the day]."""
    own = schedule(cls.life, cls.salvage, half_year=cls.half_year)
    return charge(assets, own, level(cls.opening_life or cls.life))
