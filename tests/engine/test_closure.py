from __future__ import annotations

import numpy as np
import pytest

from app.engine.capital import contingency_at
from app.engine.evaluate import evaluate
from app.engine.inputs import Closure, Fiscal, IncomeTax, Process, Terms
from app.engine.kinds import ClosureFunding, DiscountConvention, MoneyBasis
from tests.engine.mines import bare, flat

SPEND = [0.0, 0, 0, 60, 40]


def test_spending_may_go_on_after_production() -> None:
    flow = evaluate(bare(5, closures=(Closure(spend=SPEND),)))
    assert flat(flow["closure"]) == SPEND
    assert flat(flow["pre_tax_cash_flow"]) == [-value for value in SPEND]


def test_a_provision_accretes_without_cash() -> None:
    plan = Closure(spend=SPEND, funding=ClosureFunding.PROVISION, rate=0.05)
    flow = evaluate(bare(5, closures=(plan,)))
    assert flat(flow["closure"]) == SPEND
    present = 60 / 1.05**4 + 40 / 1.05**5
    assert flow["accretion"][0, 0] == pytest.approx(present * 0.05)
    assert flow["accretion"].sum() == pytest.approx(100 - present)
    assert flat(flow["pre_tax_cash_flow"]) == [-value for value in SPEND]


def test_accretion_that_lowers_ebitda_is_added_back() -> None:
    plan = Closure(spend=SPEND, funding=ClosureFunding.PROVISION, rate=0.05)
    fiscal = Fiscal(provision_deductible=True, tax=IncomeTax(rate=0.3))
    flow = evaluate(bare(5, closures=(plan,), fiscal=fiscal, entered={"revenue": 50.0}))
    assert flat(flow["ebitda"]) == pytest.approx(flat(50 - flow["accretion"]))
    assert flat(flow["pre_tax_cash_flow"]) == pytest.approx([50 - value for value in SPEND])
    assert flow["taxable_income"][0, 0] == pytest.approx(50 - flow["accretion"][0, 0])
    assert flow.problems == ()


def test_a_cash_bond_comes_back_with_interest() -> None:
    plan = Closure(spend=SPEND, funding=ClosureFunding.CASH_BOND, rate=0.02, first=1)
    flow = evaluate(bare(5, closures=(plan,)))
    assert flat(flow["closure"]) == pytest.approx([0, 100, -2, 60 - 2, 40 - 2 - 100])


def test_a_bond_in_a_real_model_loses_the_inflation() -> None:
    plan = Closure(spend=SPEND, funding=ClosureFunding.CASH_BOND)
    terms = Terms(0.08, DiscountConvention.START, inflation=0.03)
    flow = evaluate(bare(5, closures=(plan,), terms=terms))
    assert flow["closure"][-1, 0] == pytest.approx(40 - 100 / 1.03**4)
    assert flow["closure"][0, 0] == pytest.approx(100)


def test_a_surety_costs_a_premium_on_what_is_still_to_be_spent() -> None:
    plan = Closure(spend=SPEND, funding=ClosureFunding.SURETY, rate=0.01, first=1)
    flow = evaluate(bare(5, closures=(plan,)))
    assert flat(flow["opex.closure surety"]) == pytest.approx([0, 1, 1, 1, 0.4])
    assert flat(flow["closure"]) == SPEND


def test_a_sinking_fund_is_fed_by_units_and_pays_the_spending() -> None:
    plan = Closure(spend=SPEND, funding=ClosureFunding.SINKING_FUND)
    mill = Process("mill", [10.0, 30, 60, 0, 0])
    flow = evaluate(bare(5, closures=(plan,), processes=(mill,)))
    assert flat(flow["closure"]) == pytest.approx([10, 30, 60, 0, 0])


def test_a_sinking_fund_returns_the_interest_it_did_not_need() -> None:
    plan = Closure(spend=SPEND, funding=ClosureFunding.SINKING_FUND, rate=0.04)
    mill = Process("mill", [100.0, 0, 0, 0, 0])
    flow = evaluate(bare(5, closures=(plan,), processes=(mill,)))
    left = (100 * 1.04**3 - 60) * 1.04
    assert flat(flow["closure"]) == pytest.approx([100, 0, 0, 0, -(left - 40)])


@pytest.mark.parametrize(("deductible", "allowed"), [(True, 100), (False, 0)])
def test_only_deductible_closure_lowers_taxable_income(*, deductible: bool, allowed: float) -> None:
    plan = Closure(spend=SPEND, deductible=deductible)
    flow = evaluate(bare(5, closures=(plan,)))
    assert -flow["taxable_income"].sum() == allowed


def test_a_nominal_bond_is_the_money_of_its_day() -> None:
    plan = Closure(spend=SPEND, funding=ClosureFunding.CASH_BOND)
    terms = Terms(0.08, DiscountConvention.START, money=MoneyBasis.NOMINAL, inflation=0.03)
    flow = evaluate(bare(5, closures=(plan,), terms=terms))
    spend = np.array(SPEND) * 1.03 ** np.arange(5)
    assert flow["closure"].sum() == pytest.approx(spend.sum())


def test_contingency_from_a_simulated_estimate() -> None:
    costs = np.arange(0, 1001.0)
    assert contingency_at(costs, 0.8, 650) == pytest.approx(150)
