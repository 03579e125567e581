from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from app.engine.discounting import boundary_times, discount_factors, flow_times, nominal_rate, origin
from app.engine.evaluate import evaluate
from app.engine.inputs import CapitalItem, Money, Terms
from app.engine.kinds import CapitalKind, DiscountConvention, MoneyBasis, PeriodLength
from app.engine.timeline import Timeline
from tests.engine.mines import bare, column, years

START, MID, END = DiscountConvention.START, DiscountConvention.MID, DiscountConvention.END
DATED, PRODUCTION = DiscountConvention.DATED, DiscountConvention.PRODUCTION_START
HAND_FLOWS = np.array([-500, -300] + [200] * 8)


def npv(terms: Terms, flows: np.ndarray = HAND_FLOWS, timeline: Timeline | None = None) -> float:
    """Return the NPV of a mine whose only line is its cash flow."""
    inputs = bare(terms=terms, timeline=timeline or years(len(flows)), entered={"pre_tax_cash_flow": flows})
    return float(evaluate(inputs).discounted("after_tax_cash_flow").sum())


@pytest.mark.parametrize(("convention", "expected"), [(START, 286.4146), (MID, 275.6026), (END, 265.1987)])
def test_the_hand_vector_under_each_convention(convention: DiscountConvention, expected: float) -> None:
    assert npv(Terms(0.08, convention)) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(("offset", "same"), [(0.5, MID), (1.0, END)])
def test_an_offset_moves_the_flow_inside_its_period(offset: float, same: DiscountConvention) -> None:
    assert npv(Terms(0.08, START, offset=offset)) == npv(Terms(0.08, same))


def test_stub_then_mid_year_from_a_valuation_date_before_the_first_column() -> None:
    exponents = np.arange(10) + 0.63
    by_hand = (HAND_FLOWS * 1.08**-exponents).sum()
    assert npv(Terms(0.08, START, offset=0.63)) == pytest.approx(by_hand, rel=1e-14)
    assert npv(Terms(0.08, MID, offset=0.13)) == pytest.approx(by_hand, rel=1e-14)
    early = Timeline.regular(date(2026, 1, 1), PeriodLength.YEAR, 10, valuation=date(2025, 7, 1))
    assert npv(Terms(0.08, MID), timeline=early) == pytest.approx(npv(Terms(0.08, END)), rel=1e-14)


def test_a_period_that_holds_the_valuation_date_is_a_stub() -> None:
    timeline = Timeline.regular(date(2026, 1, 1), PeriodLength.YEAR, 3, valuation=date(2026, 10, 1))
    for convention, expected in (
        (START, [0, 0.25, 1.25]),
        (MID, [0.125, 0.75, 1.75]),
        (END, [0.25, 1.25, 2.25]),
    ):
        flow = evaluate(bare(timeline=timeline, terms=Terms(0.08, convention)))
        assert flow.discount_exponents.ravel() == pytest.approx(expected)


def test_spending_before_the_valuation_date_compounds_forward() -> None:
    timeline = Timeline.regular(date(2024, 1, 1), PeriodLength.YEAR, 4, valuation=date(2026, 1, 1))
    flow = evaluate(bare(timeline=timeline, terms=Terms(0.1, END)))
    assert flow.discount_factors.ravel() == pytest.approx([1.1, 1, 1 / 1.1, 1 / 1.21])


def test_dated_flows_count_actual_days_over_365() -> None:
    timeline = Timeline.regular(date(2027, 1, 1), PeriodLength.YEAR, 2)
    flow = evaluate(bare(timeline=timeline, terms=Terms(0.1, DATED)))
    assert flow.discount_exponents.ravel().tolist() == [1.0, (365 + 366) / 365]


def test_months_discount_at_the_twelfth_root() -> None:
    timeline = Timeline.regular(date(2026, 1, 1), PeriodLength.MONTH, 12)
    flow = evaluate(bare(timeline=timeline, terms=Terms(0.08, END)))
    assert flow.discount_factors[0, 0] == pytest.approx(1.08 ** (-1 / 12), rel=1e-15)
    assert flow.discount_factors[-1, 0] == pytest.approx(1 / 1.08, rel=1e-15)


def test_from_production_start_each_trial_has_its_own_zero() -> None:
    timeline = years(4)
    zero = origin(timeline, PRODUCTION, np.array([1, 2]))
    exponents = flow_times(timeline, PRODUCTION) - zero
    assert exponents.T.tolist() == [[0, 1, 2, 3], [-1, 0, 1, 2]]


def test_a_rate_by_period_compounds_period_by_period() -> None:
    rate = column(0.05, 0.10, 0.20)
    timeline = years(3)
    edges = boundary_times(timeline, END)
    factors = discount_factors(rate, flow_times(timeline, END), np.zeros((1, 1)), edges)
    assert factors.ravel() == pytest.approx([1 / 1.05, 1 / 1.05 / 1.1, 1 / 1.05 / 1.1 / 1.2])
    middle = discount_factors(rate, flow_times(timeline, MID), np.zeros((1, 1)), edges)
    assert middle.ravel() == pytest.approx([1.05**-0.5, 1 / 1.05 * 1.1**-0.5, 1 / 1.05 / 1.1 * 1.2**-0.5])
    late = discount_factors(rate, flow_times(timeline, END), np.full((1, 2), [0.0, 1.5]), edges)
    assert late[:, 1] == pytest.approx([1.1**0.5, 1.1**-0.5, 1.1**-0.5 / 1.2])


def test_a_constant_rate_by_period_is_the_constant_rate() -> None:
    steady = npv(Terms(0.08, MID))
    assert npv(Terms([0.08] * 10, MID)) == pytest.approx(steady, rel=1e-13)


def test_fisher_links_real_and_nominal() -> None:
    assert nominal_rate(0.08, 0.025) == pytest.approx(0.107, rel=1e-14)


@pytest.mark.parametrize("convention", [START, MID, END, DATED])
@pytest.mark.parametrize("offset", [None, 0.63])
def test_real_and_nominal_agree_without_money_of_the_day(
    convention: DiscountConvention, offset: float | None
) -> None:
    flows = [-100.0, 30, 40, 50]
    item = CapitalItem("flow", CapitalKind.INITIAL, [-value for value in flows])
    real = bare(capital=(item,), terms=Terms(0.08, convention, inflation=0.025, offset=offset))
    nominal = replace(
        real,
        terms=replace(real.terms, money=MoneyBasis.NOMINAL, discount_rate=nominal_rate(0.08, 0.025)),
    )
    values = [float(evaluate(case).discounted("pre_tax_cash_flow").sum()) for case in (real, nominal)]
    assert values[0] == pytest.approx(values[1], rel=1e-12)
    if convention is START and offset is None:
        assert values[0] == pytest.approx(1.762943, abs=5e-7)


def test_a_nominal_line_in_a_real_model_loses_the_inflation() -> None:
    item = CapitalItem(
        "contract", CapitalKind.INITIAL, [100.0, 100, 100, 100], money=Money(basis=MoneyBasis.NOMINAL)
    )
    flow = evaluate(bare(capital=(item,), terms=Terms(0.08, END, inflation=0.025)))
    assert flow["capital"].ravel() == pytest.approx(100 / 1.025 ** np.arange(1, 5))


@pytest.mark.parametrize("basis", [MoneyBasis.REAL, MoneyBasis.NOMINAL])
def test_a_line_escalates_at_its_own_pace(basis: MoneyBasis) -> None:
    item = CapitalItem("steel", CapitalKind.INITIAL, [100.0] * 4, money=Money(escalation=0.04))
    flow = evaluate(bare(capital=(item,), terms=Terms(0.08, MID, money=basis, inflation=0.025)))
    place = np.arange(4) + 0.5
    deflator = 1.025**place if basis is MoneyBasis.REAL else 1
    assert flow["capital"].ravel() == pytest.approx(100 * 1.04**place / deflator)


def test_inflation_by_period_compounds() -> None:
    item = CapitalItem("line", CapitalKind.INITIAL, [100.0] * 3)
    terms = Terms(0.08, END, money=MoneyBasis.NOMINAL, inflation=[0.02, 0.03, 0.04])
    flow = evaluate(bare(3, capital=(item,), terms=terms))
    assert flow["capital"].ravel() == pytest.approx([102, 102 * 1.03, 102 * 1.03 * 1.04])


def test_each_line_converts_at_its_period_s_rate() -> None:
    item = CapitalItem("mill", CapitalKind.INITIAL, [100.0, 100, 0, 0], money=Money("EUR"))
    flow = evaluate(bare(capital=(item,), fx={"EUR": [1.1, 1.2, 1.3, 1.4]}))
    assert flow["capital"].ravel() == pytest.approx([110, 120, 0, 0])
