"""Units of production: the balance shrinks as the reserve does."""

from __future__ import annotations

import numpy as np

from app.engine.fiscal.depreciation.schedule import Assets
from app.engine.fiscal.rows import ratio
from app.engine.inputs.fiscal import DepreciationClass
from app.engine.primitive import primitive
from app.engine.quantity import Array


def units_of_production(cls: DepreciationClass, assets: Assets) -> Array:
    """Return the charge by period [money of the day].

    `D_t = book_t · units_t / units left at the start of t`, where the book holds what has been added until
    then, less
    salvage: so it re-bases by itself as reserves and sustaining capital change.
    """
    depleted = np.minimum(ratio(assets.units, assets.reserves), 1.0)
    return charged(assets.placed, depleted, 1 - cls.salvage, assets.opening)


@primitive
def charged(placed: Array, depleted: Array, kept: float, opening: float) -> Array:
    """Return the charges on what is placed; kept: the share of cost that is written down at all."""
    shape = np.broadcast_shapes(placed.shape, depleted.shape)
    placed = np.broadcast_to(placed if kept == 1.0 else placed * kept, shape)
    charges, book = np.empty(shape), np.full(shape[1], opening)
    for added, share, own in zip(placed, np.broadcast_to(depleted, shape), charges, strict=True):
        book += added
        np.multiply(book, share, out=own)
        book -= own
    return charges
