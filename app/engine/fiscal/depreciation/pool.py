"""Declining pools as Canada's capital cost allowance knows them."""

from __future__ import annotations

import math

import numpy as np

from app.engine.fiscal.depreciation.schedule import Assets, Years, by_year, charge
from app.engine.inputs.fiscal import DepreciationClass
from app.engine.quantity import Array


def yearly(rate: float, first_year: float, years: int) -> Years:
    """Return `d·k` in the year of acquisition, then `d` of what is left, for `years` years.

    >>> yearly(0.25, 0.5, 3)
    array([0.125    , 0.21875  , 0.1640625])
    >>> yearly(0.25, 1.5, 3)
    array([0.375    , 0.15625  , 0.1171875])
    """
    first = min(rate * first_year, 1.0)
    later = (1 - first) * rate * (1 - rate) ** np.arange(years - 1)
    return np.append(first, later)


def pool(cls: DepreciationClass, assets: Assets) -> Array:
    """Return the charge by period [money of the day]; `factor` is the class rate per year."""
    years = math.ceil(assets.edges[-1]) + 1
    first_year = cls.first_year if cls.first_year is not None else (0.5 if cls.half_year else 1.0)
    own = by_year(yearly(cls.factor, first_year, years), cls.salvage, tax_years=True)
    opening = by_year(yearly(cls.factor, 1.0, years), tax_years=True)
    return charge(assets, own, opening)
