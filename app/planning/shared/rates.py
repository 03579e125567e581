"""The settings' exchange rates of a day in a scenario; copied, so that a later quotation changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import ExchangeRate, Scenario
from app.planning.parts import PARTS, Kind
from app.planning.shared.plan import Plan


@dataclass(frozen=True, slots=True)
class Quote:
    """What one unit of a currency was worth in a scenario's, on the day of the quotation."""

    currency: str
    as_of: date
    rate: float
    source: str


def currencies_of(scenario: Scenario) -> list[str]:
    """Return the foreign currencies of a loaded scenario: those with a rate, and those that lines are in."""
    found = {rate.currency for rate in scenario.rates}
    for part in PARTS.values():
        names = [field.name for field in part.fields if part.kind(field.name) is Kind.CURRENCY]
        if names:
            found |= {getattr(row, name) for row in part.rows(scenario) for name in names}
    return sorted(code for code in found if code and code != scenario.project.currency)


def quotes(session: Session, home: str, currencies: Collection[str], on: date) -> dict[str, Quote]:
    """Return the latest quotation of each currency up to a day, its inverse where that is the later one."""
    rate = ExchangeRate
    pairs = or_(
        (rate.quoted_in == home) & rate.currency.in_(currencies),
        (rate.currency == home) & rate.quoted_in.in_(currencies),
    )
    statement = select(rate).where(pairs, rate.as_of <= on).order_by(rate.as_of, rate.quoted_in == home)
    found: dict[str, Quote] = {}
    for row in session.scalars(statement):
        if row.quoted_in == home:
            found[row.currency] = Quote(row.currency, row.as_of, row.rate, row.source)
        else:
            source = f"inverse of {row.rate:.15g}" + (f", {row.source}" if row.source else "")
            found[row.quoted_in] = Quote(row.quoted_in, row.as_of, 1 / row.rate, source)
    return found


def rates_plan(session: Session, scenario: Scenario, on: date, currencies: Sequence[str]) -> Plan:
    """Return what taking the settings' rates of a day would change in a loaded scenario."""
    plan = Plan(f"exchange rates of {on.isoformat()}")
    found = quotes(session, scenario.project.currency, currencies, on)
    held = {rate.currency: rate for rate in scenario.rates}
    for code in currencies:
        quote = found.get(code)
        if quote is None:
            told = f"the settings have no rate in {scenario.project.currency} up to {on.isoformat()}"
            plan.leave(code, told)
            continue
        values = {
            "as_of": quote.as_of.isoformat(),
            "rate": {"value": quote.rate, "unit": "1"},
            "source": quote.source,
        }
        if code in held:
            plan.set("rates", held[code], values)
        else:
            plan.add("rates", code, {"currency": code, **values})
    return plan
