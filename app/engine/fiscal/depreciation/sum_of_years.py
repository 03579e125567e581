"""Sum of the years' digits."""

from __future__ import annotations

import math

import numpy as np

from app.engine.fiscal.depreciation.schedule import Assets, Years, by_year, charge, halved, level
from app.engine.inputs.fiscal import DepreciationClass
from app.engine.quantity import Array


def yearly(life: float, salvage: float = 0.0) -> Years:
    """Return `(1 - s) · (N - t + 1) / (N(N + 1)/2)` for each year.

    >>> yearly(4) * 10
    array([4., 3., 2., 1.])
    """
    digits = np.arange(math.ceil(life), 0, -1, dtype=np.float64)
    return (1 - salvage) * digits / (digits.size * (digits.size + 1) / 2)


def sum_of_years(cls: DepreciationClass, assets: Assets) -> Array:
    """Return the charge by period [money of the day]."""
    charges = yearly(cls.life, cls.salvage)
    own = by_year(halved(charges) if cls.half_year else charges, cls.salvage, tax_years=cls.half_year)
    return charge(assets, own, level(cls.opening_life or cls.life))
