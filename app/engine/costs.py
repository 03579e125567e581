"""Operating cost lines: `rate × basis`, within a window, ramped, converted and escalated once."""

from __future__ import annotations

from app.engine.bases import Work
from app.engine.inputs import CostLine
from app.engine.kinds import CostCategory
from app.engine.quantity import Array


def cost(work: Work, line: CostLine) -> Array:
    """Return one cost line [money], `rate_t × basis_t × ramp_t` while active, `(n_periods, n_trials | 1)`."""
    ctx = work.ctx
    amount = ctx.money(line.rate, line.money) * work.quantity(line.basis, line.of)
    if line.first is not None or line.last is not None or line.ramp:
        amount = amount * ctx.active(line.first, line.last, line.ramp)
    return ctx.rows(amount)


def is_offsite(line: CostLine) -> bool:
    """Return whether a line is subtracted before the net smelter return."""
    return line.category is CostCategory.OFFSITE and line.included_in_nsr
