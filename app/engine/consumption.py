"""Fuel, power, water, reagents: physical use and what it costs."""

from __future__ import annotations

from app.engine.bases import Work
from app.engine.inputs import ConsumptionLine
from app.engine.quantity import Array


def used(work: Work, line: ConsumptionLine) -> Array:
    """Return physical use by period [the line's unit], `rate × basis`, `(n_periods, n_trials | 1)`."""
    ctx = work.ctx
    quantity = ctx.value(line.rate) * work.quantity(line.basis, line.of)
    if line.first is not None or line.last is not None or line.ramp:
        quantity = quantity * ctx.active(line.first, line.last, line.ramp)
    return ctx.rows(quantity)


def consumption_cost(work: Work, line: ConsumptionLine, quantity: Array) -> Array:
    """Return `use × unit price` [money]."""
    return quantity * work.ctx.money(line.price, line.money)
