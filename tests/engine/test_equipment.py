from __future__ import annotations

import numpy as np
import pytest

from app.engine.evaluate import evaluate
from app.engine.inputs import (
    CapitalItem,
    DepreciationClass,
    EquipmentClass,
    Fiscal,
    MaintenancePlan,
    OreSource,
)
from app.engine.kinds import (
    CapitalKind,
    CostBasis,
    DepreciationMethod,
    DepreciationStart,
    EquipmentLifeUnit,
    MaintenanceInterval,
)
from app.engine.quantity import Driven
from tests.engine.mines import bare, flat


def truck(**more: object) -> EquipmentClass:
    given: dict[str, object] = {
        "name": "truck",
        "hours": 5000.0,
        "units": 1.0,
        "price": 100.0,
        "life": 10_000.0,
    }
    return EquipmentClass(**(given | more))  # type: ignore[arg-type]


def test_units_required_round_up_to_whole_trucks() -> None:
    unit = truck(hours=[6132.0, 6133.0, 6148.8, 0.0], availability=0.875, utilisation=0.8, units=2.0)
    flow = evaluate(bare(equipment=(unit,)))
    assert flat(flow["equipment.truck.required"]) == [1, 2, 1, 0]
    assert flat(flow["equipment.truck.held"]) == [2] * 4


def test_a_unit_is_replaced_at_the_end_of_its_hours_but_not_with_the_mine() -> None:
    flow = evaluate(bare(6, equipment=(truck(),)))
    assert flat(flow["equipment.truck.replaced"]) == [0, 1, 0, 1, 0, 0]
    assert flat(flow["capital.replacement"]) == [0, 100, 0, 100, 0, 0]


def test_a_fleet_is_replaced_together_and_sold_for_salvage() -> None:
    unit = truck(units=3.0, hours=15_000.0, salvage=0.1, price=[100.0, 110, 120, 130])
    flow = evaluate(bare(equipment=(unit,)))
    assert flat(flow["capital.replacement"]) == [0, 330, 0, 0]
    assert flat(flow["salvage"]) == pytest.approx([0, 33, 0, 39])


def test_hours_follow_their_basis() -> None:
    unit = truck(hours=0.002, basis=CostBasis.PER_T_MOVED, of="pit", hourly_cost=7.0)
    flow = evaluate(bare(2, sources=(OreSource("pit", 1e6, 2e6),), equipment=(unit,)))
    assert flat(flow["equipment.truck.hours"]) == [6000, 6000]
    assert flat(flow["opex.truck"]) == [42_000, 42_000]
    assert flat(flow["opex_category.equipment"]) == [42_000, 42_000]


def test_at_most_so_many_are_replaced_in_a_period_and_the_rest_waits() -> None:
    unit = truck(units=25.0, hours=25 * 5000.0, max_replaced=15)
    flow = evaluate(bare(7, equipment=(unit,)))
    assert flat(flow["equipment.truck.replaced"]) == [0, 15, 10, 15, 10, 15, 10]


def test_rebuilds_fall_between_replacements() -> None:
    unit = truck(hours=2500.0, rebuild_interval=4000.0, rebuild_cost=20.0)
    flow = evaluate(bare(12, equipment=(unit,)))
    # Rebuilt at 4,000 and 8,000 h; a new unit at 10,000 h starts both counters anew.
    assert flat(flow["equipment.truck.replaced"]) == [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]
    assert flat(flow["equipment.truck.rebuilt"]) == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
    assert flow["capital.replacement"].sum() == 2 * 100 + 6 * 20


def test_a_rebuild_that_meets_a_replacement_is_not_done() -> None:
    unit = truck(hours=5000.0, life=20_000.0, rebuild_interval=10_000.0, rebuild_cost=20.0)
    flow = evaluate(bare(8, equipment=(unit,)))
    assert flat(flow["equipment.truck.rebuilt"]) == [0, 1, 0, 0, 0, 1, 0, 0]
    assert flat(flow["equipment.truck.replaced"]) == [0, 0, 0, 1, 0, 0, 0, 0]


def test_rebuilds_without_replacement() -> None:
    unit = truck(hours=2500.0, life=float("inf"), rebuild_interval=5000.0, rebuild_cost=20.0)
    assert flat(evaluate(bare(6, equipment=(unit,)))["equipment.truck.rebuilt"]) == [0, 1, 0, 1, 0, 0]


def test_a_life_in_years() -> None:
    unit = truck(life=3.0, life_unit=EquipmentLifeUnit.YEARS, units=[0, 2.0, 2, 2, 2, 2, 2, 2])
    flow = evaluate(bare(8, equipment=(unit,)))
    assert flat(flow["equipment.truck.replaced"]) == [0, 0, 0, 2, 0, 0, 2, 0]


def test_purchases_are_initial_first_and_sustaining_later() -> None:
    unit = truck(units=[0, 2.0, 3.0, 1.0], life=1e9, purchased=True, salvage=0.5, depreciation="fleet")
    fleet_class = DepreciationClass("fleet", DepreciationMethod.IMMEDIATE, start=DepreciationStart.SPEND)
    flow = evaluate(bare(equipment=(unit,), fiscal=Fiscal(depreciation=(fleet_class,))))
    assert flat(flow["capital.initial"]) == [0, 200, 0, 0]
    assert flat(flow["capital.sustaining"]) == [0, 0, 100, 0]
    assert flat(flow["salvage"]) == [0, 0, 0, 150]
    assert flow["depreciation.fleet"].sum() == 300


def test_each_trial_wears_its_own_trucks() -> None:
    inputs = bare(4, equipment=(truck(hours=Driven("hours")),), drivers={"hours": 1.0})
    flow = evaluate(inputs, {"hours": np.array([[5000.0, 2500.0]])})
    assert flow["equipment.truck.replaced"].T.tolist() == [[0, 1, 0, 0], [0, 0, 0, 0]]


def test_maintenance_by_hours_and_by_days() -> None:
    plans = (
        MaintenancePlan("service", "truck", 500.0, 3.0, downtime=8.0),
        MaintenancePlan("inspection", "truck", 100.0, 11.0, MaintenanceInterval.DAYS),
    )
    flow = evaluate(bare(2, equipment=(truck(units=2.0, hours=3600.0),), maintenance=plans))
    assert flat(flow["maintenance.service.events"]) == [2 * 3, 2 * 4]
    assert flat(flow["maintenance.service.downtime"]) == [48, 64]
    assert flat(flow["opex.service"]) == [18, 24]
    assert flat(flow["maintenance.inspection.events"]) == [2 * 3, 2 * 4]
    assert flat(flow["opex_category.maintenance"]) == pytest.approx([18 + 66, 24 + 88])


def test_fleet_and_items_share_the_capital_lines() -> None:
    plant = CapitalItem("plant", CapitalKind.INITIAL, [50.0, 0, 0, 0])
    flow = evaluate(bare(equipment=(truck(purchased=True, life=1e9),), capital=(plant,)))
    assert flat(flow["capital.initial"]) == [150, 0, 0, 0]
    assert flow.problems == ()
