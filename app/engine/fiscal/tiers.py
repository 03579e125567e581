"""Rates that change with what they are charged on: brackets, and lines between prices."""

from __future__ import annotations

import numpy as np

from app.engine.kinds import TierMethod
from app.engine.primitive import primitive
from app.engine.quantity import Array

Steps = tuple[tuple[float, float], ...]


def tiered(amount: Array, steps: Steps, method: TierMethod, scale: Array) -> Array:
    """Return the charge on `amount` by brackets.

    steps: (lower edge, rate) ascending; nothing is charged below the first edge. scale: multiplies every
    edge. MARGINAL charges each slice at its own rate, AVERAGE all of the amount at the rate of the bracket it
    reaches.

    >>> edges = ((0.0, 0.05), (100.0, 0.10))
    >>> one = np.ones((1, 1))
    >>> tiered(150 * one, edges, TierMethod.MARGINAL, one), tiered(150 * one, edges, TierMethod.AVERAGE, one)
    (array([[10.]]), array([[15.]]))
    """
    charge = np.zeros(np.broadcast_shapes(amount.shape, scale.shape))
    if method is TierMethod.AVERAGE:
        for lower, rate in steps:
            charge = np.where(amount >= lower * scale, rate * amount, charge)
        return charge
    uppers = [lower for lower, _ in steps[1:]] + [np.inf]
    for (lower, rate), upper in zip(steps, uppers, strict=True):
        charge = charge + rate * np.clip(amount - lower * scale, 0.0, (upper - lower) * scale)
    return charge


def stepped(price: Array, steps: Steps) -> Array:
    """Return the rate of the step that each price reaches, zero below the first.

    >>> stepped(np.array([[900.0, 1000.0, 1700.0]]), ((0.0, 0.03), (1000.0, 0.035), (1600.0, 0.05)))
    array([[0.03 , 0.035, 0.05 ]])
    """
    rate = np.zeros(price.shape)
    for lower, reached in steps:
        rate = np.where(price >= lower, reached, rate)
    return rate


@primitive
def sliding(price: Array, steps: Steps) -> Array:
    """Return the rate at each price, linear between the steps and flat outside.

    >>> sliding(np.array([[1000.0, 3000.0, 9000.0]]), ((2000.0, 0.025), (4000.0, 0.05)))
    array([[0.025 , 0.0375, 0.05  ]])
    """
    prices, rates = zip(*steps, strict=True)
    return np.asarray(np.interp(price, prices, rates))
