"""Levies by reporting year: months and quarters of a year are one profit, in whatever order they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from app.engine.checks import check
from app.engine.fiscal import FiscalResult
from app.engine.inputs.fiscal import Fiscal, Levy
from app.engine.kinds import LevyBase, LevyDeduction, LevyKind, MoneyBasis, PeriodLength, TierMethod
from app.engine.timeline import Timeline
from tests.engine.mines import bare
from tests.thorough import crossed

Mine = Callable[..., FiscalResult]
QUARTERS = Timeline.regular(date(2026, 1, 1), PeriodLength.QUARTER, 20)
MIXED = Timeline.mixed(
    date(2026, 1, 1), [(PeriodLength.MONTH, 12), (PeriodLength.QUARTER, 8), (PeriodLength.YEAR, 3)]
)
ANNUAL = Timeline.regular(date(2026, 1, 1), PeriodLength.YEAR, 6)
BRACKETS = ((0.0, 0.05), (60.0, 0.1), (200.0, 0.3))
PROFIT = Levy("profit", LevyBase.EBITDA, 0.1)
LEVIES = {
    "rate": (PROFIT,),
    "losses carried forward": (replace(PROFIT, carry_forward=True),),
    "after capital": (replace(PROFIT, capital_first=True),),
    "rent": (replace(PROFIT, capital_first=True, carry_forward=True, uplift=0.1),),
    "brackets": (replace(PROFIT, kind=LevyKind.TIERED, steps=BRACKETS),),
    "brackets of all": (
        replace(PROFIT, kind=LevyKind.TIERED, steps=BRACKETS, tier_method=TierMethod.AVERAGE),
    ),
    "margin": (
        Levy("profit", LevyBase.MARGIN, 0.0, LevyKind.TIERED, steps=((0.0, 0.08), (0.2, 0.12), (0.45, 0.26))),
    ),
    "profit by sales": (replace(PROFIT, kind=LevyKind.PROFIT_QUADRATIC, rate=0.02, quadratic=0.4, cap=0.06),),
    "sales and profit": (
        replace(PROFIT, base=LevyBase.NSR, kind=LevyKind.PROFIT_QUADRATIC, rate=0.02, quadratic=0.4),
    ),
    "floor and cap": (replace(PROFIT, floor=0.01, cap=0.03),),
    "allowed": (replace(PROFIT, base=LevyBase.EBIT, allowance_least=0.15),),
    "less a fixed amount": (replace(PROFIT, minus=5.0),),
    "after another": (
        replace(PROFIT, name="first", rate=0.2),
        replace(PROFIT, order=1, deducts=LevyDeduction.LOWER_ORDER),
    ),
    "set against another": (
        replace(PROFIT, name="least", rate=0.02),
        replace(PROFIT, order=1, capital_first=True, carry_forward=True, credited="least", uplift=0.05),
    ),
}


def by_year(timeline: Timeline, row: Any) -> np.ndarray[Any, Any]:
    return np.add.reduceat(np.ravel(row), timeline.year_starts)


def charged(
    mine: Mine, timeline: Timeline, levies: tuple[Levy, ...], *rows: Any, **more: Any
) -> FiscalResult:
    revenue, opex, spent = rows
    return mine(
        timeline.n_periods,
        Fiscal(levies=levies),
        timeline=timeline,
        revenue=revenue,
        opex_total=opex,
        capital={"initial": spent},
        **{"money": MoneyBasis.NOMINAL} | more,
    )


@pytest.mark.parametrize(("name", "timeline"), crossed(LEVIES, [QUARTERS, MIXED]))
@given(data=st.data())
def test_each_year_pays_what_it_would_as_one_period(
    mine: Mine, timeline: Timeline, name: str, data: st.DataObject
) -> None:
    """The oracle is the same levy on yearly sums, charged period by period."""
    years = replace(ANNUAL, lengths=ANNUAL.lengths[: len(timeline.year_starts)])
    rows = [
        data.draw(arrays(np.float64, timeline.n_periods, elements=st.integers(0, top).map(float)))
        for top in (120, 110, 40)
    ]
    levies = LEVIES[name]
    if levies[-1].minus:
        whole = tuple(
            replace(levy, minus=levy.minus * by_year(timeline, np.ones(timeline.n_periods)))
            for levy in levies
        )
    else:
        whole = levies
    found = charged(mine, timeline, tuple(replace(levy, by_year=True) for levy in levies), *rows)
    expected = charged(mine, years, whole, *(by_year(timeline, row) for row in rows))
    for levy in levies:
        row = by_year(timeline, found.levies[levy.name])
        assert row == pytest.approx(expected.levies[levy.name][:, 0], abs=1e-9), levy.name


def test_a_quarter_gives_back_what_its_year_has_paid_too_much(mine: Mine) -> None:
    """Profits of 60 and 100, a loss of 60: 10 % of 100 in the year; quarter by quarter it would be 16."""
    timeline = Timeline.regular(date(2026, 1, 1), PeriodLength.QUARTER, 4)
    rows = [100.0, 140.0, 0.0, 0.0], [40.0, 40.0, 60.0, 0.0], [0.0] * 4
    found = charged(mine, timeline, (replace(PROFIT, by_year=True),), *rows)
    assert found.levies["profit"][:, 0] == pytest.approx([6, 10, -6, 0])
    assert charged(mine, timeline, (PROFIT,), *rows).levies["profit"].sum() == pytest.approx(16)


def test_brackets_of_a_year_are_reached_by_its_sum(mine: Mine) -> None:
    """220 in one quarter alone are 23 for the year, not a quarter of what 880 would pay."""
    timeline = Timeline.regular(date(2026, 1, 1), PeriodLength.QUARTER, 4)
    levy = replace(PROFIT, kind=LevyKind.TIERED, steps=BRACKETS, by_year=True)
    found = charged(mine, timeline, (levy,), [0.0, 0.0, 220.0, 0.0], [0.0] * 4, [0.0] * 4)
    assert found.levies["profit"].sum() == pytest.approx(3 + 14 + 6)
    alone = charged(mine, timeline, (replace(levy, by_year=False),), [0, 0, 220.0, 0], [0.0] * 4, [0.0] * 4)
    assert alone.levies["profit"].sum() == pytest.approx((3 + 14 + 680 * 0.3) / 4)


def test_only_its_periods_count(mine: Mine) -> None:
    """Active in the second and third quarter: what they pay stays paid, whatever the fourth loses."""
    timeline = Timeline.regular(date(2026, 1, 1), PeriodLength.QUARTER, 4)
    levy = replace(PROFIT, by_year=True, first=1, last=2)
    found = charged(mine, timeline, (levy,), [50.0, 60.0, 70.0, 0.0], [0.0, 0.0, 0.0, 90.0], [0.0] * 4)
    assert found.levies["profit"][:, 0] == pytest.approx([0, 6, 7, 0])


def test_a_year_is_added_up_in_money_of_the_day(mine: Mine) -> None:
    """A profit of 100 at prices of 1.0 and a loss of 100 at 1.1 are a loss: nothing is due for the year."""
    timeline = Timeline.regular(date(2026, 1, 1), PeriodLength.QUARTER, 4)
    rows = [100.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 100.0], [0.0] * 4
    prices = np.array([1.0, 1.0, 1.0, 1.1])
    levy = (replace(PROFIT, by_year=True),)
    found = charged(mine, timeline, levy, *rows, money=MoneyBasis.REAL, price_index=prices)
    assert found.levies["profit"][:, 0] == pytest.approx([10, 0, 0, -10 / 1.1])


@pytest.mark.parametrize("levies", LEVIES.values(), ids=LEVIES)
def test_yearly_periods_are_charged_alike_either_way(mine: Mine, levies: tuple[Levy, ...]) -> None:
    rows = [80.0, 250, 30, 220, 90, 310], [90.0, 60, 70, 40, 50, 60], [200.0, 0, 10, 0, 0, 0]
    one = charged(mine, ANNUAL, levies, *rows, money=MoneyBasis.REAL, price_index=1.02 ** np.arange(6))
    own = tuple(replace(levy, by_year=True) for levy in levies)
    other = charged(mine, ANNUAL, own, *rows, money=MoneyBasis.REAL, price_index=1.02 ** np.arange(6))
    for levy in levies:
        assert one.levies[levy.name].tolist() == other.levies[levy.name].tolist()


@pytest.mark.parametrize("kind", [LevyKind.UNIT, LevyKind.SLIDING_PRICE, LevyKind.STEPPED_PRICE])
def test_what_is_charged_as_sold_has_no_year(kind: LevyKind) -> None:
    levy = Levy("royalty", LevyBase.NSR, 0.02, kind, by_year=True)
    problems = check(bare(fiscal=Fiscal(levies=(levy,))))
    assert "fiscal.levies[0].by_year" in [problem.field for problem in problems]
