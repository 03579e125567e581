"""A metal stream as deferred revenue: cash first, revenue as the metal is delivered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.financing.debt import over
from app.engine.financing.terms import Streaming
from app.engine.quantity import Array, as_rows, running, total


@dataclass(frozen=True, slots=True)
class StreamRows:
    """Rows by period [money], `(n_periods, n_trials | 1)`.

    cash: the upfront payment less what deliveries forgo. recognised: revenue by the books. deferred: what is
    still owed in metal at the end of each period.
    """

    cash: Array
    recognised: Array
    deferred: Array


def stream_rows(streaming: Streaming | None, n_periods: int) -> StreamRows:
    """Return the stream by period: `recognised_t = upfront · delivered_t / Σ delivered`.

    Without deliveries nothing is recognised and all of it stays owed.
    """
    nothing = np.zeros((n_periods, 1))
    if streaming is None:
        return StreamRows(nothing, nothing, nothing)
    upfront = as_rows(streaming.upfront)
    delivered = nothing + as_rows(streaming.delivered)
    received = (np.arange(n_periods) == streaming.received).reshape(-1, 1) * upfront
    recognised = upfront * over(delivered, total(delivered))
    cash = received if streaming.deducted else received - delivered
    return StreamRows(cash, recognised, running(received - recognised))
