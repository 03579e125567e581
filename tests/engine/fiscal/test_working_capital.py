"""Working capital by days."""

from __future__ import annotations

from datetime import date

import pytest

from app.engine.inputs.fiscal import Fiscal, WorkingCapital
from app.engine.kinds import PeriodLength
from app.engine.timeline import Timeline

DAYS = {"receivable_days": 30.0, "inventory_days": 10.0, "payable_days": 45.0}


def tied(mine, terms, n_periods=3, **given):
    result = mine(n_periods, Fiscal(working_capital=terms), **given)
    return result.working_capital[:, 0], result.working_capital_change[:, 0]


def test_days_of_revenue_and_of_cost(mine):
    balance, change = tied(mine, WorkingCapital(**DAYS), revenue=[365, 730, 730], opex_total=[365, 365, 365])
    assert balance == pytest.approx([30 + 10 - 45, 60 + 10 - 45, 0])
    assert change == pytest.approx([-5, 30, -25])


def test_a_year_of_360_days(mine):
    balance, _ = tied(mine, WorkingCapital(receivable_days=30, days_in_year=360), revenue=720.0)
    assert balance == pytest.approx([60, 60, 0])


@pytest.mark.parametrize(("length", "per_year"), [(PeriodLength.MONTH, 12), (PeriodLength.QUARTER, 4)])
def test_a_short_period_ties_up_as_many_days(mine, length, per_year):
    """Thirty days of a revenue of 365 a year are 30, whatever the periods."""
    timeline = Timeline.regular(date(2026, 1, 1), length, 8)
    balance, change = tied(
        mine, WorkingCapital(receivable_days=30), 8, timeline=timeline, revenue=365 / per_year
    )
    assert balance == pytest.approx([30] * 7 + [0])
    assert change == pytest.approx([30] + [0] * 6 + [-30])


def test_release_in_a_given_period(mine):
    terms = WorkingCapital(receivable_days=30, release=1)
    balance, change = tied(mine, terms, revenue=365.0)
    assert balance == pytest.approx([30, 0, 0])
    assert change == pytest.approx([30, -30, 0])


def test_offsite_cost_may_count(mine):
    terms = WorkingCapital(payable_days=45, offsite_in_cost=True)
    assert tied(mine, terms, opex_total=365.0, offsite=365.0)[0] == pytest.approx([-90, -90, 0])


def test_an_opening_balance_comes_back(mine):
    balance, change = tied(mine, WorkingCapital(receivable_days=30, opening=20.0), revenue=365.0)
    assert balance == pytest.approx([30, 30, 0])
    assert change == pytest.approx([10, 0, -30])
    assert change.sum() == pytest.approx(-20)


def test_days_by_period(mine):
    terms = WorkingCapital(receivable_days=[30.0, 60.0, 60.0])
    assert tied(mine, terms, revenue=365.0)[0] == pytest.approx([30, 60, 0])


def test_it_is_not_taxed(mine):
    terms = Fiscal(working_capital=WorkingCapital(**DAYS))
    given = {"revenue": [10, 20, 30], "opex_total": 4.0}
    assert (mine(3, terms, **given).taxable_income == mine(3, Fiscal(), **given).taxable_income).all()
