from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.engine.kinds import PeriodLength
from app.engine.timeline import Timeline, years_between
from app.engine.yearly import roll_up

MONTH, QUARTER, YEAR = PeriodLength.MONTH, PeriodLength.QUARTER, PeriodLength.YEAR


def test_a_mixed_timeline_has_dates_labels_and_lengths() -> None:
    timeline = Timeline.mixed(date(2026, 1, 1), [(MONTH, 2), (QUARTER, 1), (YEAR, 1)])
    assert timeline.boundaries == (
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
        date(2026, 6, 1),
        date(2027, 6, 1),
    )
    assert timeline.labels == ("2026-01", "2026-02", "2026 Q1", "2026")
    assert timeline.years.tolist() == pytest.approx([1 / 12, 1 / 12, 0.25, 1])
    assert timeline.days.tolist() == [31, 28, 92, 365]


def test_a_fiscal_year_is_named_after_the_year_it_ends_in() -> None:
    timeline = Timeline(date(2026, 7, 1), (QUARTER,) * 5, year_start=7)
    assert timeline.labels == ("FY2027 Q1", "FY2027 Q2", "FY2027 Q3", "FY2027 Q4", "FY2028 Q1")
    assert timeline.year_labels == ("FY2027", "FY2028")
    assert timeline.year_starts.tolist() == [0, 4]


def test_calendar_years_of_a_construction_in_months() -> None:
    timeline = Timeline.mixed(date(2026, 10, 1), [(MONTH, 3), (QUARTER, 4), (YEAR, 2)])
    assert timeline.year_labels == ("2026", "2027", "2028", "2029")
    assert timeline.year_of_period.tolist() == [2026] * 3 + [2027] * 4 + [2028, 2029]


@given(
    st.lists(st.sampled_from([MONTH, QUARTER, YEAR]), min_size=1, max_size=40),
    st.integers(1, 12),
    st.integers(1, 12),
)
def test_yearly_flows_tie_for_any_mixture(
    lengths: list[PeriodLength], first_month: int, year_start: int
) -> None:
    timeline = Timeline(date(2026, first_month, 1), tuple(lengths), year_start=year_start)
    flows = np.arange(1.0, timeline.n_periods + 1).reshape(-1, 1)
    yearly = roll_up(timeline, {"revenue": flows, "working_capital": flows})
    assert yearly["revenue"].sum() == pytest.approx(flows.sum())
    assert len(yearly["revenue"]) == len(timeline.year_labels) == len(set(timeline.year_labels))
    assert yearly["working_capital"][-1, 0] == flows[-1, 0]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (date(2026, 1, 1), 0),
        (date(2027, 1, 1), 1),
        (date(2025, 7, 1), -0.5),
        (date(2026, 1, 17), 16 / 31 / 12),
        (date(2028, 2, 29), 2 + (1 + 28 / 29) / 12),
    ],
)
def test_time_between_dates(end: date, expected: float) -> None:
    assert years_between(date(2026, 1, 1), end) == pytest.approx(expected, rel=1e-14, abs=1e-14)
