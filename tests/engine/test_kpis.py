"""The indicators: printed headline figures, conventions, reasons, and one trial as a column of many."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import numpy_financial
import pytest

from app.engine.evaluate import evaluate
from app.engine.inputs import MineInputs, Terms
from app.engine.kinds import DiscountConvention, MoneyBasis, PaybackOrigin, PeriodLength
from app.engine.kpis import KPIS, Kpi, every_irr, kpis
from app.engine.problems import Problem
from app.engine.returns import REASONS, Reason
from app.engine.timeline import Timeline
from tests.engine.mine import small_mine
from tests.engine.test_published_cases import Case, los_ricos, whistler
from tests.thorough import some


def of(inputs: MineInputs, key: str) -> Kpi:
    (kpi,) = kpis(inputs, evaluate(inputs), {key})
    return kpi


def test_every_indicator_of_the_registry_comes_back_in_its_order() -> None:
    inputs = small_mine()
    found = kpis(inputs, evaluate(inputs))
    assert [kpi.key for kpi in found] == list(KPIS)
    for kpi in found:
        assert kpi.value.shape == (1,)
        assert np.isfinite(kpi.value).all(), kpi.key
        assert kpi.convention
        assert kpi.rows
        assert kpi.tied_out
        assert kpi.undefined == 0


def test_rows_behind_every_indicator_exist() -> None:
    inputs = small_mine()
    flow = evaluate(inputs)
    for kpi in kpis(inputs, flow):
        assert any(row in flow for row in kpi.rows), kpi.key


def test_published_headlines_through_the_cash_flow() -> None:
    case = Case.load("05_los_ricos_south_fs_2025")
    inputs = los_ricos(case)
    inputs = replace(inputs, terms=replace(inputs.terms, payback_origin=PaybackOrigin.FIRST_PRODUCTION))
    assert of(inputs, "payback").value[0] == pytest.approx(2.6, abs=0.05)
    assert of(inputs, "irr_after_tax").value[0] == pytest.approx(0.28, abs=0.005)
    assert of(inputs, "irr_pre_tax").value[0] == pytest.approx(0.39, abs=0.005)
    assert of(inputs, "npv_after_tax").value[0] / 1e6 == pytest.approx(355.1, abs=0.3)
    printed = whistler(Case.load("07_whistler_pea_2026"))
    rate = of(printed, "irr_after_tax")
    assert rate.value[0] == pytest.approx(0.33, abs=0.005)
    assert rate.reasons[0] == Reason.OTHER_IRR_NEGATIVE
    assert len(every_irr(evaluate(printed)).rates) == 2


def test_by_hand() -> None:
    inputs = small_mine()
    flow = evaluate(inputs)
    row = flow["after_tax_cash_flow"].ravel()
    found = {kpi.key: kpi.value[0] for kpi in kpis(inputs, flow)}
    npv = numpy_financial.npv(0.08, row) / 1.08**0.5
    assert found["npv_after_tax"] == pytest.approx(npv, rel=1e-12)
    assert found["irr_after_tax"] == pytest.approx(numpy_financial.irr(row), abs=1e-10)
    assert found["mirr"] == pytest.approx(numpy_financial.mirr(row, 0.08, 0.08), abs=1e-12)
    assert found["initial_capital"] == 150e6
    assert found["sustaining_capital"] == 24e6
    assert found["profitability_index"] == pytest.approx(1 + npv / (150e6 / 1.08**0.5), rel=1e-12)
    assert found["capital_efficiency"] == pytest.approx(npv / 150e6, rel=1e-12)
    assert found["equivalent_annuity"] == pytest.approx(-numpy_financial.pmt(0.08, 10, npv), rel=1e-12)
    assert found["peak_funding"] == pytest.approx(-np.cumsum(row).min())
    assert found["life_of_mine"] == 8.0
    assert found["free_cash_flow_total"] == pytest.approx(row.sum())
    assert found["cost_per_t_processed"] == pytest.approx(43.5)
    first = int(np.argmax(np.cumsum(row) >= 0))
    back = first + -np.cumsum(row)[first - 1] / row[first]
    assert found["payback"] == pytest.approx(back)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("payback", "after_tax_cash_flow"),
        ("payback_pre_tax", "pre_tax_cash_flow"),
        ("discounted_payback", "discounted_after_tax"),
    ],
)
def test_each_payback_is_that_of_its_line(key: str, line: str) -> None:
    inputs = small_mine()
    row = evaluate(inputs)[line].ravel()
    first = int(np.argmax(np.cumsum(row) >= 0))
    found = of(inputs, key)
    assert found.value[0] == pytest.approx(first - np.cumsum(row)[first - 1] / row[first], rel=1e-12)
    assert ("before tax" if "pre_tax" in line else "after tax") in found.convention
    assert found.value[0] != pytest.approx(of(inputs, "payback").value[0]) or key == "payback"


@pytest.mark.parametrize(
    ("origin", "shift"),
    [
        (PaybackOrigin.FIRST_PERIOD, 0.0),
        (PaybackOrigin.FIRST_PRODUCTION, 1.0),
        (PaybackOrigin.VALUATION_DATE, 0.5),
    ],
)
def test_payback_origin(origin: PaybackOrigin, shift: float) -> None:
    base = small_mine(timeline=Timeline(date(2026, 1, 1), (PeriodLength.YEAR,) * 10, date(2026, 7, 1)))
    plain = of(base, "payback")
    moved = of(replace(base, terms=replace(base.terms, payback_origin=origin)), "payback")
    assert plain.value[0] - moved.value[0] == pytest.approx(shift, abs=0.01)
    assert moved.convention.startswith("from the")


def test_mirr_at_its_own_rates() -> None:
    inputs = small_mine(terms=Terms(0.08, finance_rate=0.06, reinvest_rate=0.03))
    row = evaluate(inputs)["after_tax_cash_flow"].ravel()
    kpi = of(inputs, "mirr")
    assert kpi.value[0] == pytest.approx(numpy_financial.mirr(row, 0.06, 0.03), abs=1e-12)
    assert kpi.convention == "financed at 6 %, reinvested at 3 %, real 2026 money"


def test_conventions_are_said() -> None:
    assert of(small_mine(), "npv_after_tax").convention == (
        "8 %, mid-period, real 2026 money, valued at 2026-01-01"
    )
    nominal = small_mine(
        terms=Terms(0.1, DiscountConvention.END, MoneyBasis.NOMINAL, inflation=0.02, offset=0.25)
    )
    assert of(nominal, "npv_after_tax").convention == (
        "10 %, end of period + 0.25 periods, money of the day, valued at 2026-01-01"
    )
    assert "8 to 10 %" in of(small_mine(terms=Terms([0.08] * 5 + [0.10] * 5)), "npv_after_tax").convention


def test_quarters_report_an_annual_rate_and_years() -> None:
    yearly = small_mine()
    quarters = Timeline(date(2026, 1, 1), (PeriodLength.QUARTER,) * 10)
    inputs = replace(yearly, timeline=quarters)
    row = evaluate(inputs)["after_tax_cash_flow"].ravel()
    assert of(inputs, "irr_after_tax").value[0] == pytest.approx(
        (1 + numpy_financial.irr(row)) ** 4 - 1, rel=1e-9
    )
    assert of(inputs, "life_of_mine").value[0] == 2.0


def test_rates_by_period_have_a_flat_equivalent() -> None:
    inputs = small_mine(terms=Terms([0.08] * 10))
    for key in ("mirr", "equivalent_annuity", "npv_after_tax"):
        assert of(inputs, key).value[0] == pytest.approx(of(small_mine(), key).value[0], rel=1e-9)


def test_missing_values_say_why() -> None:
    poor = small_mine(drivers={**small_mine().drivers, "gold_price": 20e6})
    assert of(poor, "payback").reasons[0] == Reason.NEVER_PAID_BACK
    assert of(poor, "discounted_payback").undefined == 1
    idle = small_mine(processes=())
    reasons = {kpi.key: Reason(kpi.reasons[0]) for kpi in kpis(idle, evaluate(idle))}
    assert reasons["irr_after_tax"] is Reason.ONE_SIGN
    assert reasons["aisc"] is Reason.NO_PRODUCTION
    assert reasons["life_of_mine"] is Reason.NO_PRODUCTION
    assert reasons["mirr"] is Reason.NO_INFLOW
    free = small_mine(capital=())
    assert of(free, "profitability_index").reasons[0] == Reason.NO_INVESTMENT
    assert all(REASONS[reason].text for reason in reasons.values())


def test_a_failed_tie_out_is_told() -> None:
    inputs = small_mine()
    flow = replace(evaluate(inputs), problems=(Problem("opex", 1.0, "the sum of its lines"),))
    assert not any(kpi.tied_out for kpi in kpis(inputs, flow))


def test_one_trial_has_the_digits_of_its_column() -> None:
    inputs = small_mine()
    rng = np.random.default_rng(2)
    draws = {
        "gold_price": 60e6 * np.exp(np.cumsum(rng.normal(0, 0.15, (10, 60)), axis=0)),
        "mining_cost": 25.0 * rng.uniform(0.7, 1.6, (1, 60)),
    }
    block = kpis(inputs, evaluate(inputs, draws, check=False))
    for trial in some(range(60)):
        own = {name: row[:, trial : trial + 1] for name, row in draws.items()}
        for one, many in zip(kpis(inputs, evaluate(inputs, own, check=False)), block, strict=True):
            assert one.value.tobytes() == many.value[trial : trial + 1].tobytes(), one.key
            assert one.reasons[0] == many.reasons[trial]
