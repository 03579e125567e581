"""Mining taxes with books of their own, an allowance on cost, and a levy that is set against them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from app.engine.inputs.fiscal import DepreciationClass, Fiscal, Levy
from app.engine.kinds import (
    ClosureBalance,
    DepreciationMethod,
    DepreciationStart,
    LevyBase,
    MoneyBasis,
    PeriodLength,
)
from app.engine.timeline import Timeline

STRAIGHT = DepreciationMethod.STRAIGHT_LINE
PLANT = DepreciationClass("plant", STRAIGHT, life=4, at_closure=ClosureBalance.LOST)
PIT = replace(PLANT, name="pit", life=2)
#: What the mining tax writes off in two years, not in four.
OWN = replace(PLANT, name="plant, mining tax", life=2, levy="duty", cost_of="plant")
DUTY = Levy("duty", LevyBase.EBIT, 0.1, before_tax=False)
#: 100 a year before the books: 100 of plant and 40 of pit, spent at once.
YEARS = 4
MINE = {
    "ore_processed": 1.0,
    "revenue": 150.0,
    "opex_total": 50.0,
    "capital_by_class": {"plant": [100.0, 0, 0, 0], "pit": [40.0, 0, 0, 0]},
}


def assessed(mine, *classes, levies=(DUTY,), **given):
    return mine(YEARS, Fiscal(levies=levies, depreciation=classes), **(MINE | given))


def duty(result):
    return result.levies["duty"][:, 0]


def test_a_class_of_its_own_takes_the_place_of_the_one_whose_cost_it_takes(mine):
    result = assessed(mine, PLANT, PIT, OWN)
    assert duty(result) == pytest.approx([0.1 * (100 - 50 - 20)] * 2 + [10, 10])
    assert result.levy_books["plant, mining tax"][:, 0] == pytest.approx([50, 50, 0, 0])


def test_income_tax_knows_nothing_of_it(mine):
    with_own, without = assessed(mine, PLANT, PIT, OWN), assessed(mine, PLANT, PIT)
    assert with_own.depreciation == pytest.approx(without.depreciation)
    assert list(with_own.depreciation_by_class) == ["plant", "pit"]
    assert with_own.taxable_income + with_own.levies["duty"] == pytest.approx(
        without.taxable_income + without.levies["duty"]
    )


def test_another_levy_keeps_the_books_of_income_tax(mine):
    other = replace(DUTY, name="share", order=-1)
    result = assessed(mine, PLANT, PIT, OWN, levies=(other, replace(DUTY, deducts="none")))
    assert result.levies["share"][:, 0] == pytest.approx([5.5, 5.5, 7.5, 7.5])


@pytest.mark.parametrize("method", DepreciationMethod)
@pytest.mark.parametrize("start", DepreciationStart)
@pytest.mark.parametrize("at_closure", ClosureBalance)
def test_the_same_books_under_another_name_change_nothing(mine, method, start, at_closure):
    factor = 0.2 if method is DepreciationMethod.POOL else 1.5
    cls = DepreciationClass(
        "plant", method, 3, factor, salvage=0.1, start=start, at_closure=at_closure, opening=8.0
    )
    twin = replace(cls, name="twin", levy="duty", cost_of="plant")
    kept = duty(assessed(mine, cls, twin, production_start=1))
    assert kept == pytest.approx(duty(assessed(mine, cls, production_start=1)), rel=1e-12)


def test_an_entered_class_is_what_the_books_replace(mine):
    result = assessed(mine, PLANT, PIT, OWN, entered={"depreciation.plant": [7.0, 0, 0, 0]})
    assert duty(result) == pytest.approx(duty(assessed(mine, PLANT, PIT, OWN)))


def test_an_allowance_is_a_share_of_cost_within_shares_of_profit(mine):
    """Profit 30, 30, 100, 100; 8 % of 100 is more than 15 % of 30 and less than 15 % of 100."""
    levy = replace(DUTY, allowance_least=0.15, allowance_most=0.65)
    result = assessed(mine, PLANT, PIT, replace(OWN, allowance=0.08), levies=(levy,))
    assert duty(result) == pytest.approx([2.2, 2.2, 8.5, 8.5])


def test_an_allowance_takes_at_most_its_share_of_the_profit(mine):
    levy = replace(DUTY, allowance_most=0.65)
    result = assessed(mine, PLANT, PIT, replace(OWN, allowance=0.5), levies=(levy,))
    assert duty(result) == pytest.approx([0.35 * 3, 0.35 * 3, 5, 5])


def test_nothing_is_allowed_where_there_is_no_profit(mine):
    levy = replace(DUTY, allowance_least=0.15, carry_forward=True)
    cls = replace(OWN, allowance=0.08)
    result = assessed(mine, PLANT, PIT, cls, levies=(levy,), opex_total=[150.0, 50, 50, 50])
    assert duty(result) == pytest.approx([0, 0, 0.1 * (85 - (70 - 22)), 8.5])


def test_a_least_share_is_allowed_without_any_cost(mine):
    levy = replace(DUTY, allowance_least=0.15)
    assert duty(assessed(mine, levies=(levy,))) == pytest.approx([8.5] * 4)


def test_cost_counts_from_the_period_in_which_it_is_in_service(mine):
    cls = replace(OWN, life=10, allowance=0.1)
    spent = {"plant": [60.0, 40.0, 20.0, 0]}
    result = assessed(mine, PLANT, cls, capital_by_class=spent, production_start=1)
    assert duty(result) == pytest.approx([10, 0.1 * (90 - 10), 0.1 * (88 - 12), 0.1 * (88 - 12)])


def test_cost_is_money_of_the_day(mine):
    index = np.array([1.0, 1.1, 1.21, 1.331])
    cls = replace(OWN, allowance=0.08)
    result = assessed(mine, PLANT, cls, price_index=index)
    charge = np.array([50, 50, 0, 0]) / index
    assert duty(result) == pytest.approx(0.1 * (100 - charge - 8 / index))
    nominal = assessed(mine, PLANT, cls, price_index=index, money=MoneyBasis.NOMINAL)
    assert duty(nominal) == pytest.approx([4.2, 4.2, 9.2, 9.2])


def test_a_quarter_allows_a_quarter(mine):
    quarters = Timeline(date(2026, 1, 1), (PeriodLength.QUARTER,) * YEARS, production_start=0)
    cls = replace(OWN, life=10, allowance=0.08)
    result = assessed(mine, PLANT, cls, timeline=quarters)
    assert duty(result) == pytest.approx([0.1 * (100 - 2.5 - 2)] * 4)


CURRENT = Levy("current", LevyBase.NET_PROCEEDS, 0.02, before_tax=False)
NET = Levy(
    "net", LevyBase.NET_PROCEEDS, 0.13, order=1, capital_first=True, carry_forward=True, before_tax=False
)


def british_columbia(mine, **given):
    levies = (CURRENT, replace(NET, credited="current"))
    result = assessed(mine, levies=levies, capital={"initial": [250.0, 0, 0, 0]}, **given)
    return (result.levies[name][:, 0] for name in ("current", "net"))


def test_a_levy_set_against_another_is_carried_until_it_is_used(mine):
    """13 % of 0, 0, 50 and 100 after the capital of 250; 2 % of 100 each year is credited."""
    current, net = british_columbia(mine)
    assert current == pytest.approx([2, 2, 2, 2])
    assert net == pytest.approx([0, 0, 6.5 - 6, 13 - 2])


def test_together_they_are_never_less_than_either_so_far(mine):
    current, net = british_columbia(mine, opex_total=[50.0, 140, 20, 50])
    alone = assessed(
        mine, levies=(NET,), capital={"initial": [250.0, 0, 0, 0]}, opex_total=[50.0, 140, 20, 50]
    ).levies["net"][:, 0]
    both = np.cumsum(current + net)
    assert (both >= np.maximum(np.cumsum(alone), np.cumsum(current)) - 1e-9).all()
    assert both[-1] == pytest.approx(alone.sum())


def test_a_credit_is_money_of_the_day(mine):
    index = np.array([1.0, 1.0, 1.25, 1.25])
    _, net = british_columbia(mine, price_index=index, money=MoneyBasis.REAL)
    nominal = np.array([100, 100, 125, 125])
    left = np.maximum(np.cumsum(nominal) - 250, 0)
    base = np.diff(left, prepend=0)
    pool = np.cumsum(0.02 * nominal)
    used = np.minimum(pool, np.cumsum(0.13 * base))
    assert net == pytest.approx((0.13 * base - np.diff(used, prepend=0)) / index)


def test_an_entered_levy_is_credited_as_entered(mine):
    current, net = british_columbia(mine, entered={"levy.current": [1.0, 0, 0, 0]})
    assert current == pytest.approx([1, 0, 0, 0])
    assert net == pytest.approx([0, 0, 5.5, 13])


def rent(mine, uplift, opex=50.0, **given):
    """A resource rent tax of 40 % on what 250 of capital leave; 150 of revenue a year."""
    levy = Levy("rent", LevyBase.NET_PROCEEDS, 0.4, capital_first=True, carry_forward=True, uplift=uplift)
    capital = {"initial": [250.0, 0, 0, 0]}
    return assessed(mine, levies=(levy,), capital=capital, opex_total=opex, **given).levies["rent"][:, 0]


@pytest.mark.parametrize("uplift", [0.0, 0.05, 0.1, 0.3])
def test_a_rent_tax_takes_its_share_of_the_net_present_value_at_its_uplift(mine, uplift):
    """Garnaut and Clunies Ross: discounted at the uplift, it is its rate times what the mine is worth."""
    flows = np.array([-150.0, 100, 100, 100])
    factors = (1 + uplift) ** -np.arange(1.0, 5)
    assert (rent(mine, uplift) * factors).sum() == pytest.approx(0.4 * max((flows * factors).sum(), 0.0))


def test_what_waits_grows_by_the_length_of_the_period(mine):
    years = rent(mine, 0.1)
    assert years == pytest.approx([0, 0, 0.4 * (100 - (165 - 100) * 1.1), 0.4 * 100])
    quarters = Timeline(date(2026, 1, 1), (PeriodLength.QUARTER,) * YEARS, production_start=0)
    grown = 150 * 1.1**0.25 - 100
    assert rent(mine, 0.1, timeline=quarters) == pytest.approx([0, 0, 0.4 * (100 - grown * 1.1**0.25), 40])


def test_an_uplift_is_of_money_of_the_day(mine):
    """With inflation as high as the uplift, what waits keeps its real value."""
    index = 1.1 ** np.arange(1.0, 5)
    assert rent(mine, 0.1, price_index=index) == pytest.approx(rent(mine, 0.0))


def test_a_credit_grows_while_it_waits(mine):
    levies = (CURRENT, replace(NET, credited="current", uplift=0.1))
    result = assessed(mine, levies=levies, capital={"initial": [250.0, 0, 0, 0]})
    pool = ((150 * 1.1 - 100) * 1.1 - 100) * 1.1
    assert pool < 0
    credit = ((2 * 1.1 + 2) * 1.1) + 2
    due = 0.13 * (100 - (150 * 1.1 - 100) * 1.1)
    last = 13.0 - (max(credit - due, 0.0) * 1.1 + 2)
    assert result.levies["net"][:, 0] == pytest.approx([0, 0, max(due - credit, 0.0), last])
