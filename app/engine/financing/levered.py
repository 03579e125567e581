"""What is left for equity."""

from __future__ import annotations

from app.engine.quantity import Array
from app.engine.returns import Reasons, irr
from app.engine.returns.roots import Row


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
    only, which no IRR sees.
    """
    return irr(equity, exponents[:, 0])
