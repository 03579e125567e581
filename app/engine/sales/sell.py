"""The sales of one evaluation, added up by metal and by product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.engine.apportion import apportioned
from app.engine.context import Context
from app.engine.physicals import Physicals
from app.engine.quantity import Array, added
from app.engine.sales.charges import Charges, charges
from app.engine.sales.products import Sale, lots, payable_by_product, sale

ByName = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Sales:
    """Rows by period, `(n_periods, n_trials | 1)`.

    recovered, payable by metal and concentrate (dry) by product [t]; prices by metal [money/t], of the first
    product that sells it; payable_of: by product, then metal; money by metal, by product, by stream.
    """

    recovered: ByName
    concentrate: ByName
    payable: ByName
    payable_of: Mapping[str, ByName]
    prices: ByName
    revenue_by_metal: ByName
    revenue_by_product: ByName
    revenue: Array
    streams: ByName
    charges: Charges


def sell(ctx: Context, rock: Physicals) -> Sales:
    """Return what is sold, its revenue and the buyers' deductions.

    Entered rows for `payable.<metal>`, `price.<metal>`, `revenue.<metal>`, `revenue` or any deduction replace
    what is derived; the lines below follow from them.
    """
    sold = lots(ctx, rock.recovered)
    payable = payable_by_product(ctx, rock.metals, sold)
    sales = tuple(
        sale(ctx, lot, terms, payable[terms.metal].get(lot.product.name, ctx.zeros()))
        for lot in sold
        for terms in lot.product.metals
    )
    revenue, by_metal, by_product = _revenue(ctx, rock.metals, sales)
    return Sales(
        recovered=_totals(ctx, rock.recovered),
        concentrate={lot.product.name: lot.mass for lot in sold if lot.product.concentrate is not None},
        payable=_totals(ctx, payable),
        payable_of=_by_product(sales),
        prices=_prices(sales),
        revenue_by_metal=by_metal,
        revenue_by_product=by_product,
        revenue=revenue,
        streams=_streams(sales),
        charges=charges(ctx, sold, sales),
    )


def _prices(sales: Sequence[Sale]) -> dict[str, Array]:
    """Return the price of each metal in the first product that has it, in the order of their sale."""
    prices: dict[str, Array] = {}
    for one in sales:
        prices.setdefault(one.terms.metal, one.price)
    return prices


def _totals(ctx: Context, parts: Mapping[str, ByName]) -> dict[str, Array]:
    return {name: ctx.rows(added(rows.values(), ctx.zeros())) for name, rows in parts.items() if rows}


def _by_product(sales: tuple[Sale, ...]) -> Mapping[str, ByName]:
    payable: dict[str, dict[str, Array]] = {}
    for one in sales:
        payable.setdefault(one.lot.product.name, {})[one.terms.metal] = one.payable
    return payable


def _streams(sales: tuple[Sale, ...]) -> dict[str, Array]:
    streams: dict[str, Array] = {}
    for one in sales:
        for name, receipts in one.receipts.items():
            streams[name] = streams[name] + receipts if name in streams else receipts
    return streams


def _revenue(
    ctx: Context, metals: tuple[str, ...], sales: tuple[Sale, ...]
) -> tuple[Array, dict[str, Array], dict[str, Array]]:
    """Return revenue, revenue by metal and by product; a row entered for a metal or for all pulls the parts
    along.
    """
    earned: dict[tuple[str, str], Array] = {}
    for metal in metals:
        parts = {one.lot.product.name: one.revenue for one in sales if one.terms.metal == metal}
        of_metal = apportioned(ctx, f"revenue.{metal}", parts, "")[1]
        earned |= {(metal, product): row for product, row in of_metal.items()}
    revenue, earned = apportioned(ctx, "revenue", earned, ("", ""))
    by_metal: dict[str, Array] = {}
    by_product = {product.name: ctx.zeros() for product in ctx.inputs.products}
    for (metal, product), row in earned.items():
        if metal:
            by_metal[metal] = row if metal not in by_metal else by_metal[metal] + row
        if product:
            by_product[product] = row + by_product[product]
    return revenue, by_metal, by_product
