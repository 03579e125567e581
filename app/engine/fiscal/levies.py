"""Royalties, mining taxes, duties and profit shares, taken one after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.engine.context import Context
from app.engine.fiscal.assessed import Assessed, tax_years
from app.engine.fiscal.bases import LEVY_BASES, PROFIT_BASES, SALES_BASES, Grounds, gross_revenue, share
from app.engine.fiscal.levy_books import LevyBooks, allowed
from app.engine.fiscal.losses import recover, sheltered
from app.engine.fiscal.rows import entered_row, money_of_the_day, ratio
from app.engine.fiscal.tiers import sliding, stepped, tiered
from app.engine.inputs.fiscal import Levy
from app.engine.kinds import LevyBase, LevyDeduction, LevyKind
from app.engine.quantity import Array, added, is_literal


@dataclass(frozen=True, slots=True)
class Charge:
    """One levy being charged: `base` is what its base leaves, never negative, `(n_periods, n_trials | 1)`.

    seen: how it is assessed; `base` is as that sees it.
    """

    ctx: Context
    levy: Levy
    grounds: Grounds
    base: Array
    seen: Assessed

    @property
    def unit(self) -> Array:
        """The scenario's money per unit of the levy's own money."""
        return self.ctx.money(1.0, self.levy.money)

    @property
    def price(self) -> Array:
        """What moves the rate, in the money of the steps [money/t]."""
        return self.grounds.operating.prices[self.levy.price_of or self.levy.of] / self.unit


def levy_rows(ctx: Context, grounds: Grounds, books: LevyBooks) -> dict[str, Array]:
    """Return each levy's row by name, positive = cost, in the order of the inputs.

    They are charged in ascending `order`, equal ones as listed; an entered row counts like a computed one.
    """
    levies = ctx.inputs.fiscal.levies
    before: dict[str, tuple[Levy, Array]] = {}
    for levy in in_turn(levies):
        row = entered_row(ctx, f"levy.{levy.name}")
        if row is None:
            written_down = books.written_down.get(levy.name, grounds.written_down)
            own = replace(grounds, of=levy.of, written_down=written_down)
            taken = deducted(levy, before.values())
            row = charge(ctx, levy, own, taken, books.allowances.get(levy.name))
            if levy.credited:
                row = after_credit(ctx, levy, grounds, row, before[levy.credited][1])
        before[levy.name] = (levy, row)
    return {levy.name: before[levy.name][1] for levy in levies}


def in_turn(levies: Iterable[Levy]) -> list[Levy]:
    """Return levies in the order in which they are taken."""
    return sorted(levies, key=lambda levy: levy.order)


def after_credit(ctx: Context, levy: Levy, grounds: Grounds, row: Array, credit: Array) -> Array:
    """Return a levy less the one that is set against it, now and as far as it was not used before."""
    seen = seen_by(ctx, levy, grounds)
    kept = seen.kept(levy.uplift)
    used = sheltered(seen.whole(row) * kept, seen.whole(credit) * kept, ctx.zeros(), seen.years)
    return row - seen.of_each(used / kept)


def seen_by(ctx: Context, levy: Levy, grounds: Grounds) -> Assessed:
    """Return how a levy is assessed."""
    index = money_of_the_day(ctx, grounds.operating)
    return Assessed(ctx, tax_years(ctx, levy.by_year), index, ctx.active(levy.first, levy.last))


def deducted(levy: Levy, before: Collection[tuple[Levy, Array]]) -> list[Array]:
    """Return the rows of those levies taken before this one that lower its base."""
    if levy.deducts is LevyDeduction.LOWER_ORDER:
        return [row for other, row in before if other.order < levy.order]
    every = levy.deducts is LevyDeduction.AS_BASE and levy.base in PROFIT_BASES
    return [row for _, row in before] if every else []


def charge(
    ctx: Context, levy: Levy, grounds: Grounds, levied: Sequence[Array], allowance: Array | None = None
) -> Array:
    """Return one levy by period: its kind on what its base leaves, within floor, cap and active periods.

    levied: levies that lower the base. allowance: what its books allow besides, before its bounds. By year,
    all of it holds for the year to date, and a period is charged what it adds.
    """
    seen = seen_by(ctx, levy, grounds)
    base = seen.so_far(chargeable(ctx, levy, grounds, levied))
    if allowance is not None or levy.allowance_least:
        base = base - allowed(levy, base, ctx.zeros() if allowance is None else seen.so_far(allowance))
    base = after_recovery(ctx, levy, grounds, base, seen)
    amount = LEVY_KINDS[levy.kind](Charge(ctx, levy, grounds, base, seen))
    if levy.floor:
        amount = np.maximum(amount, levy.floor * seen.so_far(gross_revenue(grounds)))
    if levy.cap is not None and levy.kind is not LevyKind.PROFIT_QUADRATIC:
        amount = np.minimum(amount, levy.cap * seen.so_far(gross_revenue(grounds)))
    return ctx.rows(seen.of_each(amount) * seen.active)


def chargeable(ctx: Context, levy: Levy, grounds: Grounds, levied: Sequence[Array]) -> Array:
    """Return the base less the levies that lower it and its fixed deduction; it may be negative.

    A metal or product bears those levies by its share of revenue.
    """
    base = LEVY_BASES[levy.base](grounds)
    if levied:
        taken = added(levied, ctx.zeros())
        base = base - (taken * share(grounds) if levy.of else taken)
    if not is_literal(levy.minus, 0.0):
        base = base - ctx.money(levy.minus, levy.money)
    return base


def after_recovery(ctx: Context, levy: Levy, grounds: Grounds, base: Array, seen: Assessed) -> Array:
    """Return the base less recovered capital and earlier negative bases, never negative.

    base: in the active periods, zero in the others. Capital counts from the first period, also before the
    levy starts; a negative base only while it is active.
    """
    base = ctx.rows(base)
    if not (levy.carry_forward or levy.capital_first):
        return np.maximum(base, 0.0)
    kept, nothing = seen.kept(levy.uplift), ctx.zeros()
    capital = added(grounds.operating.capital.values(), nothing) if levy.capital_first else nothing
    spent = seen.whole(capital) * kept
    return recover(base * kept, spent, seen.years, keep_losses=levy.carry_forward) / kept


def at_rate(charge: Charge) -> Array:
    """`rate × base`."""
    return charge.ctx.value(charge.levy.rate) * charge.base


def per_unit(charge: Charge) -> Array:
    """`money per tonne × tonnes`."""
    return charge.ctx.money(charge.levy.rate, charge.levy.money) * charge.base


def by_price(charge: Charge) -> Array:
    """`rate(price) × base`, linear between the steps."""
    return sliding(charge.price, charge.levy.steps) * charge.base


def by_price_step(charge: Charge) -> Array:
    """`rate(price) × base`, the rate being that of the step reached."""
    return stepped(charge.price, charge.levy.steps) * charge.base


def by_bracket(charge: Charge) -> Array:
    """Brackets of the base by year, or of the operating margin EBIT / revenue when the base is MARGIN."""
    levy = charge.levy
    if levy.base is LevyBase.MARGIN:
        revenue = charge.seen.so_far(charge.grounds.operating.revenue)
        return revenue * tiered(ratio(charge.base, revenue), levy.steps, levy.tier_method, np.ones((1, 1)))
    return tiered(charge.base, levy.steps, levy.tier_method, charge.seen.edge(charge.unit))


def profit_quadratic(charge: Charge) -> Array:
    """`a · sales + b · profit² / sales`, at most `cap · sales`.

    A sales base is the sales, and the profit is NSR less site cost; any other base is the profit, and sales
    are NSR.
    """
    levy, grounds = charge.levy, charge.grounds
    from_sales = levy.base in SALES_BASES
    sales = charge.base if from_sales else np.maximum(charge.seen.so_far(grounds.operating.nsr), 0.0)
    profit = np.maximum(charge.seen.so_far(grounds.ebitda), 0.0) if from_sales else charge.base
    amount = charge.ctx.value(levy.rate) * sales + levy.quadratic * ratio(profit**2, sales)
    return amount if levy.cap is None else np.minimum(amount, levy.cap * sales)


LEVY_KINDS: Mapping[LevyKind, Callable[[Charge], Array]] = {
    LevyKind.RATE: at_rate,
    LevyKind.UNIT: per_unit,
    LevyKind.SLIDING_PRICE: by_price,
    LevyKind.STEPPED_PRICE: by_price_step,
    LevyKind.TIERED: by_bracket,
    LevyKind.PROFIT_QUADRATIC: profit_quadratic,
}
