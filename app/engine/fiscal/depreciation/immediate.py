"""Immediate expensing."""

from __future__ import annotations

from app.engine.fiscal.depreciation.schedule import Assets
from app.engine.inputs.fiscal import DepreciationClass
from app.engine.primitive import primitive
from app.engine.quantity import Array


@primitive
def immediate(cls: DepreciationClass, assets: Assets) -> Array:
    """Return the whole cost less salvage in the period of placement [money of the day]."""
    charges = assets.placed * (1 - cls.salvage)
    charges[0] += assets.opening
    return charges
