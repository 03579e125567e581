"""Shares of the state and of partners: the oracle is their account kept by hand, period by period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.engine.cashflow import CashFlow
from app.engine.checks import check
from app.engine.evaluate import evaluate
from app.engine.inputs import Fiscal, Interest, MineInputs, Terms
from app.engine.kinds import Carry, DiscountConvention, MoneyBasis, PeriodLength
from app.engine.kpis import KPIS, kpis
from app.engine.quantity import Driven
from app.engine.timeline import Timeline
from tests.engine.mines import bare, years

FLOWS = [-60.0, -40.0, 30.0, 70.0, -10.0, 50.0, -5.0]
STATE = Interest("State", 0.1, Carry.ALWAYS)


def mine(*interests: Interest, flows: Sequence[float] = FLOWS, **terms: Any) -> MineInputs:
    """Return a mine that is nothing but its cash flow after tax, and who shares in it."""
    return MineInputs(
        years(len(flows), production_start=2),
        Terms(**{"discount_rate": 0.08, "convention": DiscountConvention.END} | terms),
        fiscal=Fiscal(interests=interests),
        entered={"pre_tax_cash_flow": flows, "after_tax_cash_flow": flows},
    )


def row(flow: CashFlow, key: str) -> list[float]:
    return flow[key].ravel().tolist()


def figure(inputs: MineInputs, key: str) -> float:
    return next(float(each.value[0]) for each in kpis(inputs, evaluate(inputs)) if each.key == key)


def by_hand(interest: Interest, flows: Sequence[float], prices: Sequence[float]) -> tuple[Any, Any]:
    """Return what a holder receives and what is to come back, kept in money of the day."""
    received, left, account = [], [], 0.0
    for period, (flow, price) in enumerate(zip(flows, prices, strict=True)):
        account *= 1 + interest.uplift
        due = interest.share * flow * price
        carried = interest.carry is Carry.ALWAYS or (interest.carry is Carry.TO_PRODUCTION and period < 2)
        if due < 0 and carried:
            account, due = account - due, 0.0
        elif due > 0:
            back = min(account, interest.recovery * due)
            account, due = account - back, due - back
        received.append(due / price)
        left.append(account / price)
    return received, left


@given(
    flows=st.lists(st.integers(-100, 100).map(float), min_size=3, max_size=12),
    share=st.sampled_from([0.1, 0.35]),
    carry=st.sampled_from([Carry.TO_PRODUCTION, Carry.ALWAYS]),
    recovery=st.sampled_from([0.0, 0.6, 1.0]),
    uplift=st.sampled_from([0.0, 0.12]),
    inflation=st.sampled_from([0.0, 0.03]),
)
def test_the_account_is_that_kept_by_hand(
    flows: list[float], share: float, carry: Carry, recovery: float, uplift: float, inflation: float
) -> None:
    interest = Interest("State", share, carry, recovery, uplift)
    found = evaluate(mine(interest, flows=flows, inflation=inflation))
    prices = [(1 + inflation) ** (period + 1) for period in range(len(flows))]
    received, left = by_hand(interest, flows, prices)
    assert row(found, "interest.State") == pytest.approx(received, abs=1e-9)
    if recovery:
        assert row(found, "carried.State") == pytest.approx(left, abs=1e-9)
    assert found.problems == ()


def test_a_holder_who_pays_takes_a_share_of_everything() -> None:
    inputs = mine(Interest("Partner", 0.3))
    flow = evaluate(inputs)
    assert row(flow, "interest.Partner") == pytest.approx([0.3 * each for each in FLOWS])
    assert "carried.Partner" not in flow
    assert figure(inputs, "npv_attributable") == pytest.approx(0.7 * figure(inputs, "npv_after_tax"))
    assert figure(inputs, "irr_attributable") == pytest.approx(figure(inputs, "irr_after_tax"))


def test_a_free_share_costs_nothing_and_brings_from_the_first_profit() -> None:
    flow = evaluate(mine(STATE))
    assert row(flow, "interest.State") == pytest.approx([0, 0, 3, 7, 0, 5, 0])
    assert row(flow, "attributable_cash_flow") == pytest.approx([-60, -40, 27, 63, -10, 45, -5])
    assert row(flow, "cumulative_attributable")[-1] == pytest.approx(20)
    assert "carried.State" not in flow


def test_one_carried_to_production_pays_afterwards() -> None:
    interest = replace(STATE, carry=Carry.TO_PRODUCTION, recovery=1.0)
    assert row(evaluate(mine(interest)), "interest.State") == pytest.approx([0, 0, 0, 0, -1, 5, -0.5])


def test_paid_back_in_full_it_brings_from_payback_on() -> None:
    """Both accounts, of the mine and of a share of it, are square in the same period."""
    flows = [-60.0, -40.0, 30.0, 50.0, 40.0, 50.0]
    flow = evaluate(mine(replace(STATE, recovery=1.0), flows=flows))
    after = np.maximum(row(flow, "cumulative_after_tax"), 0.0)
    assert np.cumsum(row(flow, "interest.State")) == pytest.approx(0.1 * after)


@given(
    costs=st.lists(st.integers(1, 60).map(float), min_size=1, max_size=4),
    gains=st.lists(st.integers(100, 200).map(float), min_size=4, max_size=8),
    inflation=st.sampled_from([0.0, 0.025]),
)
def test_at_the_discount_rate_a_carry_is_a_loan_worth_nothing(
    costs: list[float], gains: list[float], inflation: float
) -> None:
    """What is paid for a holder and comes back with the discount rate leaves a share of the NPV."""
    rate = (1.08 * (1 + inflation)) - 1
    inputs = mine(
        replace(STATE, recovery=1.0, uplift=rate), flows=[*(-x for x in costs), *gains], inflation=inflation
    )
    flow = evaluate(inputs)
    assert row(flow, "carried.State")[-1] == pytest.approx(0, abs=1e-9)
    assert flow.present("interest.State")[0] == pytest.approx(0.1 * flow.present("after_tax_cash_flow")[0])


def test_shares_by_period_and_several_holders_leave_the_rest() -> None:
    partner = Interest("Partner", [0.5, 0.5, 0.5, 0.4, 0.4, 0.4, 0.4])
    flow = evaluate(mine(STATE, partner))
    left = flow["after_tax_cash_flow"] - flow["interest.State"] - flow["interest.Partner"]
    assert row(flow, "attributable_cash_flow") == pytest.approx(left.ravel())
    assert [*flow.named("interest")] == ["State", "Partner"]


def test_a_share_may_be_all_that_is_uncertain() -> None:
    inputs = replace(mine(Interest("State", Driven("share", 1.0))), drivers={"share": 0.1})
    flow = evaluate(inputs, {"share": np.array([[0.0, 0.1, 0.5]])})
    values = {each.key: each.value for each in kpis(inputs, flow)}
    assert values["npv_after_tax"].shape == (3,)
    assert values["npv_attributable"] == pytest.approx(values["npv_after_tax"] * [1.0, 0.9, 0.5])


def test_money_of_the_day_needs_no_prices() -> None:
    interest = replace(STATE, recovery=1.0, uplift=0.1)
    found = evaluate(mine(interest, money=MoneyBasis.NOMINAL, inflation=0.03))
    assert row(found, "interest.State") == pytest.approx(by_hand(interest, FLOWS, [1.0] * 7)[0])


def test_quarters_grow_by_the_year() -> None:
    """An uplift of 21 % a year is 10 % in half of it."""
    timeline = Timeline.regular(date(2026, 1, 1), PeriodLength.QUARTER, 4)
    inputs = replace(mine(replace(STATE, recovery=1.0, uplift=0.21)), timeline=timeline)
    flows = [-100.0, 0.0, 0.0, 0.0]
    inputs = replace(inputs, entered={"pre_tax_cash_flow": flows, "after_tax_cash_flow": flows})
    assert row(evaluate(inputs), "carried.State")[2] == pytest.approx(11)


def test_without_holders_nothing_is_said_of_an_owner() -> None:
    inputs = mine()
    flow = evaluate(inputs)
    assert "attributable_cash_flow" not in flow
    assert [each.key for each in kpis(inputs, flow)] == [*KPIS]


@pytest.mark.parametrize(
    ("interests", "field", "allowed"),
    [
        ((replace(STATE, share=1.2),), "[0].share", "a fraction from 0 to 1"),
        ((replace(STATE, share=[0.1, -0.2, *[0.1] * 5]),), "[0].share", "a fraction from 0 to 1"),
        ((STATE, replace(STATE, name="Partner", share=0.95)), "[1].share", "not more than 1 in any period"),
        ((STATE, STATE), "[0].name", "used once"),
        ((replace(STATE, recovery=1.1),), "[0].recovery", "a fraction from 0 to 1"),
        ((replace(STATE, uplift=-0.1),), "[0].uplift", "not negative"),
        ((Interest("Partner", 0.1, recovery=0.5),), "[0].recovery", "0, as nothing is paid for the holder"),
        ((Interest("Partner", 0.1, uplift=0.5),), "[0].uplift", "0, as nothing is paid for the holder"),
    ],
)
def test_what_is_wrong_is_named(interests: tuple[Interest, ...], field: str, allowed: str) -> None:
    inputs = replace(bare(7), fiscal=Fiscal(interests=interests))
    found = {problem.field: problem.allowed for problem in check(inputs)}
    assert found[f"fiscal.interests{field}"].endswith(allowed)


def test_all_of_it_may_be_held_by_others() -> None:
    inputs = replace(bare(7), fiscal=Fiscal(interests=(replace(STATE, share=0.3), Interest("Partner", 0.7))))
    assert [each for each in check(inputs) if "interests" in each.field] == []
