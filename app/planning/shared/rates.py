"""The settings' exchange rates of a day in a scenario; copied, so that a later quotation changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.models import ExchangeRate, Scenario
from app.planning.parts import PARTS, Kind
from app.planning.shared.plan import Plan

#: The third currency of a cross rate where there is a choice.
VEHICLE = "USD"


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
    """Return the latest quotation of each currency up to a day, its inverse where that is the later one.

    A currency without a quotation in the scenario's gets a cross rate through a third currency.
    """
    found = _latest(session, [home], currencies, on)[home]
    missing = [code for code in currencies if code not in found]
    return found | (_crosses(session, home, missing, on) if missing else {})


def _latest(
    session: Session, homes: Collection[str], currencies: Collection[str] | None, on: date
) -> dict[str, dict[str, Quote]]:
    """Return for each home what currencies were last worth in it; None takes all that are quoted."""
    rate = ExchangeRate
    direct, inverse = [rate.quoted_in.in_(homes)], [rate.currency.in_(homes)]
    if currencies is not None:
        direct.append(rate.currency.in_(currencies))
        inverse.append(rate.quoted_in.in_(currencies))
    pair = (rate.currency, rate.quoted_in)
    statement = select(rate).where(or_(and_(*direct), and_(*inverse)), rate.as_of <= on)
    rows = session.scalars(statement.ext(distinct_on(*pair)).order_by(*pair, rate.as_of.desc())).all()
    found: dict[str, dict[str, Quote]] = {home: {} for home in homes}
    for row in sorted(rows, key=lambda row: row.as_of):
        if row.quoted_in in found:
            found[row.quoted_in][row.currency] = Quote(row.currency, row.as_of, row.rate, row.source)
        held = found.get(row.currency, {}).get(row.quoted_in)
        if row.currency in found and (held is None or held.as_of < row.as_of):
            source = f"inverse of {row.rate:.15g}" + (f", {row.source}" if row.source else "")
            found[row.currency][row.quoted_in] = Quote(row.quoted_in, row.as_of, 1 / row.rate, source)
    return found


def _crosses(session: Session, home: str, currencies: Sequence[str], on: date) -> dict[str, Quote]:
    """Return cross rates: what a currency was worth in a third one, times what that was worth at home.

    The US dollar is the third where both are quoted against it, as is usual; else the currency whose older
    leg is the latest. The older leg dates the cross rate.
    """
    legs = _latest(session, [home, *currencies], None, on)
    found, second = {}, legs[home]
    for code in currencies:
        # What one unit of a third currency was worth in this one; its inverse is the first leg.
        first = legs[code]
        thirds = first.keys() & second.keys() - {home, code}
        if not thirds:
            continue
        dates = {third: min(first[third].as_of, second[third].as_of) for third in thirds}
        third = max(thirds, key=lambda each: (each == VEHICLE, dates[each], each))
        one, other = 1 / first[third].rate, second[third].rate
        days = first[third].as_of.isoformat(), second[third].as_of.isoformat()
        path = (
            f"cross rate through {third}: {one:.10g} {third} for 1 {code} on {days[0]},"
            f" {other:.10g} {home} for 1 {third} on {days[1]}"
        )
        sources = dict.fromkeys(leg.source for leg in (first[third], second[third]) if leg.source)
        found[code] = Quote(code, dates[third], one * other, "; ".join([path, *sources]))
    return found


def rates_plan(session: Session, scenario: Scenario, on: date, currencies: Sequence[str]) -> Plan:
    """Return what taking the settings' rates of a day would change in a loaded scenario."""
    plan = Plan(f"exchange rates of {on.isoformat()}")
    found = quotes(session, scenario.project.currency, currencies, on)
    held = {rate.currency: rate for rate in scenario.rates}
    for code in currencies:
        quote = found.get(code)
        if quote is None:
            told = (
                f"the settings have no rate in {scenario.project.currency} up to {on.isoformat()},"
                " and none of both in a third currency"
            )
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
