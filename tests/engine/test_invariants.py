"""What must hold for any mine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.engine.cashflow import CashFlow
from app.engine.evaluate import evaluate
from app.engine.inputs import (
    CapitalItem,
    Closure,
    CostLine,
    Fiscal,
    MetalTerms,
    MineInputs,
    Process,
    Product,
    Terms,
)
from app.engine.kinds import CapitalKind, CostBasis, CostCategory, DiscountConvention, PeriodLength
from app.engine.lines import LineUnit, describe
from app.engine.quantity import Driven
from app.engine.timeline import Timeline
from tests.engine.mines import OUNCE, copper_mine, gold_mine

FACTORS = st.floats(0.3, 3.0)
DRAWS = {
    "gold_price": (500 / OUNCE, 4000 / OUNCE),
    "recovery": (0.5, 0.99),
    "cost_factor": (0.5, 2.0),
    "tonnage_factor": (0.5, 1.5),
}


def total(flow: CashFlow, key: str = "pre_tax_cash_flow") -> float:
    return float(flow.discounted(key).sum())


def scaled(mine: MineInputs, k: float) -> MineInputs:
    """Return a mine in money worth `1 / k`."""
    drivers = dict(mine.drivers) | {
        "gold_price": k * 2000 / OUNCE,
        "cost_factor": k,
    }
    product = mine.products[0]
    terms = replace(product.metals[0], refining=k * 5 / OUNCE)
    return replace(
        mine,
        drivers=drivers,
        products=(replace(product, metals=(terms,)),),
        costs=tuple(
            line if isinstance(line.rate, Driven) else replace(line, rate=k * np.asarray(line.rate))
            for line in mine.costs
        ),
        capital=tuple(replace(item, amount=k * np.asarray(item.amount)) for item in mine.capital),
        closures=tuple(replace(plan, spend=k * np.asarray(plan.spend)) for plan in mine.closures),
    )


@given(FACTORS)
def test_money_scales(k: float) -> None:
    plain, other = evaluate(gold_mine()), evaluate(scaled(gold_mine(), k))
    for key, row in plain.lines.items():
        if describe(key).unit is LineUnit.MONEY:
            np.testing.assert_allclose(other[key], k * row, rtol=1e-9, atol=1e-4, err_msg=key)


@given(st.permutations(range(3)), st.permutations(range(2)))
def test_the_order_of_lines_changes_nothing(costs: list[int], items: list[int]) -> None:
    mine = gold_mine()
    swapped = replace(
        mine,
        costs=tuple(mine.costs[index] for index in costs),
        capital=tuple(mine.capital[index] for index in items),
    )
    other = evaluate(swapped)
    for key, row in evaluate(mine).lines.items():
        np.testing.assert_allclose(other[key], row, rtol=1e-12, atol=1e-6, err_msg=key)


@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 7, 64]))
def test_one_trial_is_the_first_column_of_a_batch_bit_for_bit(seed: int, trials: int) -> None:
    rng = np.random.default_rng(seed)
    drivers = {
        name: rng.uniform(low, high, (8 if name == "gold_price" else 1, trials))
        for name, (low, high) in DRAWS.items()
    }
    batch = evaluate(gold_mine(), drivers)
    single = evaluate(gold_mine(), {name: row[:, :1] for name, row in drivers.items()})
    for key, row in single.lines.items():
        wide = batch[key][:, :1]
        assert np.array_equal(wide, row, equal_nan=True), key
    assert np.array_equal(batch.discount_factors[:, :1], single.discount_factors)


def test_the_deterministic_case_is_a_batch_of_one() -> None:
    mine = gold_mine()
    drivers = {name: np.full((1, 3), float(np.asarray(mine.drivers[name]))) for name in DRAWS}
    batch, single = evaluate(mine, drivers), evaluate(mine)
    for key, row in single.lines.items():
        assert np.array_equal(batch[key][:, :1], row, equal_nan=True), key


@given(st.floats(100, 4000), st.floats(0, 1000))
def test_a_higher_price_never_lowers_pre_tax_npv_without_price_linked_levies(
    price: float, more: float
) -> None:
    drivers = {"gold_price": np.array([[price, price + more]]) / OUNCE}
    low, high = evaluate(gold_mine(fiscal=Fiscal()), drivers).discounted("pre_tax_cash_flow").sum(axis=0)
    assert high >= low


@given(st.floats(2000, 15000), st.floats(0, 3000))
def test_the_same_holds_for_a_concentrate(price: float, more: float) -> None:
    product = copper_mine().products[0]
    metals = (replace(product.metals[0], price=Driven("copper")), *product.metals[1:])
    mine = copper_mine(products=(replace(product, metals=metals),), drivers={"copper": 1.0})
    flow = evaluate(mine, {"copper": np.array([[price, price + more]])})
    low, high = flow.discounted("pre_tax_cash_flow").sum(axis=0)
    assert high >= low


def spread(count: int, length: PeriodLength, convention: DiscountConvention) -> CashFlow:
    """Return one plan of three years in periods of any length, with the same tonnage and money a year."""
    per_year = {PeriodLength.MONTH: 12, PeriodLength.QUARTER: 4, PeriodLength.YEAR: 1}[length]

    def rows(*values: float) -> np.ndarray:
        return np.repeat(np.array(values) / per_year, per_year)

    mine = MineInputs(
        Timeline.regular(date(2026, 1, 1), length, count * per_year),
        Terms(0.08, convention),
        processes=(Process("mill", rows(0, 1e6, 2e6), {"Au": 1e-6}, {"Au": 0.9}),),
        products=(Product("doré", (MetalTerms("Au", 2000 / OUNCE),)),),
        costs=(
            CostLine("site", CostCategory.OTHER, CostBasis.PER_YEAR, 5e6),
            CostLine("mill", CostCategory.PROCESSING, CostBasis.PER_T_PROCESSED, 20.0),
        ),
        capital=(CapitalItem("plant", CapitalKind.INITIAL, rows(6e7, 0, 0)),),
        closures=(Closure(spend=rows(0, 0, 1e7)),),
    )
    return evaluate(mine)


@pytest.mark.parametrize("length", [PeriodLength.MONTH, PeriodLength.QUARTER])
def test_a_year_split_into_shorter_periods_keeps_its_yearly_sums(length: PeriodLength) -> None:
    whole = spread(3, PeriodLength.YEAR, DiscountConvention.MID).yearly()
    parts = spread(3, length, DiscountConvention.MID).yearly()
    assert whole.labels == parts.labels
    for key in ("revenue", "opex", "capital", "pre_tax_cash_flow", "ore_processed"):
        np.testing.assert_allclose(parts[key], whole[key], rtol=1e-12)


def test_monthly_discounting_is_yearly_discounting_taken_to_the_month() -> None:
    whole = spread(3, PeriodLength.YEAR, DiscountConvention.END)
    parts = spread(3, PeriodLength.MONTH, DiscountConvention.END)
    month = 1.08 ** (1 / 12) - 1
    factor = 0.08 / month / 12
    assert total(parts) == pytest.approx(total(whole) * factor, rel=1e-12)


def test_a_block_is_evaluated_without_work_per_trial() -> None:
    """The number of array operations does not grow with the trials: a block of 4,000 is one pass."""
    rng = np.random.default_rng(1)
    drivers = {"gold_price": rng.uniform(1000 / OUNCE, 3000 / OUNCE, (8, 4000))}
    flow = evaluate(gold_mine(), drivers)
    assert flow["after_tax_cash_flow"].shape == (8, 4000)
    assert flow["ore_processed"].shape == (8, 1)
    assert flow["opex"].shape == (8, 1)
