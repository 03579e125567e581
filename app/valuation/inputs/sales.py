"""Products and the terms on which they are sold."""

from __future__ import annotations

from app import models
from app.engine.inputs import Concentrate, MetalTerms, Participation, Penalty, Product, Stream
from app.valuation.inputs.reader import Reader


def product(read: Reader, row: models.Product) -> Product:
    """Return doré, cathode or a concentrate."""
    return Product(
        name=row.name,
        metals=tuple(metal_terms(read, metal) for metal in row.metals),
        processes=tuple(link.process for link in row.processes),
        concentrate=concentrate(read, row),
        share=read.quantity(row, "recovered_share", 1.0),
        provisional=read.quantity(row, "provisional", 1.0),
        lag=row.lag,
    )


def metal_terms(read: Reader, row: models.ProductMetal) -> MetalTerms:
    """Return the payment for one metal; its price and its charges may be in different money."""
    price, charges = row.price_currency or "", row.charges_currency or ""
    return MetalTerms(
        metal=row.metal,
        price=read.quantity(row, "price", currency=price),
        payable=read.quantity(row, "payable", 1.0),
        deduction=read.quantity(row, "deduction"),
        deduction_kind=row.deduction_kind,
        refining=read.quantity(row, "refining", currency=charges),
        premium=read.quantity(row, "premium", currency=price),
        participation=participation(read, row),
        streams=tuple(stream(read, each, price) for each in row.streams),
        by_product=row.by_product,
        price_money=read.money(row, "price"),
        charges_money=read.money(row, "charges"),
        share=read.optional(row, "recovered_share"),
    )


def participation(read: Reader, row: models.ProductMetal) -> Participation | None:
    """Return the smelter's share in the price, None where it has none."""
    if row.participation_share is None:
        return None
    return Participation(
        share=read.quantity(row, "participation_share"),
        basis=read.quantity(row, "participation_basis", currency=row.price_currency or ""),
        floor=read.maybe_single(row, "participation_floor"),
        cap=read.maybe_single(row, "participation_cap"),
    )


def stream(read: Reader, row: models.Stream, currency: str) -> Stream:
    """Return a streaming agreement, in the money of the metal's price."""
    return Stream(
        name=row.name,
        share=read.quantity(row, "share"),
        steps=tuple(zip(*read.curve(row, "steps"), strict=True)),
        fixed_price=read.optional(row, "fixed_price", currency=currency),
    )


def concentrate(read: Reader, row: models.Product) -> Concentrate | None:
    """Return a concentrate's own terms, None for a product that is none."""
    if row.concentrate_metal is None:
        return None
    return Concentrate(
        metal=row.concentrate_metal,
        grade=read.quantity(row, "concentrate_grade"),
        moisture=read.quantity(row, "moisture"),
        treatment=read.quantity(row, "treatment"),
        freight=read.quantity(row, "freight"),
        insurance=read.quantity(row, "insurance"),
        losses=read.quantity(row, "losses"),
        penalties=tuple(penalty(read, each, row.currency or "") for each in row.penalties),
        money=read.money(row),
    )


def penalty(read: Reader, row: models.Penalty, currency: str) -> Penalty:
    """Return a charge for an impurity."""
    return Penalty(
        element=row.element,
        assay=read.quantity(row, "assay"),
        threshold=read.quantity(row, "threshold"),
        step=read.single(row, "step"),
        rate=read.quantity(row, "rate", currency=currency),
        method=row.method,
    )
