"""Depreciation: each family against its closed form, and what happens around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from app.engine.fiscal.depreciation import DEPRECIATION
from app.engine.inputs.fiscal import DepreciationClass, Fiscal
from app.engine.kinds import (
    ClosureBalance,
    DepreciationMethod,
    DepreciationStart,
    MoneyBasis,
    PeriodLength,
)
from app.engine.timeline import Timeline

M = DepreciationMethod


def charges(mine, cls, spent, **given):
    result = mine(len(spent), Fiscal(depreciation=(cls,)), capital_by_class={cls.name: spent}, **given)
    return result.depreciation[:, 0]


def spent_first(n_periods, amount=100.0):
    return [amount] + [0.0] * (n_periods - 1)


def test_every_method_is_registered():
    assert set(DEPRECIATION) == set(DepreciationMethod)


def test_straight_line(mine):
    assert charges(
        mine, DepreciationClass("plant", M.STRAIGHT_LINE, life=4), spent_first(6)
    ) == pytest.approx([25, 25, 25, 25, 0, 0])


def test_straight_line_with_salvage_and_half_years(mine):
    cls = DepreciationClass("plant", M.STRAIGHT_LINE, life=4, salvage=0.2, half_year=True)
    assert charges(mine, cls, spent_first(6)) == pytest.approx([10, 20, 20, 20, 10, 0])


def test_a_life_that_is_no_whole_number_of_years(mine):
    cls = DepreciationClass("plant", M.STRAIGHT_LINE, life=2.5)
    assert charges(mine, cls, spent_first(4)) == pytest.approx([40, 40, 20, 0])


def test_double_declining_balance_switches_to_straight_line(mine):
    """200 % on ten years: 20 %, then level from the year in which that is more (a textbook schedule)."""
    cls = DepreciationClass("plant", M.DECLINING_BALANCE, life=10, factor=2.0)
    expected = [20, 16, 12.8, 10.24, 8.192, 6.5536, 6.5536, 6.5536, 6.5536, 6.5536]
    assert charges(mine, cls, spent_first(10)) == pytest.approx(expected)


def test_declining_balance_stops_at_salvage(mine):
    cls = DepreciationClass("plant", M.DECLINING_BALANCE, life=10, factor=2.0, salvage=300 / 2400)
    charged = charges(mine, cls, spent_first(12, 2400.0))
    assert charged[0] == pytest.approx(480.0)
    assert charged.sum() == pytest.approx(2100.0)
    assert 2400.0 - np.cumsum(charged).max() == pytest.approx(300.0)


def test_sum_of_years(mine):
    cls = DepreciationClass("plant", M.SUM_OF_YEARS, life=4, salvage=0.1)
    assert charges(mine, cls, spent_first(5)) == pytest.approx([36, 27, 18, 9, 0])
    assert charges(mine, replace(cls, half_year=True), spent_first(5)) == pytest.approx(
        [18, 31.5, 22.5, 13.5, 4.5]
    )


def test_units_of_production(mine):
    cls = DepreciationClass("mine", M.UNITS_OF_PRODUCTION)
    assert charges(mine, cls, spent_first(4), ore_processed=[1, 3, 4, 2]) == pytest.approx([10, 30, 40, 20])


def test_units_of_production_rebases_on_sustaining_capital(mine):
    """After 10 of 100 over 9 of 10 units: (90 + 45) over 9 units is 15 a unit."""
    cls = DepreciationClass("mine", M.UNITS_OF_PRODUCTION)
    assert charges(mine, cls, [100, 45, 0, 0], ore_processed=[1, 3, 4, 2]) == pytest.approx([10, 45, 60, 30])


def test_units_of_production_rebases_on_reserves(mine):
    """Reserves of 20 halve the first charge; found to be 9 afterwards, they bear the rest."""
    cls = DepreciationClass("mine", M.UNITS_OF_PRODUCTION, reserves=[20.0, 9.0, 6.0, 2.0])
    assert charges(mine, cls, spent_first(4), ore_processed=[1, 3, 4, 2]) == pytest.approx(
        [5, 95 / 3, 380 / 9, 190 / 9]
    )


def test_units_of_one_process_or_metal(mine):
    given = {"processed": {"mill": [2, 2]}, "payable": {"Cu": [3, 1]}, "ore_processed": [5, 5]}
    mill = DepreciationClass("mine", M.UNITS_OF_PRODUCTION, units="mill")
    copper = DepreciationClass("mine", M.UNITS_OF_PRODUCTION, units="Cu")
    assert charges(mine, mill, spent_first(2), **given) == pytest.approx([50, 50])
    assert charges(mine, copper, spent_first(2), **given) == pytest.approx([75, 25])


@pytest.mark.parametrize(
    ("terms", "first"), [({"half_year": True}, 0.5), ({"first_year": 1.5}, 1.5), ({}, 1.0)]
)
def test_pool_against_its_own_recursion(mine, terms, first):
    """`CCA = d · (UCC + k · additions)`, as the Canada Revenue Agency states it."""
    additions = np.array([100.0, 0.0, 40.0, 0.0, 10.0, 0.0])
    balance, expected = 60.0, []
    for added in additions:
        expected.append(0.25 * (balance + first * added))
        balance += added - expected[-1]
    cls = DepreciationClass("class 41", M.POOL, factor=0.25, opening=60.0, **terms)
    assert charges(mine, cls, additions) == pytest.approx(expected)


def test_immediate(mine):
    cls = DepreciationClass("exploration", M.IMMEDIATE, opening=7.0)
    assert charges(mine, cls, [10, 0, 5]) == pytest.approx([17, 0, 5])


def test_depreciation_waits_for_service(mine):
    cls = DepreciationClass("plant", M.STRAIGHT_LINE, life=2)
    assert charges(mine, cls, [60, 40, 0, 10, 0], production_start=2) == pytest.approx([0, 0, 50, 55, 5])
    spend = replace(cls, start=DepreciationStart.SPEND)
    assert charges(mine, spend, [60, 40, 0, 10, 0], production_start=2) == pytest.approx([30, 50, 20, 5, 5])


def test_service_begins_with_the_first_ore_or_without_ore_with_revenue(mine):
    cls = DepreciationClass("plant", M.STRAIGHT_LINE, life=2)
    given = {"production_start": None, "revenue": [0, 9, 9, 9]}
    assert charges(mine, cls, spent_first(4), ore_processed=[0, 0, 1, 1], **given) == pytest.approx(
        [0, 0, 50, 50]
    )
    assert charges(mine, cls, spent_first(4), **given) == pytest.approx([0, 50, 50, 0])


def test_service_may_begin_at_another_time_in_each_trial(mine):
    cls = DepreciationClass("plant", M.STRAIGHT_LINE, life=2)
    ore = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
    result = mine(
        3,
        Fiscal(depreciation=(cls,)),
        production_start=None,
        ore_processed=ore,
        capital_by_class={"plant": [100, 0, 0]},
    )
    np.testing.assert_allclose(result.depreciation, [[0, 50], [50, 50], [50, 0]])


def test_every_period_of_spending_is_a_vintage(mine):
    cls = DepreciationClass("plant", M.SUM_OF_YEARS, life=3)
    alone = [charges(mine, cls, spent) for spent in ([60, 0, 0, 0, 0, 0], [0, 0, 30, 0, 0, 0])]
    assert charges(mine, cls, [60, 0, 30, 0, 0, 0]) == pytest.approx(alone[0] + alone[1])
    assert alone[1] == pytest.approx([0, 0, 15, 10, 5, 0])


def test_opening_balance_over_its_remaining_life(mine):
    cls = DepreciationClass("plant", M.MACRS, life=7, opening=90.0, opening_life=3.0)
    assert charges(mine, cls, [0, 0, 0, 0]) == pytest.approx([30, 30, 30, 0])


def test_balance_is_written_off_at_closure_or_lost(mine):
    cls = DepreciationClass("plant", M.STRAIGHT_LINE, life=10, salvage=0.1)
    spent = {"plant": [100.0, 0.0, 50.0]}
    off = mine(3, Fiscal(depreciation=(cls,)), revenue=1000.0, capital_by_class=spent)
    assert off.depreciation[:, 0] == pytest.approx([9, 9, 13.5])
    assert off.written_off[:, 0] == pytest.approx([0, 0, 135 - 31.5])
    assert off.taxable_income[-1, 0] == pytest.approx(1000 - 13.5 - 103.5)
    lost = replace(cls, at_closure=ClosureBalance.LOST)
    assert mine(3, Fiscal(depreciation=(lost,)), capital_by_class=spent).written_off.sum() == 0.0


def test_write_off_before_the_last_period(mine):
    """What is spent after the write-off goes with it at once."""
    cls = DepreciationClass("plant", M.STRAIGHT_LINE, life=10)
    result = mine(4, Fiscal(depreciation=(cls,), write_off=1), capital_by_class={"plant": [100, 0, 0, 6]})
    assert result.depreciation[:, 0] == pytest.approx([10, 10, 0, 0])
    assert result.written_off[:, 0] == pytest.approx([0, 80, 0, 6])


def test_capital_that_never_enters_service_is_written_off(mine):
    cls = DepreciationClass("plant", M.STRAIGHT_LINE, life=2)
    result = mine(
        3, Fiscal(depreciation=(cls,)), production_start=None, capital_by_class={"plant": [50, 50, 0]}
    )
    assert result.depreciation.sum() == 0.0
    assert result.written_off[:, 0] == pytest.approx([0, 0, 100])


def test_depreciation_is_money_of_the_day_in_a_real_model(mine):
    """5 × 20 at 30 % tax, 8 % real and 2.5 % inflation: a shield of 22.34, not 23.96."""
    years = np.arange(6)
    cls = DepreciationClass("plant", M.STRAIGHT_LINE, life=5)
    discount = 1.08**-years
    deflated = charges(mine, cls, spent_first(6), production_start=1, price_index=1.025**years)
    assert 0.3 * deflated @ discount == pytest.approx(22.34, abs=0.005)
    constant = charges(mine, cls, spent_first(6), production_start=1)
    assert 0.3 * constant @ discount == pytest.approx(23.96, abs=0.005)


def test_a_nominal_model_is_not_deflated(mine):
    cls = DepreciationClass("plant", M.STRAIGHT_LINE, life=5)
    index = 1.025 ** np.arange(6)
    charged = charges(mine, cls, spent_first(6), price_index=index, money=MoneyBasis.NOMINAL)
    assert charged == pytest.approx([20, 20, 20, 20, 20, 0])


LIVES = [
    DepreciationClass("plant", M.STRAIGHT_LINE, life=3),
    DepreciationClass("plant", M.STRAIGHT_LINE, life=3, half_year=True),
    DepreciationClass("plant", M.DECLINING_BALANCE, life=4, factor=1.5),
    DepreciationClass("plant", M.SUM_OF_YEARS, life=3),
    DepreciationClass("plant", M.MACRS, life=5),
    DepreciationClass("plant", M.POOL, factor=0.3, half_year=True, opening=50.0),
    DepreciationClass("plant", M.IMMEDIATE),
]


@pytest.mark.parametrize("cls", LIVES, ids=lambda cls: f"{cls.method} {cls.half_year}")
def test_months_and_quarters_add_up_to_the_years(mine, cls):
    """Twelve months, four quarters and five years of one mine against seven years of it."""
    mixed = Timeline.mixed(
        date(2026, 1, 1), [(PeriodLength.MONTH, 12), (PeriodLength.QUARTER, 4), (PeriodLength.YEAR, 5)]
    )
    mixed = replace(mixed, production_start=0)
    spent = np.zeros(21)
    spent[[0, 12]] = 100.0, 20.0
    rolled = np.add.reduceat(charges(mine, cls, spent, timeline=mixed), mixed.year_starts)
    assert rolled == pytest.approx(charges(mine, cls, [100, 20, 0, 0, 0, 0, 0]))


@pytest.mark.parametrize("cls", [LIVES[1], LIVES[4], LIVES[5]], ids=lambda cls: cls.method)
def test_half_year_conventions_do_not_ask_for_the_month(mine, cls):
    """A cost of August has its first charge by December, and the year's is that of a cost of January."""
    months = replace(Timeline.regular(date(2026, 1, 1), PeriodLength.MONTH, 96), production_start=0)
    spent = np.zeros(96)
    spent[7] = 100.0
    charged = charges(mine, replace(cls, opening=0.0), spent, timeline=months)
    assert (charged[:7] == 0).all()
    yearly = np.add.reduceat(charged, months.year_starts)
    assert yearly == pytest.approx(charges(mine, replace(cls, opening=0.0), spent_first(8)))


def test_months_count_from_the_month_of_service(mine):
    months = replace(Timeline.regular(date(2026, 1, 1), PeriodLength.MONTH, 18), production_start=4)
    cls = DepreciationClass("plant", M.STRAIGHT_LINE, life=1)
    charged = charges(mine, cls, spent_first(18, 120.0), timeline=months)
    assert charged == pytest.approx([0] * 4 + [10] * 12 + [0] * 2)
