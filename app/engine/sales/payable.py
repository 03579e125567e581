"""How much of the metal in a product is paid for: percentage, unit deduction, absolute deduction, floor.

Every rule works on masses: `mass × assay = content`, so that `content - mass × deduction` is the metal left
after a deduction from the assay, without a division. Source: Goldie & Tredger 1991, Geoscience Canada 18(4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from app.engine.kinds import DeductionKind
from app.engine.quantity import Array


def percentage(content: Array, _mass: Array, share: Array, _deduction: Array) -> Array:
    """`φ · a`."""
    return np.maximum(share * content, 0.0)


def unit(content: Array, mass: Array, share: Array, deduction: Array) -> Array:
    """`max(0, min(φ · a, a - d))`: at least `d` units of assay stay with the smelter."""
    return np.maximum(np.minimum(share * content, content - mass * deduction), 0.0)


def absolute(content: Array, mass: Array, share: Array, deduction: Array) -> Array:
    """`max(0, φ · (a - d))`: `d` is subtracted first."""
    return np.maximum(share * (content - mass * deduction), 0.0)


def floor(content: Array, mass: Array, share: Array, deduction: Array) -> Array:
    """`φ · a`, nothing below the assay `d`."""
    return np.where(content >= mass * deduction, np.maximum(share * content, 0.0), 0.0)


PAYABLE_RULES: Mapping[DeductionKind, Callable[[Array, Array, Array, Array], Array]] = {
    DeductionKind.NONE: percentage,
    DeductionKind.UNIT: unit,
    DeductionKind.ABSOLUTE: absolute,
    DeductionKind.FLOOR: floor,
}


def payable_metal(content: Array, mass: Array, share: Array, deduction: Array, kind: DeductionKind) -> Array:
    """Return payable metal [t].

    content: metal in the product [t]; mass: of the product, dry [t]; share: φ [fraction]; deduction: d [t/t];
    all `(n_periods | 1, n_trials | 1)`.

    >>> one = np.ones((1, 1))
    >>> payable_metal(0.28 * one, one, 0.965 * one, 0.01 * one, DeductionKind.UNIT).round(4)
    array([[0.27]])
    """
    return PAYABLE_RULES[kind](content, mass, share, deduction)
