from __future__ import annotations

import numpy as np
import pytest

from app.engine.evaluate import evaluate
from app.engine.inputs import (
    CapitalItem,
    ConsumptionLine,
    CostLine,
    EquipmentClass,
    MetalTerms,
    MineInputs,
    Money,
    OreSource,
    Process,
    Product,
    Stockpile,
)
from app.engine.inputs.physicals import Feed
from app.engine.kinds import CapitalKind, ContingencyMethod, CostBasis, CostCategory, PeriodLength
from app.engine.quantity import Driven
from app.engine.timeline import Timeline
from tests.engine.mines import ANY_START, bare, copper_product, flat, years


def busy(**more: object) -> MineInputs:
    """Return a mine in which every basis has its own, different quantity."""
    given: dict[str, object] = {
        "timeline": Timeline(ANY_START, (PeriodLength.QUARTER, PeriodLength.YEAR)),
        "sources": (OreSource("pit", 100.0, 250.0), OreSource("stope", 40.0, 10.0)),
        "stockpiles": (Stockpile("pile", "stope", opening=100.0),),
        "processes": (
            Process("mill", 90.0, {"Cu": 0.02}, {"Cu": 0.5}),
            Process("leach", feeds=(Feed("pile", 30.0),), recoveries={}),
        ),
        "products": (
            Product("cathode", (MetalTerms("Cu", 10.0, payable=0.8),)),
            Product("slag", (MetalTerms("Fe", 2.0),)),
        ),
        "equipment": (EquipmentClass("truck", 70.0, 1.0), EquipmentClass("drill", 30.0, 1.0)),
        "entered": {"recovered.Fe": 5.0},
    }
    return bare(2, **(given | more))


@pytest.mark.parametrize(
    ("basis", "of", "quantity"),
    [
        (CostBasis.ENTERED, "", [1, 1]),
        (CostBasis.PER_PERIOD, "", [1, 1]),
        (CostBasis.PER_YEAR, "", [0.25, 1]),
        (CostBasis.PER_T_MINED, "", [140, 140]),
        (CostBasis.PER_T_MINED, "stope", [40, 40]),
        (CostBasis.PER_T_MOVED, "", [400, 400]),
        (CostBasis.PER_T_MOVED, "pit", [350, 350]),
        (CostBasis.PER_T_MOVED, "pile", [30, 30]),
        (CostBasis.PER_T_PROCESSED, "", [120, 120]),
        (CostBasis.PER_T_PROCESSED, "mill", [90, 90]),
        (CostBasis.PER_UNIT_PRODUCT, "", [0.72 + 5] * 2),
        (CostBasis.PER_UNIT_PRODUCT, "Cu", [0.72] * 2),
        (CostBasis.PER_UNIT_PRODUCT, "slag", [5, 5]),
        (CostBasis.PER_OPERATING_HOUR, "", [100, 100]),
        (CostBasis.PER_OPERATING_HOUR, "drill", [30, 30]),
        (CostBasis.PCT_REVENUE, "", [17.2, 17.2]),
        (CostBasis.PCT_REVENUE, "Cu", [7.2, 7.2]),
        (CostBasis.PCT_REVENUE, "slag", [10, 10]),
    ],
)
def test_every_basis(basis: CostBasis, of: str, quantity: list[float]) -> None:
    line = CostLine("line", CostCategory.OTHER, basis, 3.0, of)
    assert flat(evaluate(busy(costs=(line,)))["opex.line"]) == pytest.approx(
        [3 * value for value in quantity]
    )


def test_a_cost_per_tonne_of_concentrate() -> None:
    line = CostLine("haul", CostCategory.OFFSITE, CostBasis.PER_T_CONCENTRATE, 10.0)
    flow = evaluate(bare(1, products=(copper_product(),), costs=(line,), entered={"recovered.Cu": 28.0}))
    assert flat(flow["offsite_cost.haul"]) == pytest.approx([1000])


def test_a_window_and_a_ramp() -> None:
    line = CostLine(
        "line", CostCategory.OTHER, CostBasis.PER_PERIOD, 100.0, first=1, last=3, ramp=(0.25, 0.5)
    )
    assert flat(evaluate(bare(6, costs=(line,)))["opex.line"]) == [0, 25, 50, 100, 0, 0]


def test_a_line_escalates_in_its_own_currency() -> None:
    line = CostLine(
        "power",
        CostCategory.OTHER,
        CostBasis.PER_YEAR,
        [10.0, 20, 30, 40],
        money=Money("EUR", escalation=0.05),
    )
    flow = evaluate(bare(costs=(line,), fx={"EUR": [1.1, 1.0, 1.2, 1.3]}))
    place = np.arange(4) + 0.5
    expected = np.array([11, 20, 36, 52]) * 1.05**place
    assert flow["opex.power"].ravel() == pytest.approx(expected)


def test_categories_roll_up_and_offsite_lines_stay_out_of_site_cost() -> None:
    lines = (
        CostLine("drill", CostCategory.MINING, CostBasis.PER_YEAR, 1.0),
        CostLine("load", CostCategory.MINING, CostBasis.PER_YEAR, 2.0),
        CostLine("mill", CostCategory.PROCESSING, CostBasis.PER_YEAR, 4.0),
        CostLine("sell", CostCategory.OFFSITE, CostBasis.PER_YEAR, 8.0),
        CostLine("agents", CostCategory.OFFSITE, CostBasis.PER_YEAR, 16.0, included_in_nsr=False),
    )
    flow = evaluate(bare(1, costs=lines))
    assert flat(flow["opex"]) == [23]
    assert flat(flow["offsite"]) == [8]
    assert flat(flow["nsr"]) == [-8]
    by_category = {name: row.item() for name, row in flow.named("opex_category").items()}
    assert by_category == {"mining": 3, "processing": 4, "offsite": 16}
    assert flow.problems == ()


def test_consumption_keeps_physical_use_beside_its_cost() -> None:
    diesel = ConsumptionLine(
        "diesel", "L", CostBasis.PER_T_MOVED, 0.8, Driven("diesel_price"), money=Money("USD"), first=1
    )
    pit = OreSource("pit", 1000.0, 4000.0)
    flow = evaluate(
        bare(
            3,
            sources=(pit,),
            consumption=(diesel,),
            drivers={"diesel_price": [1.0, 1.1, 1.2]},
            fx={"USD": 2.0},
        )
    )
    assert flat(flow["consumption.diesel"]) == [0, 4000, 4000]
    assert flat(flow["opex.diesel"]) == pytest.approx([0, 8800, 9600])
    assert flat(flow["opex_category.consumption"]) == flat(flow["opex.diesel"])


def test_an_entered_cost_line_is_what_the_total_adds() -> None:
    lines = (
        CostLine("mine", CostCategory.MINING, CostBasis.PER_YEAR, 1.0),
        CostLine("mill", CostCategory.PROCESSING, CostBasis.PER_YEAR, 4.0),
    )
    flow = evaluate(bare(2, costs=lines, entered={"opex.mine": [7.0, 9.0]}))
    assert flat(flow["opex"]) == [11, 13]
    assert flat(flow["opex_category.mining"]) == [7, 9]


def test_capital_is_spread_by_its_schedule_at_each_period_s_rate() -> None:
    item = CapitalItem("mill", CapitalKind.INITIAL, 200.0, (0.25, 0.75), money=Money("EUR"))
    flow = evaluate(bare(capital=(item,), fx={"EUR": [1.0, 2.0, 3.0, 4.0]}))
    assert flat(flow["capital.initial"]) == [50, 300, 0, 0]


@pytest.mark.parametrize(
    ("method", "contingency", "expected"),
    [
        (ContingencyMethod.NONE, 0.15, [50, 150]),
        (ContingencyMethod.PERCENTAGE, 0.15, [57.5, 172.5]),
        (ContingencyMethod.P_LEVEL, 40.0, [60, 180]),
    ],
)
@pytest.mark.parametrize("as_row", [False, True])
def test_contingency(
    method: ContingencyMethod, contingency: float, expected: list[float], *, as_row: bool
) -> None:
    amount = ([50.0, 150.0], ()) if as_row else (200.0, (0.25, 0.75))
    item = CapitalItem("mill", CapitalKind.INITIAL, *amount, contingency, method)
    assert flat(evaluate(bare(2, capital=(item,)))["capital"]) == pytest.approx(expected)


def test_capital_by_kind_and_salvage_in_the_last_period() -> None:
    items = (
        CapitalItem("plant", CapitalKind.INITIAL, [100.0, 0, 0], salvage=10.0),
        CapitalItem("second line", CapitalKind.EXPANSION, [0, 50.0, 0]),
        CapitalItem("dam", CapitalKind.SUSTAINING, [0, 5.0, 5.0]),
    )
    flow = evaluate(bare(3, timeline=years(3), capital=items))
    assert flat(flow["capital"]) == [100, 55, 5]
    assert flat(flow["capital.expansion"]) == [0, 50, 0]
    assert flat(flow["salvage"]) == [0, 0, 10]
    assert flat(flow["pre_tax_cash_flow"]) == [-100, -55, 5]
