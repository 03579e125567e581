"""The generator of schedules: mass balance, capacity, ramp-up and calendar, and figures from outside."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.engine.capacity import Ton, taylor_capacity, taylor_life
from app.engine.cutoff import GradeDistribution
from app.engine.kinds import PeriodLength
from app.engine.mine_plan import (
    MOST_IDLE_DAYS,
    Pace,
    Reserve,
    capacities,
    curve_problems,
    mine_in_order,
    mine_plan,
    phase_problems,
    plan_problems,
    reserve_above,
    together,
)
from app.engine.timeline import Timeline

YEAR, QUARTER, MONTH = PeriodLength.YEAR, PeriodLength.QUARTER, PeriodLength.MONTH
UNIFORM = GradeDistribution((0.0, 1.0), (1000.0,))


def years(count: int, start: int = 2027) -> Timeline:
    return Timeline.regular(date(start, 1, 1), YEAR, count)


timelines = st.builds(
    lambda month, runs: Timeline.mixed(date(2027, month, 1), runs),
    st.integers(1, 12),
    st.lists(st.tuples(st.sampled_from([YEAR, QUARTER, MONTH]), st.integers(1, 12)), min_size=1, max_size=4),
)
shares = st.floats(0.05, 1.0)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Timeline, Reserve, Pace]:
    timeline = draw(timelines)
    ore = draw(st.floats(1.0, 1e9))
    pace = Pace(
        ore_a_day=draw(st.floats(1.0, 2e5)),
        rock_a_day=draw(st.none() | st.floats(1.0, 1e6)),
        idle_days=draw(st.floats(0, MOST_IDLE_DAYS - 1)),
        availability=draw(shares),
        ramp_up=tuple(draw(st.lists(st.just(0.0) | st.floats(0.01, 1), max_size=5))),
        first=draw(st.integers(0, timeline.n_periods - 1)),
    )
    return timeline, Reserve(ore, waste=ore * draw(st.floats(0, 20))), pace


@given(cases())
def test_no_tonne_is_made_or_lost(case: tuple[Timeline, Reserve, Pace]) -> None:
    timeline, reserve, pace = case
    plan = mine_plan(timeline, reserve, pace)
    assert plan.ore.sum() + plan.left == pytest.approx(reserve.ore, rel=1e-9)
    assert plan.waste == pytest.approx(plan.ore * reserve.strip_ratio, rel=1e-12)
    assert (plan.ore >= 0).all()


@given(cases())
def test_no_period_exceeds_its_calendar_availability_and_ramp_up(
    case: tuple[Timeline, Reserve, Pace],
) -> None:
    timeline, reserve, pace = case
    plan = mine_plan(timeline, reserve, pace)
    assert (plan.ore[: pace.first] == 0).all()
    working = (timeline.days - pace.idle_days * timeline.years) * pace.availability
    assert (plan.ore <= pace.ore_a_day * working * (1 + 1e-12)).all()
    if pace.rock_a_day is not None:
        assert (plan.ore + plan.waste <= pace.rock_a_day * working * (1 + 1e-9)).all()
    for offset, factor in enumerate(pace.ramp_up):
        if pace.first + offset < timeline.n_periods:
            period = pace.first + offset
            assert plan.ore[period] <= pace.ore_a_day * working[period] * factor * (1 + 1e-12)


@given(cases())
def test_nothing_waits_while_there_is_capacity(case: tuple[Timeline, Reserve, Pace]) -> None:
    timeline, reserve, pace = case
    plan = mine_plan(timeline, reserve, pace)
    below = plan.ore < plan.capacity * (1 - 1e-9)
    # Only the period in which the reserve ends, and those after it, take less than they could.
    assert (plan.ore[int(np.argmax(below)) + 1 :] <= 1e-6 * reserve.ore).all() if below.any() else True
    assert plan.left == 0 or not below[plan.capacity > 1e-6 * reserve.ore].any()


def test_a_published_nameplate_gives_its_published_tonnage() -> None:
    # Vizcachitas PFS 2023: 136,000 t a day, 49,640 kt in each full year.
    plan = mine_plan(years(1), Reserve(1.22e9), Pace(136_000))
    assert plan.ore[0] == pytest.approx(49_640e3)


def test_lanes_mine_lasts_as_long_as_he_printed() -> None:
    # Lane's example: 1,000 t of grades spread over 0 to 1, mine 100, mill 50 a year; 12 and 10 years.
    timeline = years(20, 2025)
    for cut_off, ore, grade, life in ((0.4, 600, 0.7, 12), (0.5, 500, 0.75, 10)):
        reserve = reserve_above(UNIFORM, cut_off, "X")
        plan = mine_plan(timeline, reserve, Pace(ore_a_day=50 / 365.25, rock_a_day=100 / 365.25))
        assert (plan.ore.sum(), reserve.grades["X"]) == pytest.approx((ore, grade))
        assert plan.life == pytest.approx(life, rel=2e-3)  # leap years
        assert reserve.ore + reserve.waste == pytest.approx(1000)


def test_taylors_capacity_mines_the_reserve_in_taylors_life() -> None:
    capacity = taylor_capacity(50e6, Ton.METRIC, 350)
    plan = mine_plan(years(25), Reserve(50e6), Pace(capacity, idle_days=15))
    assert plan.life == pytest.approx(taylor_life(50e6, Ton.METRIC), rel=2e-3)
    assert plan.life == pytest.approx(17.2, abs=0.05)


def test_ramp_up_idle_days_and_availability_by_hand() -> None:
    pace = Pace(1000, idle_days=15, availability=0.9, ramp_up=(0.5, 0.75), first=1)
    # 350 working days: 315,000 t at full pace; 2028 has one day more.
    plan = mine_plan(years(5, 2027), Reserve(1_000_000, waste=2_000_000), pace)
    assert plan.ore == pytest.approx([0, 157_950, 236_250, 315_000, 290_800])
    assert plan.waste == pytest.approx(2 * plan.ore)
    assert plan.left == 0
    assert plan.life == pytest.approx(3 + 290_800 / 315_000)


def test_months_have_their_own_days() -> None:
    months = Timeline.regular(date(2027, 1, 1), MONTH, 3)
    assert capacities(months, Pace(100, idle_days=12)) == pytest.approx([3000, 2700, 3000])


def test_a_shared_limit_leaves_ore_its_part() -> None:
    timeline = years(1)
    assert capacities(timeline, Pace(1000, rock_a_day=2000), 3.0) == pytest.approx([365 * 500])
    assert capacities(timeline, Pace(1000, rock_a_day=9000), 3.0) == pytest.approx([365 * 1000])


def test_what_a_short_timeline_leaves_is_said() -> None:
    plan = mine_plan(years(2), Reserve(1_000_000), Pace(1000))
    assert plan.left == pytest.approx(1_000_000 - 731_000)


def test_a_higher_cut_off_means_less_ore_of_more_grade() -> None:
    curve = GradeDistribution((0.0, 0.002, 0.005, 0.01), (4e6, 3e6, 1e6))
    low, high = (reserve_above(curve, cut, "Cu", waste=5e6) for cut in (0.002, 0.0035))
    assert (low.ore, low.waste) == pytest.approx((4e6, 9e6))
    assert low.grades["Cu"] == pytest.approx((3e6 * 0.0035 + 1e6 * 0.0075) / 4e6)
    assert high.ore == pytest.approx(2.5e6)
    assert high.grades["Cu"] == pytest.approx((1.5e6 * 0.00425 + 1e6 * 0.0075) / 2.5e6)


@pytest.mark.parametrize(
    ("reserve", "pace", "field"),
    [
        (Reserve(0), Pace(1), "reserve"),
        (Reserve(float("nan")), Pace(1), "reserve"),
        (Reserve(1, waste=-1), Pace(1), "strip_ratio"),
        (Reserve(1, {"Cu": 1.5}), Pace(1), "grade.Cu"),
        (Reserve(1), Pace(0), "ore_a_day"),
        (Reserve(1), Pace(float("inf")), "ore_a_day"),
        (Reserve(1), Pace(1, rock_a_day=0), "rock_a_day"),
        (Reserve(1), Pace(1, idle_days=336), "idle_days"),
        (Reserve(1), Pace(1, availability=0), "availability"),
        (Reserve(1), Pace(1, availability=1.01), "availability"),
        (Reserve(1), Pace(1, ramp_up=(0.5, 1.2)), "ramp_up"),
        (Reserve(1), Pace(1, first=2), "first"),
        (Reserve(1), Pace(1, first=-1), "first"),
    ],
)
def test_what_makes_no_sense_is_named(reserve: Reserve, pace: Pace, field: str) -> None:
    assert [problem.field for problem in plan_problems(years(2), reserve, pace)] == [field]
    assert plan_problems(years(2), Reserve(1), Pace(1)) == ()


@pytest.mark.parametrize(
    ("edges", "tonnes", "cut_off", "field"),
    [
        ((0.0, 0.1), (1.0, 2.0), 0.0, "curve_grades"),
        ((), (), 0.0, "curve_grades"),
        ((0.1, 0.0), (1.0,), 0.0, "curve_grades"),
        ((0.0, 0.1), (-1.0,), 0.0, "curve_tonnes"),
        ((0.0, 0.1), (0.0,), 0.0, "curve_tonnes"),
        ((0.0, 0.1), (1.0,), 0.1, "cut_off"),
        ((0.01, 0.1), (1.0,), 0.0, "cut_off"),
    ],
)
def test_a_curve_that_is_none_is_named(
    edges: tuple[float, ...], tonnes: tuple[float, ...], cut_off: float, field: str
) -> None:
    found = curve_problems(GradeDistribution(edges, tonnes), cut_off)
    assert [problem.field for problem in found][:1] == [field]
    assert curve_problems(UNIFORM, 0.4) == ()


@given(cases(), st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(0, 20), shares), min_size=1, max_size=5))
def test_phases_lose_no_tonne_and_no_metal_and_keep_to_the_pace(
    case: tuple[Timeline, Reserve, Pace], parts: list[tuple[float, float, float]]
) -> None:
    timeline, reserve, pace = case
    phases = [
        Reserve(reserve.ore * part, {"Cu": grade / 50}, reserve.ore * part * ratio)
        for part, ratio, grade in parts
    ]
    whole = together(phases)
    plan = mine_in_order(timeline, phases, pace)
    assert plan.ore.sum() + plan.left == pytest.approx(whole.ore)
    assert plan.ore == pytest.approx(np.sum(plan.phases, axis=0))
    wanted = sum(ore * phase.strip_ratio for ore, phase in zip(plan.phases, phases, strict=True))
    assert plan.waste == pytest.approx(wanted)
    mined = sum(float(ore.sum()) * phase.grades["Cu"] for ore, phase in zip(plan.phases, phases, strict=True))
    assert (plan.grades["Cu"] * plan.ore).sum() == pytest.approx(mined)
    each = [capacities(timeline, pace, phase.strip_ratio) for phase in phases]
    pairs = zip(plan.phases, each, strict=True)
    used = sum(np.divide(ore, most, out=np.zeros_like(most), where=most > 0) for ore, most in pairs)
    assert np.all(used <= 1 + 1e-9)
    for ore, phase, after in zip(plan.phases, phases, plan.phases[1:], strict=False):
        begun = np.flatnonzero(after)
        assert not len(begun) or ore[: begun[0] + 1].sum() == pytest.approx(phase.ore)


@given(cases())
def test_one_phase_is_the_plan_of_its_reserve(case: tuple[Timeline, Reserve, Pace]) -> None:
    timeline, reserve, pace = case
    alone, phased = mine_plan(timeline, reserve, pace), mine_in_order(timeline, [reserve], pace)
    assert phased.ore == pytest.approx(alone.ore, rel=1e-9, abs=1e-6)
    assert phased.waste == pytest.approx(alone.waste, rel=1e-9, abs=1e-6)
    assert phased.capacity == pytest.approx(alone.capacity, rel=1e-9, abs=1e-6)
    assert (phased.left, phased.life) == pytest.approx((alone.left, alone.life), rel=1e-9, abs=1e-6)


def test_two_pits_by_hand() -> None:
    """1,000 t of rock a day: 500 of ore at 1:1, then 250 at 3:1; the change falls into the second year."""
    first, second = Reserve(273_750, {"Au": 2e-6}, 273_750), Reserve(1e6, {"Au": 1e-6}, 3e6)
    plan = mine_in_order(years(3, 2029), [first, second], Pace(5000, rock_a_day=1000))
    assert plan.phases[0].tolist() == pytest.approx([182_500, 91_250, 0])
    assert plan.phases[1].tolist() == pytest.approx([0, 45_625, 91_250])
    assert (plan.ore + plan.waste).tolist() == pytest.approx([365_000] * 3)
    assert plan.grades["Au"].tolist() == pytest.approx([2e-6, (91_250 * 2 + 45_625) / 136_875 * 1e-6, 1e-6])
    assert plan.capacity.tolist() == pytest.approx(plan.ore.tolist())


def test_a_wrong_phase_is_named() -> None:
    phases = [Reserve(1.0), Reserve(1.0, {"Au": 2.0}), Reserve(-1.0)]
    found = [problem.field for problem in phase_problems(years(2), phases, Pace(0))]
    assert found == ["phases[1].grade.Au", "phases[2].reserve", "ore_a_day"]
