"""What is left for equity."""

from __future__ import annotations

import numpy as np

from app.engine.quantity import Array
from app.engine.returns import Reasons, irr
from app.engine.returns.gaps import Row

# Of the largest flow of a trial's equity: what is left where debt pays for all of it is rounding, not equity.
ROUNDING = 1e-12


def equity_flow(
    project: Array,
    stream: Array,
    drawn: Array,
    interest: Array,
    fees: Array,
    principal: Array,
    shield: Array,
) -> Array:
    """Return `project + stream + drawn - interest - fees - principal + tax shield` [money].

    All rows are `(n_periods, n_trials | 1)`. Where it is negative, equity pays in: a shortfall of the cash
    flow is the owner's to fill.
    """
    return project + stream + drawn - interest - fees - principal + shield


def levered_irr(equity: Array, exponents: Array) -> tuple[Row, Reasons]:
    """Return the IRR on equity of each trial and its reason codes, both `(n_trials,)`.

    exponents: of the project's discounting [year], `(n_periods, n_trials | 1)`; trials differ by a shift
    only, which no IRR sees. Flows below `ROUNDING` of the largest count as none, so that equity which pays
    nothing in has no IRR.
    """
    size = np.abs(equity)
    return irr(np.where(size > ROUNDING * size.max(axis=0), equity, 0.0), exponents[:, 0])
