"""What must hold for any cash flow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st
from hypothesis.extra.numpy import arrays

from app.engine.quantity import Array
from app.engine.returns import (
    REASONS,
    Reason,
    has_value,
    irr,
    irr_all,
    mirr,
    npv,
    payback,
    sum_periods,
)
from tests.thorough import some

rows = arrays(np.float64, st.integers(2, 24), elements=st.integers(-1000, 1000).map(float))


def discounted(row: Array, rate: float) -> tuple[float, float]:
    """Return NPV at a rate, and the size of its terms, both scaled to the largest term."""
    logs = -np.arange(len(row)) * np.log1p(rate)
    terms = row * np.exp(logs - logs[row != 0].max())
    return abs(float(terms.sum())), float(np.abs(terms).sum())


@given(rows)
def test_npv_at_every_irr_is_zero(row: Array) -> None:
    for rate in irr_all(row).rates:
        assume(rate > -0.99999)
        rest, size = discounted(row, rate)
        assert rest <= 1e-8 * size


@given(rows)
def test_batch_agrees_with_the_exhaustive_search(row: Array) -> None:
    every = irr_all(row)
    rates, reasons = irr(row)
    assert has_value(reasons)[0] == bool(every.rates)
    if every.rates and Reason.IRR_TOUCHES_ZERO not in (every.reason, reasons[0]):
        assert reasons[0] == every.reason
        assert np.log1p(rates[0]) == pytest.approx(np.log1p(every.primary), abs=1e-6)


@given(rows, st.sampled_from([1e-9, 1 / 3, 7.0, 1e12]))
def test_money_in_another_unit_changes_no_rate(row: Array, scale: float) -> None:
    base, scaled = irr_all(row), irr_all(row * scale)
    assume(not base.touching)
    assert scaled.rates == pytest.approx(base.rates, rel=1e-6, abs=1e-9)
    assert npv(row * scale, 0.08, np.arange(len(row)))[0] == pytest.approx(
        scale * npv(row, 0.08, np.arange(len(row)))[0], rel=1e-9, abs=1e-9 * scale
    )


@given(rows, st.integers(0, 4), st.integers(0, 4))
def test_zeros_at_the_ends_change_no_rate(row: Array, before: int, after: int) -> None:
    padded = irr_all(np.pad(row, (before, after)))
    base = irr_all(row)
    assume(not base.touching)
    assert padded.rates == pytest.approx(base.rates, rel=1e-6, abs=1e-9)


@given(rows)
def test_the_convention_does_not_move_the_irr(row: Array) -> None:
    times = np.arange(float(len(row)))
    assert irr_all(row, times + 0.5).rates == irr_all(row, times).rates


@pytest.mark.parametrize("trials", [1, 2, 13, 64, 257, 3000])
def test_a_trial_has_the_same_digits_whatever_stands_beside_it(mines: Array, trials: int) -> None:
    rates, reasons = irr(mines)
    start = 3000 - trials if trials < 3000 else 0
    for first in range(start, 3000, trials):
        own_rates, own_reasons = irr(mines[:, first : first + trials])
        assert own_rates.tobytes() == rates[first : first + trials].tobytes()
        assert own_reasons.tobytes() == reasons[first : first + trials].tobytes()


def test_single_trials_have_the_digits_of_the_batch(mines: Array) -> None:
    rates, reasons = irr(mines)
    shuffled = np.random.default_rng(5).permutation(3000)
    assert irr(mines[:, shuffled])[0].tobytes() == rates[shuffled].tobytes()
    values, modified, paid = npv(mines, 0.08, np.arange(20)), mirr(mines, 0.08, 0.05)[0], payback(mines)[0]
    for lane in some(range(0, 3000, 5)):
        one = mines[:, lane]
        assert irr(one)[0].tobytes() == rates[lane : lane + 1].tobytes()
        assert irr(one)[1][0] == reasons[lane]
        assert npv(one, 0.08, np.arange(20))[0] == values[lane]
        assert mirr(one, 0.08, 0.05)[0][0] == modified[lane]
        assert payback(one)[0].tobytes() == paid[lane : lane + 1].tobytes()


def test_mixed_periods_are_independent_too(mines: Array) -> None:
    times = np.cumsum([1 / 12] * 6 + [0.25] * 4 + [1.0] * 10)
    rates, _ = irr(mines, times)
    for lane in some(range(0, 3000, 5)):
        assert irr(mines[:, lane], times)[0].tobytes() == rates[lane : lane + 1].tobytes()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([-1.0, 2.2, -1.21], (0.1,)),
        ([1.0, -2.0, 1.0], (0.0,)),
        ([1.0, -4.8, 8.62, -6.864, 2.0449], (0.1, 0.3)),
    ],
)
def test_a_root_without_a_change_of_sign_is_found(row: list[float], expected: tuple[float, ...]) -> None:
    every = irr_all(row)
    assert every.rates == pytest.approx(expected, abs=1e-7)
    assert every.touching == every.rates
    rates, reasons = irr(row)
    assert rates[0] == pytest.approx(expected[0], abs=1e-7)
    assert REASONS[Reason(reasons[0])].ambiguous


def test_many_close_roots() -> None:
    inside = (0.5, 0.9, 1.1, 1.2, 1.3, 1.5, 2.0)
    every = irr_all(-np.poly(inside))
    assert every.rates == pytest.approx([value - 1 for value in inside], abs=1e-8)
    assert irr(-np.poly(inside))[0][0] == pytest.approx(0.1, abs=1e-8)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_flow_that_is_not_finite_has_a_reason(bad: float) -> None:
    block = np.array([[-100.0, -100.0], [bad, 60.0], [60.0, 60.0]])
    rates, reasons = irr(block)
    assert reasons.tolist() == [Reason.NOT_FINITE, Reason.DEFINED]
    assert np.isnan(rates[0])
    assert irr_all(block[:, 0]).reason is Reason.NOT_FINITE
    assert mirr(block, 0.1, 0.1)[1].tolist() == [Reason.NOT_FINITE, Reason.DEFINED]
    assert payback(block)[1][0] in (Reason.NOT_FINITE, Reason.DEFINED)


def test_very_large_and_very_low_rates() -> None:
    assert irr([-1.0, 1e9])[0][0] == pytest.approx(1e9 - 1)
    assert irr([-1e9, 1.0])[0][0] == pytest.approx(1e-9 - 1, abs=1e-12)
    assert irr_all([-1.0, 1e9]).primary == pytest.approx(1e9 - 1)


def test_payback_reasons_and_origin() -> None:
    block = np.array([[-100.0, 10.0, -100.0, 5.0], [60.0, 10.0, 20.0, -10.0], [60.0, 10.0, 20.0, 10.0]])
    years, reasons = payback(block, np.arange(1, 4))
    assert reasons.tolist() == [0, Reason.NOTHING_TO_PAY_BACK, Reason.NEVER_PAID_BACK, 0]
    assert years[0] == pytest.approx(2 + 40 / 60)
    assert years[3] == pytest.approx(2.5)
    assert np.isnan(years[1:3]).all()
    later, _ = payback(block, np.arange(1, 4), np.array([1.0, 0, 0, 9.0]))
    assert later[0] == pytest.approx(1 + 40 / 60)
    assert later[3] == 0.0


def test_mirr_reasons() -> None:
    block = np.array([[-1.0, 1.0, 0.0], [-1.0, 2.0, 0.0]])
    assert mirr(block, 0.1, 0.1)[1].tolist() == [
        Reason.NO_INFLOW,
        Reason.NO_INVESTMENT,
        Reason.NO_INVESTMENT,
    ]


def test_every_reason_has_a_text_and_the_table_marks_values() -> None:
    assert set(REASONS) == set(Reason)
    assert has_value(np.array(list(Reason), dtype=np.uint8)).tolist() == [
        REASONS[reason].has_value for reason in Reason
    ]


def test_periods_add_in_their_order() -> None:
    block = np.random.default_rng(1).normal(size=(100, 5)) * 1e8
    assert sum_periods(block).tobytes() == np.cumsum(block, axis=0)[-1].tobytes()
    assert sum_periods(block[:, :1])[0] == sum_periods(block)[0]
