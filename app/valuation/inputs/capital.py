"""Capital items and closure."""

from __future__ import annotations

from app import models
from app.engine.inputs import CapitalItem, Closure
from app.engine.kinds import ContingencyMethod
from app.valuation.inputs.reader import Reader


def capital_item(read: Reader, row: models.CapitalItem) -> CapitalItem:
    """Return a capital line; its contingency is a fraction, or an amount where a P-level gave it."""
    contingency_unit = "¤" if row.contingency_method is ContingencyMethod.P_LEVEL else "fraction"
    return CapitalItem(
        name=row.name,
        kind=row.kind,
        amount=read.quantity(row, "amount"),
        schedule=read.row(row, "schedule"),
        contingency=read.quantity(row, "contingency", per=(contingency_unit,)),
        contingency_method=row.contingency_method,
        depreciation=row.depreciation or "",
        salvage=read.quantity(row, "salvage"),
        money=read.money(row),
    )


def closure(read: Reader, row: models.Closure) -> Closure:
    """Return rehabilitation and its funding."""
    return Closure(
        name=row.name,
        spend=read.quantity(row, "spend"),
        funding=row.funding,
        rate=read.quantity(row, "rate"),
        deductible=row.deductible,
        first=row.first,
        money=read.money(row),
    )
