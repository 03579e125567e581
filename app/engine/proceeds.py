"""Revenue, off-site cost and the net smelter return, with revenue before production shown or netted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.engine.context import Context
from app.engine.kinds import PreProductionRevenue
from app.engine.quantity import Array, added
from app.engine.sales import Sales


@dataclass(frozen=True, slots=True)
class Proceeds:
    """Rows by period [money], `(n_periods, n_trials | 1)`.

    deductions: by line key, other off-site cost lines inside; offsite: their sum; nsr = revenue - offsite.
    netted: net smelter return before production, to be taken off initial capital.
    """

    by_metal: Mapping[str, Array]
    by_product: Mapping[str, Array]
    revenue: Array
    deductions: Mapping[str, Array]
    offsite_lines: Mapping[str, Array]
    offsite: Array
    nsr: Array
    netted: Array


def net_smelter_return(ctx: Context, sales: Sales, offsite_lines: Mapping[str, Array]) -> Proceeds:
    """Return revenue less off-site cost.

    Under NETTED, whatever is earned before the timeline's production start leaves these lines and lowers
    capital instead.
    """
    deductions = sales.charges.rows()
    deductions["offsite_costs"] = ctx.line("offsite_costs", added(offsite_lines.values(), ctx.zeros()))
    offsite = ctx.line("offsite", added(deductions.values(), ctx.zeros()))
    shown = Proceeds(
        by_metal=sales.revenue_by_metal,
        by_product=sales.revenue_by_product,
        revenue=sales.revenue,
        deductions=deductions,
        offsite_lines=offsite_lines,
        offsite=offsite,
        nsr=ctx.line("nsr", sales.revenue - offsite),
        netted=ctx.zeros(),
    )
    if ctx.inputs.terms.pre_production_revenue is PreProductionRevenue.SHOWN:
        return shown
    return _netted(ctx, shown)


def _netted(ctx: Context, shown: Proceeds) -> Proceeds:
    producing = ctx.active(ctx.timeline.production_start, None)

    def kept(rows: Mapping[str, Array]) -> dict[str, Array]:
        return {name: row * producing for name, row in rows.items()}

    return replace(
        shown,
        by_metal=kept(shown.by_metal),
        by_product=kept(shown.by_product),
        revenue=shown.revenue * producing,
        deductions=kept(shown.deductions),
        offsite_lines=kept(shown.offsite_lines),
        offsite=shown.offsite * producing,
        nsr=shown.nsr * producing,
        netted=shown.nsr * (1 - producing),
    )
