"""Debt, ratios, equity and streams: closed forms, invariants, and each way to fail."""

from __future__ import annotations

import doctest
import importlib
from dataclasses import replace
from typing import Any

import numpy as np
import numpy_financial
import pytest
from hypothesis import given, strategies as st

from app.engine.cashflow import CashFlow
from app.engine.evaluate import evaluate
from app.engine.financing import (
    FINANCING_REASONS,
    ROWS,
    FinancedCashFlow,
    Financing,
    FinancingReason,
    Streaming,
    check,
    finance,
)
from app.engine.financing.kinds import ConstructionInterest, DebtSizing, Repayment
from app.engine.kinds import PeriodLength
from app.engine.returns import Reason
from app.engine.timeline import Timeline
from tests.engine.mine import small_mine
from tests.engine.mines import ANY_START, bare, column, flat, years

CAPITAL = (400.0, 600.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
FLOW = (-400.0, -600.0, 260.0, 320.0, 300.0, 280.0, 240.0, 150.0)
PAIRS = [(sizing, interest) for sizing in DebtSizing for interest in ConstructionInterest]


def project(flow: Any = FLOW, capital: Any = CAPITAL, timeline: Timeline | None = None) -> CashFlow:
    """Return a statement with these two rows, each by period or with trials as columns."""
    rows = {
        "capital": np.asarray(capital, dtype=float),
        "pre_tax_cash_flow": np.asarray(flow, dtype=float),
        "after_tax_cash_flow": np.asarray(flow, dtype=float),
    }
    mine = bare(len(rows["capital"]), entered=rows)
    return evaluate(mine if timeline is None else replace(mine, timeline=timeline), check=False)


def terms(**more: Any) -> Financing:
    given: dict[str, Any] = {"gearing": 0.6, "rate": 0.08, "construction": 2, "tenor": 5}
    return Financing(**(given | more))


def test_the_rows_are_named_and_shaped_and_leave_the_statement_alone() -> None:
    flow = evaluate(small_mine())
    before = {key: row.copy() for key, row in flow.lines.items()}
    result = finance(flow, terms(construction=1))
    assert list(result.rows) == list(ROWS)
    assert {row.shape for row in result.rows.values()} == {(10, 1)}
    assert result.cash_flow is flow
    assert all(np.array_equal(flow[key], row, equal_nan=True) for key, row in before.items())
    assert result.levered_irr[0] > 0


@pytest.mark.parametrize("repayment", Repayment)
@pytest.mark.parametrize(("sizing", "interest"), PAIRS)
def test_debt_repays_exactly_to_zero(
    repayment: Repayment, sizing: DebtSizing, interest: ConstructionInterest
) -> None:
    result = finance(project(), terms(repayment=repayment, sizing=sizing, interest=interest))
    assert result["debt"][6] == pytest.approx(0, abs=1e-9)
    assert result["principal"].sum() == pytest.approx(result.debt[0], rel=1e-12)
    assert result["drawn"].sum() == pytest.approx(result.debt[0], rel=1e-12)
    assert flat(result["debt"][7:]) == [0.0]


def test_sculpted_debt_is_the_present_value_of_cfads_over_dscr() -> None:
    result = finance(project(), terms(gearing=1.0, sizing=DebtSizing.DSCR, dscr=1.4))
    assert result.debt[0] == pytest.approx(numpy_financial.npv(0.08, (0.0, *FLOW[2:7])) / 1.4, rel=1e-12)
    assert flat(result["dscr"][2:7]) == pytest.approx([1.4] * 5, rel=1e-11)
    assert np.isnan(result["dscr"][[0, 1, 7]]).all()


def test_llcr_is_the_target_under_sculpting() -> None:
    result = finance(project(), terms(gearing=1.0, sizing=DebtSizing.DSCR, dscr=1.4, covenant=1.4))
    for found in (result.llcr, result.minimum_dscr, result.average_dscr):
        assert found[0] == pytest.approx(1.4, rel=1e-11)
    assert result.breaches[0] == 0


def test_a_cover_by_period_shapes_the_facility() -> None:
    cover = np.array([1, 1, 1.2, 1.3, 1.4, 1.5, 1.6, 1])
    result = finance(project(), terms(gearing=1.0, sizing=DebtSizing.DSCR, dscr=cover))
    served = np.array(FLOW[2:7]) / cover[2:7]
    assert result.debt[0] == pytest.approx(numpy_financial.npv(0.08, (0.0, *served)), rel=1e-12)


def test_the_gearing_is_a_ceiling_of_dscr_sizing() -> None:
    small = finance(project(), terms(gearing=0.3, sizing=DebtSizing.DSCR))
    assert small.gearing[0] == pytest.approx(0.3, rel=1e-14)
    assert small.minimum_dscr[0] > 1.3
    large = finance(project(), terms(gearing=1.0, sizing=DebtSizing.DSCR))
    assert 0.3 < large.gearing[0] < 1.0


def test_annuity_against_numpy_financial() -> None:
    result = finance(project(), terms(repayment=Repayment.ANNUITY))
    debt, periods = float(result.debt[0]), np.arange(1, 6)
    assert flat(result["debt_service"][2:7]) == pytest.approx([-numpy_financial.pmt(0.08, 5, debt)] * 5)
    assert flat(result["interest"][2:7]) == pytest.approx(
        (-numpy_financial.ipmt(0.08, periods, 5, debt)).tolist()
    )
    assert flat(result["principal"][2:7]) == pytest.approx(
        (-numpy_financial.ppmt(0.08, periods, 5, debt)).tolist()
    )


def test_equal_principal_and_bullet() -> None:
    equal = finance(project(), terms(repayment=Repayment.EQUAL_PRINCIPAL))
    assert flat(equal["principal"][2:7]) == pytest.approx([equal.debt[0] / 5] * 5)
    bullet = finance(project(), terms(repayment=Repayment.BULLET))
    assert flat(bullet["principal"][2:7]) == [0, 0, 0, 0, bullet.debt[0]]
    assert flat(bullet["interest"][2:7]) == pytest.approx([0.08 * bullet.debt[0]] * 5)


def test_a_level_payment_is_by_time_where_periods_differ() -> None:
    timeline = Timeline.mixed(
        ANY_START, [(PeriodLength.YEAR, 2), (PeriodLength.QUARTER, 4), (PeriodLength.YEAR, 2)]
    )
    result = finance(project(timeline=timeline), terms(repayment=Repayment.ANNUITY))
    service = flat(result["debt_service"][2:7])
    assert service == pytest.approx([service[4] / 4] * 4 + [service[4]])
    quarter = 1.08**0.25 - 1
    assert result["interest"][2, 0] == pytest.approx(result.debt[0] * quarter)
    assert result["debt"][6, 0] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("sizing", "interest"), PAIRS)
def test_the_circle_satisfies_its_own_equation(sizing: DebtSizing, interest: ConstructionInterest) -> None:
    result = finance(
        project(),
        terms(
            sizing=sizing, interest=interest, upfront_fee=0.02, commitment_fee=0.01, gearing=0.9, draw_at=0.25
        ),
    )
    drawn, facility, gearing = flat(result["drawn"]), float(result.debt[0]), float(result.gearing[0])
    late = 1.08**0.75 - 1
    fees = [0.02 * facility + 0.01 * facility, 0.01 * (facility - drawn[0])]
    charged = [late * drawn[0], 0.08 * drawn[0] + late * drawn[1]]
    shared = charged if interest is ConstructionInterest.CAPITALISED else [0.0, 0.0]
    uses = [CAPITAL[year] + fees[year] + shared[year] for year in range(2)]
    assert flat(result["fees"][:2]) == pytest.approx(fees, rel=1e-12)
    assert flat(result["interest"][:2]) == pytest.approx(charged, rel=1e-12)
    assert flat(result["uses"][:2]) == pytest.approx(uses, rel=1e-12)
    assert drawn[:2] == pytest.approx([gearing * use for use in uses], rel=1e-12)
    assert facility == pytest.approx(gearing * sum(uses), rel=1e-12)


def test_sources_meet_uses() -> None:
    result = finance(project(), terms(upfront_fee=0.02))
    paid_in = -(result["equity_cash_flow"][:2])
    assert flat(paid_in + result["drawn"][:2]) == pytest.approx(flat(result["uses"][:2]), rel=1e-12)


def test_zero_gearing_leaves_equity_the_project() -> None:
    flow = evaluate(small_mine())
    result = finance(flow, terms(gearing=0.0, construction=1, upfront_fee=0.02, tax_shield=0.3))
    assert np.array_equal(result["equity_cash_flow"], flow["after_tax_cash_flow"])
    assert result.debt[0] == 0
    assert np.isnan([result.llcr[0], result.minimum_dscr[0], result.average_dscr[0]]).all()
    assert result.breaches[0] == 0
    assert result.reasons[0] == FinancingReason.SOLVED


@pytest.mark.parametrize("repayment", Repayment)
def test_debt_at_the_return_of_the_project_leaves_the_return(repayment: Repayment) -> None:
    rate = float(numpy_financial.irr(FLOW))
    result = finance(project(), terms(rate=rate, draw_at=1.0, repayment=repayment))
    assert result.levered_irr[0] == pytest.approx(rate, rel=1e-9)
    cheaper = finance(project(), terms(rate=rate / 2, draw_at=1.0, repayment=repayment))
    assert cheaper.levered_irr[0] > rate


@given(st.floats(1e-3, 1e6), st.sampled_from(PAIRS))
def test_money_scales(k: float, pair: tuple[DebtSizing, ConstructionInterest]) -> None:
    given_terms = terms(sizing=pair[0], interest=pair[1], upfront_fee=0.02, commitment_fee=0.005)
    plain = finance(project(), given_terms)
    other = finance(project(k * np.array(FLOW), k * np.array(CAPITAL)), given_terms)
    for key, row in plain.rows.items():
        factor = 1.0 if key == "dscr" else k
        np.testing.assert_allclose(other[key], factor * row, rtol=1e-9, atol=1e-9 * factor, err_msg=key)
    assert other.levered_irr[0] == pytest.approx(plain.levered_irr[0], rel=1e-9)


def results(result: FinancedCashFlow, trial: int) -> dict[str, np.ndarray]:
    """Return everything a trial came to."""
    names = ("debt", "gearing", "minimum_dscr", "average_dscr", "llcr", "breaches", "levered_irr", "reasons")
    found = {name: np.broadcast_to(getattr(result, name), 99)[trial] for name in names}
    return found | {key: row[:, trial if row.shape[1] > 1 else 0] for key, row in result.rows.items()}


@pytest.mark.parametrize("repayment", Repayment)
@pytest.mark.parametrize("sizing", DebtSizing)
def test_a_trial_is_the_same_alone_and_in_a_batch_bit_for_bit(
    repayment: Repayment, sizing: DebtSizing
) -> None:
    rng = np.random.default_rng(7)
    flows = column(*FLOW) * rng.uniform(0.5, 1.5, (8, 99))
    capital, rate = column(*CAPITAL) * rng.uniform(0.8, 1.4, (1, 99)), rng.uniform(0.02, 0.15, (1, 99))
    given_terms = terms(repayment=repayment, sizing=sizing, upfront_fee=0.02, commitment_fee=0.01)
    batch = finance(project(flows, capital), replace(given_terms, rate=rate))
    for trial in (0, 41, 98):
        one = slice(trial, trial + 1)
        single = finance(project(flows[:, one], capital[:, one]), replace(given_terms, rate=rate[:, one]))
        alone = results(single, 0)
        for key, value in results(batch, trial).items():
            assert np.array_equal(value, alone[key], equal_nan=True), key


def test_breaches_are_counted_by_trial() -> None:
    weak = column(*FLOW) * np.array([[1.0, 0.7, 0.4]])
    result = finance(project(weak), terms(repayment=Repayment.ANNUITY, covenant=1.1))
    cover = result["dscr"][2:7]
    assert result.breaches.tolist() == [(cover[:, trial] < 1.1).sum() for trial in range(3)]
    assert result.breaches.tolist() == sorted(result.breaches.tolist())
    assert result.breaches[2] == 5
    assert result.minimum_dscr.tolist() == cover.min(axis=0).tolist()
    assert result.average_dscr == pytest.approx(cover.mean(axis=0))


def test_the_tax_shield_is_on_interest_after_construction() -> None:
    plain, shielded = finance(project(), terms()), finance(project(), terms(tax_shield=0.3))
    expected = 0.3 * plain["interest"]
    expected[:2] = 0
    assert flat(shielded["tax_shield"]) == flat(expected)
    assert flat(shielded["equity_cash_flow"] - plain["equity_cash_flow"]) == pytest.approx(flat(expected))


def test_a_stream_is_cash_first_and_revenue_on_delivery() -> None:
    delivered = [0, 0, 30, 30, 20, 20, 0, 0]
    result = finance(project(), terms(gearing=0, streaming=Streaming(80.0, delivered, received=1)))
    assert flat(result["stream_cash"]) == [0, 80, -30, -30, -20, -20, 0, 0]
    assert flat(result["stream_recognised"]) == pytest.approx([0, 0, 24, 24, 16, 16, 0, 0])
    assert flat(result["stream_deferred"]) == pytest.approx([0, 80, 56, 32, 16, 0, 0, 0], abs=1e-12)
    assert flat(result["cfads"][2:7]) == [230, 290, 280, 260, 240]
    assert flat(result["equity_cash_flow"]) == [-400, -520, 230, 290, 280, 260, 240, 150]


def test_a_stream_that_revenue_already_leaves_out_costs_nothing_again() -> None:
    stream = Streaming(80.0, [0, 0, 30, 30, 20, 20, 0, 0], deducted=True)
    result = finance(project(), terms(gearing=0, streaming=stream))
    assert flat(result["stream_cash"]) == [80, 0, 0, 0, 0, 0, 0, 0]
    assert result["stream_recognised"].sum() == pytest.approx(80)


def test_a_stream_without_deliveries_stays_owed() -> None:
    result = finance(project(), terms(streaming=Streaming(80.0, 0.0)))
    assert flat(result["stream_recognised"]) == [0.0] * 8
    assert flat(result["stream_deferred"]) == [80.0] * 8


def test_a_trial_without_cash_flow_cannot_serve_sculpted_debt() -> None:
    flows = column(*FLOW) * np.array([[1.0, 1.0]])
    flows[2:, 1] = -1.0
    result = finance(project(flows), terms())
    assert result.reasons.tolist() == [FinancingReason.SOLVED, FinancingReason.NOTHING_TO_SERVE_WITH]
    assert np.isfinite(result.levered_irr[0])
    assert np.isnan(result.levered_irr[1])
    sized = finance(project(flows), terms(sizing=DebtSizing.DSCR))
    assert sized.debt[1] == 0
    assert sized.reasons.tolist() == [FinancingReason.SOLVED] * 2


def test_fees_beyond_the_facility_leave_no_facility() -> None:
    result = finance(project(), terms(gearing=1.0, upfront_fee=np.array([[0.02, 0.99]])))
    assert result.reasons.tolist() == [FinancingReason.SOLVED, FinancingReason.NO_FACILITY]
    assert np.isnan([result.debt[1], result.levered_irr[1]]).all()
    assert np.isfinite(result.debt[0])


def test_equity_that_pays_nothing_in_has_no_return() -> None:
    result = finance(project(), terms(gearing=1.0))
    assert result.irr_reasons[0] == Reason.ONE_SIGN
    assert np.isnan(result.levered_irr[0])


def test_every_reason_is_explained() -> None:
    assert set(FINANCING_REASONS) == set(FinancingReason)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("gearing", {"gearing": 1.01}),
        ("gearing", {"gearing": -0.1}),
        ("gearing", {"gearing": float("nan")}),
        ("gearing", {"gearing": [0.5, 0.6]}),
        ("rate", {"rate": -1.0}),
        ("rate", {"rate": [0.08] * 3}),
        ("rate", {"rate": float("inf")}),
        ("construction", {"construction": 0}),
        ("tenor", {"tenor": 0}),
        ("tenor", {"tenor": 7}),
        ("dscr", {"dscr": 0.0}),
        ("covenant", {"covenant": -1.0}),
        ("upfront_fee", {"upfront_fee": 1.0}),
        ("commitment_fee", {"commitment_fee": -0.01}),
        ("draw_at", {"draw_at": 1.5}),
        ("tax_shield", {"tax_shield": 1.2}),
        ("tax_shield", {"tax_shield": 0.3, "line": "pre_tax_cash_flow"}),
        ("line", {"line": "ebitda"}),
        ("streaming.upfront", {"streaming": Streaming(-1.0, 0.0)}),
        ("streaming.delivered", {"streaming": Streaming(1.0, [1.0, 2.0])}),
        ("streaming.delivered", {"streaming": Streaming(1.0, [-1.0] * 8)}),
        ("streaming.received", {"streaming": Streaming(1.0, 0.0, received=8)}),
    ],
)
def test_a_bad_term_is_named(field: str, change: dict[str, Any]) -> None:
    assert [problem.field for problem in check(terms(**change), years(8))] == [field]


def test_good_terms_pass() -> None:
    stream = Streaming(1.0, [0.0] * 8, received=7)
    assert check(terms(rate=[0.08] * 8, tenor=6, streaming=stream), years(8)) == ()


@pytest.mark.parametrize("module", ["debt", "ratios"])
def test_docstring_examples(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"app.engine.financing.{module}"))
    assert found.attempted > 0
    assert found.failed == 0
