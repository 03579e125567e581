"""Levies, depreciation, income tax, depletion and working capital."""

from __future__ import annotations

from app import models
from app.engine.inputs import (
    Depletion,
    DepreciationClass,
    Fiscal,
    IncomeTax,
    Interest,
    Levy,
    Losses,
    WorkingCapital,
)
from app.engine.kinds import LevyBase, LevyKind
from app.valuation.inputs.reader import Reader

#: What the rate of a levy is per; every other kind is a fraction.
RATE_UNIT = {LevyKind.UNIT: "¤/t"}


def fiscal(read: Reader, scenario: models.Scenario) -> Fiscal:
    """Return everything that the cash flow owes."""
    terms = scenario.terms
    return Fiscal(
        levies=tuple(levy(read, row) for row in scenario.levies),
        depreciation=tuple(depreciation_class(read, row) for row in scenario.depreciation),
        tax=income_tax(read, scenario.income_tax),
        working_capital=working_capital(read, scenario.working_capital),
        depletion=depletion(read, scenario.depletion),
        write_off=terms.write_off if terms else None,
        provision_deductible=terms.provision_deductible if terms else False,
        interests=tuple(interest(read, row) for row in scenario.interests),
    )


def levy(read: Reader, row: models.Levy) -> Levy:
    """Return a royalty, a mining tax, a duty or a profit share."""
    return Levy(
        name=row.name,
        base=row.base,
        rate=read.quantity(row, "rate", per=(RATE_UNIT.get(row.kind, "fraction"),)),
        kind=row.kind,
        of=row.of,
        order=row.order,
        treatment=row.treatment,
        before_tax=row.before_tax,
        carry_forward=row.carry_forward,
        capital_first=row.capital_first,
        by_year=row.by_year,
        steps=tuple(zip(*read.curve(row, "steps", x_per=_step_units(row)), strict=True)),
        tier_method=row.tier_method,
        quadratic=read.single(row, "quadratic"),
        cap=read.maybe_single(row, "cap"),
        floor=read.single(row, "floor"),
        minus=read.quantity(row, "minus"),
        first=row.first,
        last=row.last,
        money=read.money(row),
        price_of=row.price_of,
        credit=read.single(row, "credit"),
        deducts=row.deducts,
        credited=row.credited or "",
        uplift=read.single(row, "uplift"),
        allowance_least=read.single(row, "allowance_least"),
        allowance_most=1.0 if row.allowance_most is None else read.single(row, "allowance_most"),
    )


def _step_units(row: models.Levy) -> tuple[str, ...]:
    """Return the unit of a levy's thresholds: a price, a margin, or an amount per year."""
    if row.kind in (LevyKind.SLIDING_PRICE, LevyKind.STEPPED_PRICE):
        return ("¤/t",)
    return ("fraction",) if row.base is LevyBase.MARGIN else ("¤/a", "¤")


def depreciation_class(read: Reader, row: models.DepreciationClass) -> DepreciationClass:
    """Return how one class of capital is written down."""
    return DepreciationClass(
        name=row.name,
        method=row.method,
        life=read.single(row, "life"),
        factor=row.factor,
        half_year=row.half_year,
        salvage=read.single(row, "salvage"),
        start=row.start,
        at_closure=row.at_closure,
        units=row.units,
        opening=read.single(row, "opening"),
        opening_life=read.single(row, "opening_life"),
        first_year=row.first_year,
        reserves=read.optional(row, "reserves"),
        levy=row.levy or "",
        cost_of=row.cost_of or "",
        allowance=read.single(row, "allowance"),
    )


def interest(read: Reader, row: models.Interest) -> Interest:
    """Return what the state or a partner holds."""
    return Interest(
        name=row.name,
        share=read.quantity(row, "share"),
        carry=row.carry,
        recovery=read.single(row, "recovery"),
        uplift=read.single(row, "uplift"),
    )


def income_tax(read: Reader, row: models.IncomeTaxTerms | None) -> IncomeTax:
    """Return the tax on income; none where there are no terms."""
    if row is None:
        return IncomeTax()
    return IncomeTax(
        rate=read.quantity(row, "rate"),
        losses=Losses(
            rule=row.loss_rule,
            cap=row.loss_cap,
            expiry=read.maybe_single(row, "loss_expiry"),
            carry_back=read.single(row, "loss_carry_back"),
            opening=read.single(row, "loss_opening"),
        ),
        credits=read.quantity(row, "credits"),
        minimum=read.quantity(row, "minimum"),
        lag=row.lag,
        credits_money=read.money(row),
        salvage_taxed=row.salvage_taxed,
        by_year=row.by_year,
    )


def depletion(read: Reader, row: models.Depletion | None) -> Depletion | None:
    """Return percentage depletion, None where there is none."""
    if row is None:
        return None
    return Depletion(
        rate=read.quantity(row, "rate"), cap=row.cap, cost_class=row.cost_class or "", base=row.base
    )


def working_capital(read: Reader, row: models.WorkingCapitalTerms | None) -> WorkingCapital:
    """Return days tied up; none where there are no terms."""
    if row is None:
        return WorkingCapital()
    return WorkingCapital(
        receivable_days=read.quantity(row, "receivable_days"),
        inventory_days=read.quantity(row, "inventory_days"),
        payable_days=read.quantity(row, "payable_days"),
        days_in_year=row.days_in_year,
        release=row.release,
        offsite_in_cost=row.offsite_in_cost,
        opening=read.single(row, "opening"),
    )
