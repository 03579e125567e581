"""What a currency is worth in another through a third: the path, its day, and which of several is taken."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.models import ExchangeRate, Scenario
from app.planning.shared.rates import quotes, rates_plan

ON = date(2026, 3, 31)


def rate(session: Session, currency: str, quoted_in: str, day: str, value: float, source: str = "") -> None:
    session.add(
        ExchangeRate(
            currency=currency, quoted_in=quoted_in, as_of=date.fromisoformat(day), rate=value, source=source
        )
    )
    session.flush()


@pytest.fixture(autouse=True)
def _two_ways(session: Session) -> None:
    """1.25 AUD a CAD and 0.64 USD an AUD; 0.5 EUR a CAD, long ago, and 1.1 USD a EUR."""
    rate(session, "CAD", "EUR", "2026-01-05", 0.5, "bank")
    rate(session, "EUR", "USD", "2026-03-30", 1.1)
    rate(session, "AUD", "CAD", "2025-06-30", 0.9)
    rate(session, "AUD", "CAD", "2026-02-27", 0.8, "bank")
    rate(session, "AUD", "USD", "2026-03-20", 0.64, "mint")
    rate(session, "AUD", "USD", "2026-04-20", 0.7, "mint")


def test_the_way_whose_older_leg_is_the_latest_is_taken_and_told(session: Session) -> None:
    quote = quotes(session, "USD", ["CAD"], ON)["CAD"]
    assert (quote.rate, quote.as_of) == (pytest.approx(0.8), date(2026, 2, 27))
    path = "cross rate through AUD: 1.25 AUD for 1 CAD on 2026-02-27, 0.64 USD for 1 AUD on 2026-03-20"
    assert quote.source == f"{path}; bank; mint"


def test_the_dollar_is_the_third_where_both_are_quoted_against_it(session: Session) -> None:
    """CAD in EUR through USD, though AUD would be fresher: 0.7 USD a CAD by 1.1 USD a EUR."""
    rate(session, "CAD", "USD", "2025-12-31", 0.7)
    rate(session, "AUD", "EUR", "2026-03-31", 0.6)
    rate(session, "AUD", "CHF", "2026-03-31", 0.5)
    found = quotes(session, "EUR", ["AUD", "CHF"], ON)
    assert found["AUD"].rate == 0.6
    assert found["CHF"].rate == pytest.approx(1.2)
    rate(session, "CHF", "USD", "2026-01-31", 1.32)
    assert quotes(session, "EUR", ["CHF"], ON)["CHF"].source.startswith("cross rate through USD: 1.32 USD")


def test_a_quotation_of_the_pair_goes_first_however_old(session: Session) -> None:
    rate(session, "USD", "CAD", "2024-01-01", 1.25)
    quote = quotes(session, "USD", ["CAD"], ON)["CAD"]
    assert (quote.rate, quote.source) == (0.8, "inverse of 1.25")


def test_there_and_back_is_one(session: Session) -> None:
    there, back = quotes(session, "USD", ["CAD"], ON)["CAD"], quotes(session, "CAD", ["USD"], ON)["USD"]
    assert there.rate * back.rate == pytest.approx(1)


def test_no_way_is_no_rate(session: Session, scenario: Scenario) -> None:
    assert quotes(session, "USD", ["ZAR"], ON) == {}
    plan = rates_plan(session, scenario, ON, ["ZAR", "CAD"])
    assert [place for place, _ in plan.left] == ["ZAR"]
    assert "and none of both in a third currency" in plan.left[0][1]
    assert any("cross rate through AUD" in step.after for step in plan.steps)
