"""Break-even on any driver, in both directions, with several answers, or none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.engine.evaluate import evaluate
from app.engine.goal_seek import Shape, goal_seek, shape_of
from app.engine.inputs import Levy, MineInputs
from app.engine.kinds import Effect, LevyBase, LevyKind
from app.engine.kpis import kpis
from app.engine.variants import drivers_of, kpi_of_variants
from tests.engine.mine import small_mine


def npv_at(inputs: MineInputs, driver: str, row: object) -> float:
    changed = replace(inputs, drivers={**inputs.drivers, driver: row})
    return float(kpis(changed, evaluate(changed), {"npv_after_tax"})[0].value[0])


@pytest.mark.parametrize(
    ("driver", "shape"),
    [("gold_price", Shape.RISING), ("mining_cost", Shape.FALLING), ("capex", Shape.FALLING)],
)
def test_npv_is_zero_at_the_break_even_factor(driver: str, shape: Shape) -> None:
    inputs = small_mine()
    found = goal_seek(inputs, driver)
    assert found.shape is shape
    (factor,) = found.amounts
    assert factor == found.nearest
    base = inputs.drivers[driver]
    assert npv_at(inputs, driver, factor * base) == pytest.approx(0.0, abs=1e-3)


def test_levels_and_shifts_find_the_same_price() -> None:
    inputs = small_mine()
    factor = goal_seek(inputs, "gold_price").nearest
    level = goal_seek(inputs, "gold_price", 10e6, 100e6, effect=Effect.REPLACE)
    shift = goal_seek(inputs, "gold_price", -60e6, 60e6, effect=Effect.ADD)
    assert level.nearest == pytest.approx(factor * 60e6, rel=1e-11)
    assert shift.nearest + 60e6 == pytest.approx(factor * 60e6, rel=1e-11)
    assert level.unchanged == 60e6


def test_any_indicator_any_target() -> None:
    inputs = small_mine()
    found = goal_seek(inputs, "gold_price", kpi="irr_after_tax", target=0.15)
    price = 60e6 * found.nearest
    changed = replace(inputs, drivers={**inputs.drivers, "gold_price": price})
    assert kpis(changed, evaluate(changed), {"irr_after_tax"})[0].value[0] == pytest.approx(0.15, abs=1e-10)
    assert found.shape is Shape.PARTLY_UNDEFINED


def test_several_answers_are_all_reported() -> None:
    """A levy that jumps with the price makes NPV rise, fall and rise again."""
    levy = Levy(
        "windfall",
        LevyBase.GROSS_REVENUE,
        0.0,
        kind=LevyKind.SLIDING_PRICE,
        price_of="Au",
        steps=((60e6, 0.0), (66e6, 0.6), (120e6, 0.6)),
    )
    base = small_mine()
    inputs = replace(base, fiscal=replace(base.fiscal, levies=(levy,)))
    found = goal_seek(inputs, "gold_price", 0.5, 4.0, points=257)
    assert found.shape is Shape.NOT_MONOTONE
    assert len(found.amounts) == 3
    for factor in found.amounts:
        assert npv_at(inputs, "gold_price", factor * 60e6) == pytest.approx(0.0, abs=1e-2)
    assert found.nearest == min(found.amounts, key=lambda factor: abs(factor - 1))


def test_none_in_range_is_empty_and_flat_is_told() -> None:
    found = goal_seek(small_mine(), "gold_price", 2.0, 3.0)
    assert found.amounts == ()
    assert np.isnan(found.nearest)
    unused = small_mine(drivers={**small_mine().drivers, "rain": 1.0})
    assert goal_seek(unused, "rain").shape is Shape.FLAT


def test_an_exact_hit_on_the_grid_counts_once() -> None:
    inputs = small_mine()
    target = float(kpi_of_variants(inputs, [{}], "npv_after_tax").value[0])
    found = goal_seek(inputs, "gold_price", 0.0, 2.0, target=target, points=3)
    assert found.amounts == (1.0,)


def test_variants_keep_what_they_do_not_name() -> None:
    inputs = small_mine()
    rows = drivers_of(inputs, [{}, {"gold_price": 2.0}, {"mining_cost": 0.5}])
    assert rows["gold_price"].tolist() == [[60e6, 120e6, 60e6]]
    assert rows["mining_cost"].tolist() == [[25.0, 25.0, 12.5]]
    with pytest.raises(KeyError, match="no such"):
        drivers_of(inputs, [{"no such": 1.0}])


def test_shapes() -> None:
    assert shape_of(np.array([3.0, 2.0, 1.0])) is Shape.FALLING
    assert shape_of(np.array([1.0, 3.0, 2.0])) is Shape.NOT_MONOTONE
    assert shape_of(np.array([1.0, np.nan])) is Shape.PARTLY_UNDEFINED
