"""Capital: amounts spread over periods, contingency, and what is depreciated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from app.engine.apportion import apportioned
from app.engine.context import Context
from app.engine.equipment import Fleet, fleet_money
from app.engine.inputs import CapitalItem
from app.engine.kinds import CapitalKind, ContingencyMethod
from app.engine.quantity import Array, added, is_literal, total


@dataclass(frozen=True, slots=True)
class Spending:
    """Capital by period [money], `(n_periods, n_trials | 1)`.

    by_class: by `CapitalKind` value and depreciation class, "" for what is never depreciated.
    salvage: received.
    """

    total: Array
    by_class: Mapping[tuple[str, str], Array]
    salvage: Array

    def by_kind(self) -> dict[str, Array]:
        """Return capital by `CapitalKind` value, in the order of the kinds."""
        sums: dict[str, Array] = {}
        for (kind, _), row in self.by_class.items():
            sums[kind] = sums[kind] + row if kind in sums else row
        return sums

    def depreciable(self) -> dict[str, Array]:
        """Return the depreciable part by depreciation class."""
        sums: dict[str, Array] = {}
        for (_, name), row in self.by_class.items():
            if name:
                sums[name] = sums[name] + row if name in sums else row
        return sums


def item_amount(ctx: Context, item: CapitalItem) -> Array:
    """Return one item by period with its contingency [money], `(n_periods, n_trials | 1)`.

    `amount_t · (1 + c)` for a percentage; for a P-level the contingency is an amount, spread over the periods
    as the item is. Each period's part is converted and escalated at that period's rates.
    """
    amount = _spread(ctx, item)
    if item.contingency_method is ContingencyMethod.PERCENTAGE:
        amount = amount * (1 + ctx.value(item.contingency))
    elif item.contingency_method is ContingencyMethod.P_LEVEL:
        amount = amount + ctx.value(item.contingency) * _share(ctx, item)
    return ctx.rows(amount * ctx.money(1.0, item.money))


def _spread(ctx: Context, item: CapitalItem) -> Array:
    """Return the amount by period in its own money."""
    given = ctx.value(item.amount)
    return given * _share(ctx, item) if item.schedule else ctx.rows(given)


def _share(ctx: Context, item: CapitalItem) -> Array:
    """Return the fraction of the whole in each period."""
    if item.schedule:
        share = ctx.zeros()
        share[: len(item.schedule), 0] = item.schedule
        return share
    rows = ctx.rows(ctx.value(item.amount))
    whole = total(rows)
    part: Array = np.divide(rows, whole, out=np.zeros(rows.shape), where=whole != 0)
    return part


def item_salvage(ctx: Context, item: CapitalItem) -> Array:
    """Return what an item fetches, in the last period [money], `(n_periods, n_trials | 1)`."""
    last = ctx.zeros()
    last[-1] = 1.0
    return ctx.rows(ctx.money(item.salvage, item.money) * last)


def contingency_at(costs: ArrayLike, level: float, base: float) -> float:
    """Return the contingency that lifts a base estimate to a P-level: `quantile(costs, level) - base`.

    costs: simulated total cost of the estimate, one per trial [money].
    Source: AACE 18R-97 on estimate classes.
    """
    return float(np.quantile(np.asarray(costs, dtype=np.float64), level)) - base


def spending(ctx: Context, fleets: Mapping[str, Fleet]) -> Spending:
    """Return capital by kind and depreciation class, and salvage, of capital items and fleets.

    An entered `capital.<kind>` or `capital` replaces the sum, and its depreciation classes follow in
    proportion; without an item to follow it is never depreciated. fleets: by equipment class.
    """
    parts: dict[tuple[str, str], list[Array]] = {}
    salvage: list[Array] = []
    for item in ctx.inputs.capital:
        parts.setdefault((item.kind.value, item.depreciation), []).append(item_amount(ctx, item))
        if not is_literal(item.salvage, 0.0):
            salvage.append(item_salvage(ctx, item))
    for unit in ctx.inputs.equipment:
        money = fleet_money(ctx, unit, fleets[unit.name])
        for kind in (CapitalKind.INITIAL, CapitalKind.SUSTAINING, CapitalKind.REPLACEMENT):
            parts.setdefault((kind.value, unit.depreciation), []).append(getattr(money, kind.value))
        salvage.append(money.salvage)
    sums = {key: added(rows, ctx.zeros()) for key, rows in parts.items()}
    by_class: dict[tuple[str, str], Array] = {}
    for kind in CapitalKind:
        classes = {name: row for (of, name), row in sums.items() if of == kind.value}
        _, classes = apportioned(ctx, f"capital.{kind.value}", classes, "")
        by_class |= {(kind.value, name): row for name, row in classes.items()}
    whole, by_class = apportioned(ctx, "capital", by_class, (CapitalKind.INITIAL.value, ""))
    return Spending(whole, by_class, ctx.line("salvage", added(salvage, ctx.zeros())))


def less_revenue(ctx: Context, spent: Spending, netted: Array) -> Spending:
    """Return spending less pre-production revenue [money], which lowers initial capital by class pro rata."""
    initial = {name: row for (kind, name), row in spent.by_class.items() if kind == CapitalKind.INITIAL.value}
    if not initial:
        initial = {"": ctx.zeros()}
    weights = {name: np.maximum(total(row), 0.0) for name, row in initial.items()}
    whole = added(weights.values(), np.zeros((1, 1)))
    by_class = dict(spent.by_class)
    for name, row in initial.items():
        share = np.divide(weights[name], whole, out=np.full(whole.shape, 1.0 / len(initial)), where=whole > 0)
        by_class[CapitalKind.INITIAL.value, name] = ctx.rows(row - netted * share)
    return replace(spent, total=spent.total - netted, by_class=by_class)
