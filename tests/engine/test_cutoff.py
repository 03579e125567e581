"""Cut-offs: Lane's teaching example, and what must hold for any mine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.engine.cutoff import (
    GradeDistribution,
    LaneMine,
    break_even_cut_off,
    break_even_strip_ratio,
    lane,
    lane_cut_off,
    lane_policy,
    operate_at,
)

# A thousand tons spread evenly over grades 0 to 1, the data by which Lane's method is usually taught.
GRADES = GradeDistribution(tuple(index / 10 for index in range(11)), (100.0,) * 10)
MINE = LaneMine(
    mine_capacity=100,
    mill_capacity=50,
    refinery_capacity=40,
    mining=1,
    milling=2,
    refining=5,
    fixed=300,
    price=25,
    recovery=1.0,
    discount=0.15,
)


def test_without_opportunity_cost() -> None:
    cut = lane_cut_off(MINE, GRADES)
    assert cut.limits == pytest.approx((0.10, 0.40, 0.16))
    assert cut.balances == pytest.approx((0.50, 0.2**0.5, 0.60))
    assert cut.grade == pytest.approx(0.40)
    result = operate_at(MINE, GRADES, cut.grade)
    assert result.profit == pytest.approx(2600)
    assert result.life == pytest.approx(12)
    assert result.npv == pytest.approx(1174.47, abs=0.005)
    assert result.limit == "mill"


def test_with_opportunity_cost() -> None:
    result = lane(MINE, GRADES)
    assert result.cut_off == pytest.approx(0.50)
    assert result.profit == pytest.approx(2500)
    assert result.life == pytest.approx(10)
    assert result.npv == pytest.approx(1254.69, abs=0.005)
    cut = lane_cut_off(MINE, GRADES, 1174.4674)
    assert cut.limits == pytest.approx((0.10, (2 + 476.17011 / 50) / 20, 2 / (20 - 476.17011 / 40)))


def test_the_yearly_policy_beats_a_constant_cut_off_and_uses_the_reserve_up() -> None:
    years, npv = lane_policy(MINE, GRADES)
    assert npv > lane(MINE, GRADES).npv
    assert sum(year.mined for year in years) == pytest.approx(1000)
    cut_offs = [year.cut_off for year in years]
    assert cut_offs == sorted(cut_offs, reverse=True)
    assert cut_offs[0] == pytest.approx(0.50)
    for year in years:
        assert year.mined <= 100 * year.length * (1 + 1e-9)
        assert year.ore <= 50 * year.length * (1 + 1e-9)
        assert year.metal <= 40 * year.length * (1 + 1e-9)


@given(
    st.floats(20, 200),
    st.floats(10, 200),
    st.floats(5, 200),
    st.floats(0, 600),
    st.floats(10, 60),
    st.floats(0.5, 1),
)
def test_no_other_constant_cut_off_earns_more_than_the_consistent_one(
    mine_capacity: float, mill: float, refinery: float, fixed: float, price: float, recovery: float
) -> None:
    mine = replace(
        MINE,
        mine_capacity=mine_capacity,
        mill_capacity=mill,
        refinery_capacity=refinery,
        fixed=fixed,
        price=price,
        recovery=recovery,
        discount=0.0,
    )
    best = lane(mine, GRADES)
    for cut_off in np.linspace(0, 0.99, 100):
        assert operate_at(mine, GRADES, float(cut_off)).profit <= best.profit + 1e-6 * abs(best.profit) + 1e-6


def test_a_falling_value_raises_the_cut_off() -> None:
    assert lane_cut_off(replace(MINE, drift=-100.0), GRADES).limits[1] > lane_cut_off(MINE, GRADES).limits[1]


def test_stages_that_are_never_full_leave_the_others_to_decide() -> None:
    wide = replace(MINE, mill_capacity=1e9, refinery_capacity=1e9)
    result = lane(wide, GRADES)
    assert result.limit == "mine"
    assert result.cut_off == pytest.approx(2 / 20)


def test_a_price_below_the_cost_of_refining_sends_everything_to_waste() -> None:
    cut = lane_cut_off(replace(MINE, fixed=2000.0), GRADES)
    assert cut.limits[2] == 1.0


def test_grade_distribution_inside_a_class() -> None:
    assert GRADES.ore_share(0.45) == pytest.approx(0.55)
    assert GRADES.mean_grade(0.45) == pytest.approx(0.725)
    assert GRADES.mean_grade(1.0) == 1.0
    assert GRADES.metal_per_t(0.0) == pytest.approx(0.5)


def test_break_even_and_mill_cut_off() -> None:
    full = break_even_cut_off(18 + 4 + 3, 8000, 0.9, 0.96, 500)
    assert full == pytest.approx(25 / (0.9 * 0.96 * 7500))
    assert break_even_cut_off(22, 8000, 0.9, 0.96, 500) < full
    assert break_even_strip_ratio(50, 20, 2.5) == 12.0
