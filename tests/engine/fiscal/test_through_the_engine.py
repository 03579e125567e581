"""Fiscal terms inside a whole evaluation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from app.engine.evaluate import evaluate
from app.engine.inputs import (
    CapitalItem,
    CostLine,
    DepreciationClass,
    Fiscal,
    IncomeTax,
    Levy,
    Losses,
    MetalTerms,
    MineInputs,
    Money,
    Process,
    Product,
    Terms,
)
from app.engine.kinds import (
    CapitalKind,
    CostBasis,
    CostCategory,
    DepreciationMethod,
    LevyBase,
    LevyKind,
    MoneyBasis,
    PeriodLength,
)
from app.engine.quantity import Driven
from app.engine.timeline import Timeline

REAL = Terms(discount_rate=0.08, inflation=0.025)
NOMINAL = replace(REAL, money=MoneyBasis.NOMINAL, discount_rate=1.08 * 1.025 - 1)
FISCAL = Fiscal(
    levies=(
        Levy("royalty", LevyBase.NSR, 0.0, LevyKind.SLIDING_PRICE, of="Cu", steps=((7e3, 0.02), (1e4, 0.05))),
        Levy("per tonne", LevyBase.T_PROCESSED, 0.5, LevyKind.UNIT),
        Levy("proceeds", LevyBase.NET_PROCEEDS, 0.05, carry_forward=True, capital_first=True, order=1),
        Levy(
            "duty", LevyBase.EBIT, 0.0, LevyKind.TIERED, steps=((0.0, 0.02), (2e6, 0.1)), order=2, credit=0.3
        ),
    ),
    depreciation=(
        DepreciationClass("plant", DepreciationMethod.MACRS, life=7),
        DepreciationClass("mine", DepreciationMethod.UNITS_OF_PRODUCTION, salvage=0.1),
        DepreciationClass("fleet", DepreciationMethod.POOL, factor=0.25, half_year=True, opening=1e6),
    ),
    tax=IncomeTax(rate=0.3, losses=Losses(cap=0.8, expiry=4, carry_back=1, opening=5e5), lag=1),
)
MINE = MineInputs(
    timeline=Timeline(date(2026, 1, 1), (PeriodLength.YEAR,) * 10),
    terms=REAL,
    drivers={"copper": 9000.0},
    processes=(Process("mill", ore=[0, 0, *[5e5] * 8], grades={"Cu": 0.01}, recoveries={"Cu": 0.9}),),
    products=(Product("cathode", (MetalTerms("Cu", Driven("copper")),)),),
    costs=(CostLine("milling", CostCategory.PROCESSING, CostBasis.PER_T_PROCESSED, 30.0),),
    capital=(
        CapitalItem("plant", CapitalKind.INITIAL, [4e7, 2e7, *[0.0] * 8], depreciation="plant"),
        CapitalItem("stripping", CapitalKind.SUSTAINING, [0, 0, *[2e6] * 8], depreciation="mine"),
        CapitalItem("trucks", CapitalKind.REPLACEMENT, [*[0.0] * 5, 4e6, *[0.0] * 4], depreciation="fleet"),
    ),
    fiscal=FISCAL,
)


def value(inputs):
    flow = evaluate(inputs)
    assert flow.problems == ()
    return float(flow["discounted_after_tax"].sum())


def test_real_and_nominal_models_agree_because_books_and_pools_are_money_of_the_day():
    assert value(replace(MINE, terms=NOMINAL)) == pytest.approx(value(MINE), rel=1e-12)


def test_they_agree_also_in_months():
    months = Timeline.mixed(date(2026, 1, 1), [(PeriodLength.MONTH, 24), (PeriodLength.YEAR, 8)])
    capital = tuple(replace(item, amount=0.0, schedule=()) for item in MINE.capital[1:])
    spent = CapitalItem("plant", CapitalKind.INITIAL, [2.5e6] * 24 + [0.0] * 8, depreciation="plant")
    processes = (replace(MINE.processes[0], ore=[0.0] * 24 + [5e5] * 8),)
    inputs = replace(MINE, timeline=months, capital=(spent, *capital), processes=processes)
    assert value(replace(inputs, terms=NOMINAL)) == pytest.approx(value(inputs), rel=1e-12)


def test_inflation_lowers_real_value_through_the_books_alone():
    """Without taxes on profit and pools nothing is fixed in money of the day."""
    still = replace(REAL, inflation=0.0)
    assert value(MINE) < value(replace(MINE, terms=still))
    simple = replace(MINE, fiscal=Fiscal(levies=FISCAL.levies[:1]))
    assert value(simple) == pytest.approx(value(replace(simple, terms=still)), rel=1e-12)


def test_a_block_of_trials_holds_each_single_run_bit_for_bit():
    prices = np.array([[9000.0, 5000.0, 12_000.0]])
    block = evaluate(MINE, {"copper": prices})
    for trial, price in enumerate(prices[0]):
        alone = evaluate(MINE, {"copper": np.array([[price]])})
        for key, row in alone.lines.items():
            np.testing.assert_array_equal(np.broadcast_to(block[key], (10, 3))[:, [trial]], row, err_msg=key)


def test_thresholds_of_the_day_bite_harder_as_prices_inflate():
    """In a real model the price stays and the nominal thresholds fall; both models see the same rate."""
    of_the_day = Money(basis=MoneyBasis.NOMINAL)
    fiscal = Fiscal(levies=(replace(FISCAL.levies[0], money=of_the_day),))
    fixed = Fiscal(levies=FISCAL.levies[:1])
    assert value(replace(MINE, fiscal=fiscal)) < value(replace(MINE, fiscal=fixed))
    inputs = replace(MINE, fiscal=fiscal)
    assert value(replace(inputs, terms=NOMINAL)) == pytest.approx(value(inputs), rel=1e-12)
