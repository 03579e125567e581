"""Metal in products, what is paid for it, and what it earns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.apportion import apportioned
from app.engine.context import Context
from app.engine.inputs import MetalTerms, Product
from app.engine.quantity import Array, added, is_literal
from app.engine.sales.payable import payable_metal
from app.engine.sales.settlement import settled
from app.engine.sales.streams import transfer_receipts

ByName = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Lot:
    """One product before it is priced: dry mass and metal content by metal [t]."""

    product: Product
    mass: Array
    content: ByName


@dataclass(frozen=True, slots=True)
class Sale:
    """One metal in one product, `(n_periods, n_trials | 1)`.

    payable [t]; price: spot [money/t]; revenue: at spot and premium, with stream receipts inside; receipts by
    stream.
    """

    lot: Lot
    terms: MetalTerms
    payable: Array
    price: Array
    revenue: Array
    receipts: ByName


def lots(ctx: Context, recovered: Mapping[str, ByName]) -> tuple[Lot, ...]:
    """Return each product's mass and content from the metal recovered, by metal and process [t]."""
    return tuple(_lot(ctx, product, recovered) for product in ctx.inputs.products)


def _lot(ctx: Context, product: Product, recovered: Mapping[str, ByName]) -> Lot:
    """Return a lot; the mass of a concentrate follows from its grade, of any other product it is its
    metals'.
    """
    content = {
        terms.metal: _delivered(ctx, product, terms, recovered.get(terms.metal, {}))
        for terms in product.metals
    }
    if product.concentrate is None:
        return Lot(product, added(content.values(), ctx.zeros()), content)
    metal = content[product.concentrate.metal]
    grade = ctx.rows(ctx.value(product.concentrate.grade))
    shape = np.broadcast_shapes(metal.shape, grade.shape)
    mass = np.divide(metal, grade, out=np.zeros(shape), where=grade > 0)
    return Lot(product, ctx.line(f"concentrate.{product.name}", mass), content)


def _delivered(ctx: Context, product: Product, terms: MetalTerms, by_process: ByName) -> Array:
    """Return a metal that goes into a product; an entered row of no process serves every product."""
    wanted = {"", *(product.processes or by_process)}
    metal = ctx.rows(added((row for name, row in by_process.items() if name in wanted), ctx.zeros()))
    share = product.share_of(terms)
    return metal if is_literal(share, 1.0) else metal * ctx.value(share)


def payable_by_product(ctx: Context, metals: tuple[str, ...], sold: tuple[Lot, ...]) -> dict[str, ByName]:
    """Return payable metal by metal, then by product [t]; an entered `payable.<metal>` replaces the total."""
    payable: dict[str, ByName] = {}
    for metal in metals:
        parts = {
            lot.product.name: _payable(ctx, lot, terms)
            for lot in sold
            for terms in lot.product.metals
            if terms.metal == metal
        }
        payable[metal] = apportioned(ctx, f"payable.{metal}", parts, "")[1]
    return payable


def _payable(ctx: Context, lot: Lot, terms: MetalTerms) -> Array:
    share, deduction = ctx.value(terms.payable), ctx.value(terms.deduction)
    return ctx.rows(payable_metal(lot.content[terms.metal], lot.mass, share, deduction, terms.deduction_kind))


def sale(ctx: Context, lot: Lot, terms: MetalTerms, payable: Array) -> Sale:
    """Return what one metal of a lot earns: what no stream takes, at spot and premium, and the streams'
    receipts.

    An entered `price.<metal>` replaces the spot price.
    """
    spot = ctx.line(f"price.{terms.metal}", ctx.money(terms.price, terms.price_money))
    receipts: dict[str, Array] = {}
    free = payable
    for stream in terms.streams:
        delivered = ctx.rows(payable * ctx.value(stream.share))
        free = free - delivered
        if stream.fixed_price is None:
            receipts[stream.name] = transfer_receipts(delivered, spot, stream.steps)
        else:
            receipts[stream.name] = delivered * ctx.money(stream.fixed_price, terms.price_money)
    price = spot
    if not is_literal(terms.premium, 0.0):
        price = spot + ctx.money(terms.premium, terms.price_money)
    revenue = settled(free, price, ctx.value(lot.product.provisional), lot.product.lag)
    return Sale(lot, terms, payable, spot, added([revenue, *receipts.values()], ctx.zeros()), receipts)
