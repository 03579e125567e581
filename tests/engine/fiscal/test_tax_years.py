"""Tax by reporting year: months and quarters of a year are one income, in whatever order it comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from app.engine.fiscal import FiscalResult
from app.engine.inputs.fiscal import Fiscal, IncomeTax, Levy, Losses
from app.engine.kinds import LevyBase, LevyTreatment, LossRule, PeriodLength
from app.engine.timeline import Timeline
from tests.thorough import crossed

Mine = Callable[..., FiscalResult]
QUARTERS = Timeline.regular(date(2026, 1, 1), PeriodLength.QUARTER, 20)
MIXED = Timeline.mixed(
    date(2026, 4, 1), [(PeriodLength.MONTH, 9), (PeriodLength.QUARTER, 8), (PeriodLength.YEAR, 3)]
)
RULES = [
    Losses(),
    Losses(cap=0.8),
    Losses(opening=60.0, cap=0.5),
    Losses(expiry=2.0),
    Losses(carry_back=1.0),
    Losses(carry_back=2.0, expiry=3.0, cap=0.8),
    Losses(rule=LossRule.LOST),
    Losses(rule=LossRule.OFFSET),
]
CREDITED = Levy("duty", LevyBase.GROSS_REVENUE, 0.0, treatment=LevyTreatment.CREDITABLE)


def taxed(mine: Mine, timeline: Timeline, income: Any, credit: Any, tax: IncomeTax) -> FiscalResult:
    return mine(
        timeline.n_periods,
        Fiscal(tax=tax, levies=(CREDITED,)),
        timeline=timeline,
        entered={"taxable_income": income, "levy.duty": credit},
        revenue=20.0,
    )


def annual(timeline: Timeline) -> Timeline:
    """Return the reporting years of a timeline as periods of their own."""
    first = date(int(timeline.year_of_period[0]), 1, 1)
    return Timeline.regular(first, PeriodLength.YEAR, len(timeline.year_starts))


def by_year(timeline: Timeline, row: Any) -> np.ndarray[Any, Any]:
    return np.add.reduceat(np.ravel(row), timeline.year_starts)


@pytest.mark.parametrize(("rules", "timeline"), crossed(RULES, [QUARTERS, MIXED]))
@given(data=st.data())
def test_each_year_pays_what_it_would_as_one_period(
    mine: Mine, timeline: Timeline, rules: Losses, data: st.DataObject
) -> None:
    """The oracle is the same tax on yearly sums, assessed period by period."""
    income = data.draw(arrays(np.float64, timeline.n_periods, elements=st.integers(-90, 120).map(float)))
    credit = [1.5] * timeline.n_periods
    tax = IncomeTax(rate=0.3, losses=rules, minimum=data.draw(st.sampled_from([0.0, 0.02])))
    found = taxed(mine, timeline, income, credit, replace(tax, by_year=True))
    years = annual(timeline)
    sums = by_year(timeline, income), by_year(timeline, credit)
    expected = mine(
        years.n_periods,
        Fiscal(tax=tax, levies=(CREDITED,)),
        timeline=years,
        entered={"taxable_income": sums[0], "levy.duty": sums[1]},
        revenue=by_year(timeline, [20.0] * timeline.n_periods),
    )
    ends = [*(timeline.year_starts[1:] - 1), -1]
    assert by_year(timeline, found.tax_charged) == pytest.approx(expected.tax_charged[:, 0], abs=1e-9)
    assert by_year(timeline, found.losses_used) == pytest.approx(expected.losses_used[:, 0], abs=1e-9)
    assert found.loss_pool[ends, 0] == pytest.approx(expected.loss_pool[:, 0], abs=1e-9)


def test_a_quarter_gives_back_what_its_year_has_paid_too_much(mine: Mine) -> None:
    """60 and 100 earned, 60 lost: 30 % of 100 in the year; quarter by quarter it would be 48."""
    timeline = Timeline.regular(date(2026, 1, 1), PeriodLength.QUARTER, 4)
    income = [60.0, 100.0, -60.0, 0.0]
    tax = IncomeTax(rate=0.3, by_year=True)
    found = taxed(mine, timeline, income, [0.0] * 4, tax)
    assert found.tax_charged[:, 0] == pytest.approx([18, 30, -18, 0])
    assert found.loss_pool[:, 0] == pytest.approx([0, 0, 0, 0])
    alone = taxed(mine, timeline, income, [0.0] * 4, replace(tax, by_year=False))
    assert alone.tax_charged.sum() == pytest.approx(48)
    assert alone.loss_pool[-1, 0] == pytest.approx(60)


def test_a_pool_drawn_on_too_early_is_restored(mine: Mine) -> None:
    timeline = Timeline.regular(date(2026, 1, 1), PeriodLength.QUARTER, 4)
    tax = IncomeTax(rate=0.3, losses=Losses(opening=100.0), by_year=True)
    found = taxed(mine, timeline, [80.0, -50.0, 0.0, 0.0], [0.0] * 4, tax)
    assert found.losses_used[:, 0] == pytest.approx([80, -50, 0, 0])
    assert found.loss_pool[:, 0] == pytest.approx([20, 70, 70, 70])
    assert found.tax_charged == pytest.approx(0)


def test_the_reporting_year_decides_which_quarters_belong_together(mine: Mine) -> None:
    income = [0.0, 60.0, -60.0, 0.0]
    tax = IncomeTax(rate=0.3, by_year=True)
    calendar = Timeline.regular(date(2026, 1, 1), PeriodLength.QUARTER, 4)
    july = replace(calendar, year_start=7)
    assert taxed(mine, calendar, income, [0.0] * 4, tax).tax_charged.sum() == pytest.approx(0)
    assert taxed(mine, july, income, [0.0] * 4, tax).tax_charged.sum() == pytest.approx(18)


@pytest.mark.parametrize("rules", RULES, ids=str)
def test_yearly_periods_are_assessed_alike_either_way(mine: Mine, rules: Losses) -> None:
    years = Timeline.regular(date(2026, 4, 1), PeriodLength.YEAR, 6)
    income, credit = [-80.0, 50.0, 30.0, -20.0, 90.0, 10.0], [2.0] * 6
    tax = IncomeTax(rate=0.3, losses=rules)
    one = taxed(mine, years, income, credit, tax)
    other = taxed(mine, years, income, credit, replace(tax, by_year=True))
    assert (one.tax_charged == other.tax_charged).all()
    assert (one.loss_pool == other.loss_pool).all()
