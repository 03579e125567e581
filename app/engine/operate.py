"""A mine's operation assembled: rock, sales, costs, capital and closure as one set of rows."""

from __future__ import annotations

from collections.abc import Mapping

from app.engine.bases import Work
from app.engine.capital import Spending, less_revenue, spending
from app.engine.closure import Reclamation, reclamation
from app.engine.context import Context
from app.engine.fleets import fleets_of
from app.engine.kinds import CapitalKind, PreProductionRevenue
from app.engine.operating import Operating
from app.engine.physicals import Physicals, physicals
from app.engine.proceeds import Proceeds, net_smelter_return
from app.engine.quantity import Array, added
from app.engine.sales import sell
from app.engine.site import Site, run_site


def operate(ctx: Context) -> Operating:
    """Return the operating rows of one evaluation, from physicals to closure."""
    rock = physicals(ctx)
    sales = sell(ctx, rock)
    fleets = fleets_of(ctx, rock, sales)
    work = Work(ctx, rock, sales, {name: units.hours for name, units in fleets.items()})
    plans = {closure.name: reclamation(ctx, closure, _units(rock)) for closure in ctx.inputs.closures}
    site = run_site(work, fleets, plans)
    proceeds = net_smelter_return(ctx, sales, site.offsite)
    spent = spending(ctx, fleets)
    if ctx.inputs.terms.pre_production_revenue is PreProductionRevenue.NETTED:
        spent = less_revenue(ctx, spent, proceeds.netted)
    return _assembled(ctx, work, site, proceeds, spent, plans)


def _units(rock: Physicals) -> Array:
    """Return the tonnes that feed a sinking fund: processed, or mined in a mine without a process."""
    return rock.ore_processed if rock.processed else rock.ore_mined


def _assembled(
    ctx: Context,
    work: Work,
    site: Site,
    proceeds: Proceeds,
    spent: Spending,
    plans: Mapping[str, Reclamation],
) -> Operating:
    rock, sales = work.rock, work.sales
    opex = ctx.line("opex", added(site.opex.values(), ctx.zeros()))
    closure = ctx.line("closure", added((plan.cash for plan in plans.values()), ctx.zeros()))
    accretion = ctx.line("accretion", added((plan.accretion for plan in plans.values()), ctx.zeros()))
    return Operating(
        ore_mined=rock.ore_mined,
        waste_mined=rock.waste_mined,
        ore_processed=rock.ore_processed,
        processed=rock.processed,
        recovered=sales.recovered,
        payable=sales.payable,
        prices=sales.prices,
        revenue_by_metal=proceeds.by_metal,
        revenue_by_product=proceeds.by_product,
        revenue=proceeds.revenue,
        refining=proceeds.deductions["refining"],
        offsite=proceeds.offsite,
        nsr=proceeds.nsr,
        opex=site.opex,
        opex_total=opex,
        capital=spent.by_kind(),
        capital_by_class=spent.depreciable(),
        salvage=spent.salvage,
        closure=closure,
        closure_deductible=_deductible(ctx, plans, closure),
        accretion=accretion,
        price_index=ctx.rows(ctx.inflation_index),
        lines=_lines(work, site, proceeds, spent)
        | {"opex": opex, "closure": closure, "accretion": accretion},
    )


def _deductible(ctx: Context, plans: Mapping[str, Reclamation], closure: Array) -> Array:
    """Return the closure spending that income tax allows; of an entered row all or, where no plan is allowed,
    none.
    """
    allowed = [plans[plan.name].spend for plan in ctx.inputs.closures if plan.deductible]
    if "closure" not in ctx.entered:
        return added(allowed, ctx.zeros())
    return closure if allowed or not plans else ctx.zeros()


def _lines(work: Work, site: Site, proceeds: Proceeds, spent: Spending) -> dict[str, Array]:
    """Return the statement's lines of activity, sales and capital."""
    sales, lines = work.sales, work.rock.lines()
    lines |= _prefixed("recovered", sales.recovered) | _prefixed("concentrate", sales.concentrate)
    lines |= _prefixed("payable", sales.payable) | site.activity
    lines |= _prefixed("price", sales.prices) | _prefixed("revenue", proceeds.by_metal)
    lines |= _prefixed("stream", sales.streams)
    lines["revenue"] = proceeds.revenue
    lines |= proceeds.deductions
    lines |= _prefixed("offsite_cost", proceeds.offsite_lines)
    lines |= {"offsite": proceeds.offsite, "nsr": proceeds.nsr}
    lines |= _prefixed("opex", site.opex) | _prefixed("opex_category", site.by_category())
    kinds = spent.by_kind()
    lines |= {f"capital.{kind.value}": kinds.get(kind.value, work.ctx.zeros()) for kind in CapitalKind}
    lines |= {"capital": spent.total, "salvage": spent.salvage}
    if work.ctx.inputs.terms.pre_production_revenue is PreProductionRevenue.NETTED:
        lines["pre_production_revenue"] = proceeds.netted
    return lines


def _prefixed(prefix: str, rows: Mapping[str, Array]) -> dict[str, Array]:
    return {f"{prefix}.{name}": row for name, row in rows.items()}
