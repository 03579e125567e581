"""How far results are from exact arithmetic, in units of their last place."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from math import ulp

from app.engine.quantity import Array


def farthest(exact: Callable[[Decimal], Decimal], x: Array, found: Array) -> float:
    """Return how far the worst of some results is from what a function of decimal numbers gives."""
    with localcontext() as context:
        context.prec = 60
        return max(
            float(abs(Decimal(own) - exact(Decimal(at))) / Decimal(ulp(own)))
            for at, own in zip(x.tolist(), found.tolist(), strict=True)
        )
