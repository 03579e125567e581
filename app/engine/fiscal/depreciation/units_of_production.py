"""Units of production: the balance shrinks as the reserve does."""

from __future__ import annotations

import numpy as np

from app.engine.fiscal.depreciation.schedule import Assets
from app.engine.fiscal.rows import ratio
from app.engine.inputs.fiscal import DepreciationClass
from app.engine.quantity import Array


def units_of_production(cls: DepreciationClass, assets: Assets) -> Array:
    """Return the charge by period [money of the day].

    `D_t = book_t · units_t / units left at the start of t`, where the book holds what has been added until
    then, less
    salvage: so it re-bases by itself as reserves and sustaining capital change.
    """
    depleted = np.minimum(ratio(assets.units, assets.reserves), 1.0)
    shape = np.broadcast_shapes(assets.placed.shape, depleted.shape)
    placed, depleted = np.broadcast_to(assets.placed, shape), np.broadcast_to(depleted, shape)
    charges = np.zeros(shape)
    book = np.full(shape[1], assets.opening)
    for period in range(shape[0]):
        book = book + placed[period] * (1 - cls.salvage)
        charges[period] = book * depleted[period]
        book = book - charges[period]
    return charges
