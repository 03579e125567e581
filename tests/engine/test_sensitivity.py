"""Spider, tornado and two-way grid: each cell is the evaluation of that variant alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.engine.evaluate import evaluate
from app.engine.inputs import MineInputs
from app.engine.kinds import Effect
from app.engine.kpis import kpis
from app.engine.sensitivity import spider, tornado, two_way
from tests.engine.mine import small_mine

FACTORS = (0.7, 0.85, 1.0, 1.15, 1.3)


def npv(inputs: MineInputs, **drivers: float) -> float:
    changed = replace(inputs, drivers={**inputs.drivers, **drivers})
    return float(kpis(changed, evaluate(changed), {"npv_after_tax"})[0].value[0])


def test_spider_is_the_table_of_single_evaluations_bit_for_bit() -> None:
    inputs = small_mine()
    table = spider(inputs, ("gold_price", "mining_cost"), FACTORS)
    assert table.values.shape == (2, 5)
    assert table.base == npv(inputs)
    for column, factor in enumerate(FACTORS):
        assert table.values[0, column] == npv(inputs, gold_price=60e6 * factor)
        assert table.values[1, column] == npv(inputs, mining_cost=25.0 * factor)
    assert (table.values[:, 2] == table.base).all()


def test_tornado_is_sorted_by_absolute_swing() -> None:
    inputs = small_mine()
    bars = tornado(inputs, ("capex", "copper_price", "gold_price", "mining_cost"), by=0.2).bars
    assert bars[0].driver == "gold_price"
    swings = [abs(bar.swing) for bar in bars]
    assert swings == sorted(swings, reverse=True)
    gold = bars[0]
    assert (gold.low_amount, gold.high_amount) == (0.8, 1.2)
    assert gold.low == npv(inputs, gold_price=48e6)
    assert gold.high == npv(inputs, gold_price=72e6)
    assert next(bar for bar in bars if bar.driver == "capex").swing < 0


def test_tornado_over_given_lows_and_highs() -> None:
    inputs = small_mine()
    ranges = {"gold_price": (50e6, 75e6), "mining_cost": (20.0, 40.0)}
    result = tornado(inputs, ranges, effect=Effect.REPLACE)
    by_name = {bar.driver: bar for bar in result.bars}
    assert by_name["gold_price"].low == npv(inputs, gold_price=50e6)
    assert by_name["mining_cost"].high == npv(inputs, mining_cost=40.0)
    assert result.base == npv(inputs)


def test_a_bar_without_a_value_comes_last() -> None:
    result = tornado(small_mine(), {"gold_price": (0.1, 1.2), "capex": (0.9, 1.1)}, kpi="payback")
    assert [bar.driver for bar in result.bars] == ["capex", "gold_price"]
    assert np.isnan(result.bars[-1].swing)


def test_two_way_grid() -> None:
    inputs = small_mine()
    grid = two_way(inputs, "gold_price", (0.8, 1.0, 1.2), "mining_cost", (0.5, 1.5))
    assert grid.values.shape == (3, 2)
    assert grid.values[2, 1] == npv(inputs, gold_price=60e6 * 1.2, mining_cost=37.5)
    assert grid.values[0, 0] == npv(inputs, gold_price=60e6 * 0.8, mining_cost=12.5)


def test_reasons_stand_beside_missing_values() -> None:
    table = spider(small_mine(), ("gold_price",), (0.01, 1.0), kpi="irr_after_tax")
    assert np.isnan(table.values[0, 0]) == (table.reasons[0, 0] > 3)
    assert np.isfinite(table.values[0, 1])


def test_an_indicator_that_no_driver_moves_is_repeated() -> None:
    table = spider(small_mine(), ("capex", "copper_price"), (0.9, 1.1), kpi="life_of_mine")
    assert table.values.tolist() == [[8.0, 8.0], [8.0, 8.0]]


def test_prices_act_linearly_without_tax() -> None:
    base = small_mine()
    inputs = replace(base, fiscal=replace(base.fiscal, tax=replace(base.fiscal.tax, rate=0.0)))
    row = spider(inputs, ("gold_price",), FACTORS).values[0]
    assert np.diff(row) == pytest.approx(np.full(4, np.diff(row)[0]), rel=1e-9)
