"""When sold metal is paid, and at which price."""

from __future__ import annotations

import numpy as np

from app.engine.primitive import primitive
from app.engine.quantity import Array


def settled(sold: Array, price: Array, provisional: Array, lag: int) -> Array:
    """Return revenue by period when part of it is priced later.

    The provisional fraction is invoiced on sale at the price of that period; the rest `lag` periods later at
    the price of that later period, at the latest in the last period:
    `revenue_t = f_t · sold_t · price_t + price_t · Σ (1 - f_s) · sold_s` over the sales s that settle in t.
    sold [t] `(n_periods, n_trials | 1)`; price [money/t]; provisional: f [fraction].

    >>> column = lambda *values: np.array(values).reshape(-1, 1)
    >>> settled(column(10.0, 10.0, 0.0), column(1.0, 2.0, 3.0), column(0.9), lag=1).ravel()
    array([ 9., 20.,  3.])
    """
    if lag == 0:
        return sold * price
    return priced_later(sold, price, provisional, lag)


@primitive
def priced_later(sold: Array, price: Array, provisional: Array, lag: int) -> Array:
    """Return the revenue of metal of which a part is priced `lag` periods after it is sold, or at the end."""
    invoiced = sold * provisional
    open_metal = np.asarray(sold - invoiced)
    later = np.zeros_like(open_metal)
    within = max(open_metal.shape[0] - lag, 0)
    later[lag:] = open_metal[:within]
    for left in open_metal[within:]:
        later[-1] += left
    return np.asarray((invoiced + later) * price)
