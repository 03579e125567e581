"""Modified internal rate of return: outflows financed at one rate, inflows reinvested at another."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from app.engine.quantity import as_rows
from app.engine.returns.gaps import Row
from app.engine.returns.npv import npv
from app.engine.returns.reasons import Reason, Reasons


def mirr(
    cash_flow: ArrayLike,
    finance_rate: float | ArrayLike,
    reinvest_rate: float | ArrayLike,
    exponents: ArrayLike | None = None,
) -> tuple[Row, Reasons]:
    """Return the annual MIRR of each trial, and its reason codes, both `(n_trials,)`.

    `(FV of inflows at the reinvestment rate / -PV of outflows at the finance rate)^(1/T) - 1`, from the first
    to the last flow of the timeline, T years apart. Rates [1/year], a number or `(1, n_trials)`; cash_flow,
    exponents: as `irr`.

    >>> float(mirr([-120000, 39000, 30000, 21000, 37000, 46000], 0.10, 0.12)[0][0].round(6))
    0.126094
    """
    flows = as_rows(cash_flow)
    times = np.ravel(np.arange(len(flows)) if exponents is None else exponents)
    since, span = times - times[0], float(times[-1] - times[0])
    paid = -npv(np.minimum(flows, 0.0), finance_rate, since)
    received = npv(np.maximum(flows, 0.0), reinvest_rate, since) * (1 + as_rows(reinvest_rate)[0]) ** span
    reasons = np.zeros(flows.shape[1], dtype=np.uint8)
    reasons[received == 0] = Reason.NO_INFLOW
    reasons[paid == 0] = Reason.NO_INVESTMENT
    reasons[~(np.isfinite(paid) & np.isfinite(received))] = Reason.NOT_FINITE
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = (received / paid) ** (1 / span) - 1 if span else np.full(len(paid), np.nan)
    return np.where(reasons == 0, rates, np.nan), reasons
