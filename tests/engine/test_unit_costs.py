"""Unit costs: printed ones through the cash flow, and each switch by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.engine.evaluate import evaluate
from app.engine.inputs import MetalTerms, Product, Stream, UnitCostTerms
from app.engine.quantity import Driven
from app.engine.returns import Reason
from app.engine.timeline import Timeline
from app.engine.unit_costs import UNIT_COSTS, included, main_metal, rows_behind, unit_cost
from app.engine.units import price_from_base
from tests.engine.mine import small_mine
from tests.engine.test_published_cases import Case, berg, diamba_sud, whistler

PRINTED = [
    (berg, "01_berg_pfs_2026", "cash_cost_co_product", "lb", 0.73, True, 1.95, 0.005),
    (whistler, "07_whistler_pea_2026", "cash_cost_by_product", "oz", 1.0, True, 861, 0.5),
    (whistler, "07_whistler_pea_2026", "aisc", "oz", 1.0, True, 1046, 0.5),
    (diamba_sud, "09_diamba_sud_fs_2026", "c1", "oz", 1.0, False, 1146, 1.2),
]


@pytest.mark.parametrize(
    ("build", "name", "metric", "unit", "fx", "royalty", "printed", "tolerance"), PRINTED
)
def test_printed_unit_costs(
    build: Any, name: str, metric: str, unit: str, fx: float, royalty: bool, printed: float, tolerance: float
) -> None:
    inputs = replace(build(Case.load(name)), unit_costs=UnitCostTerms(royalty_in_c1=royalty))
    value, reasons = unit_cost(metric, inputs, evaluate(inputs))
    assert reasons.tolist() == [Reason.DEFINED]
    assert price_from_base(value, unit)[0] * fx == pytest.approx(printed, abs=tolerance)


def test_royalty_belongs_to_a_printed_cash_cost_only_where_the_report_says_so() -> None:
    case = whistler(Case.load("07_whistler_pea_2026"))
    inputs = replace(case, unit_costs=replace(case.unit_costs, royalty_in_c1=False))
    value = price_from_base(unit_cost("c1", inputs, evaluate(inputs))[0], "oz")[0]
    assert 861 - value == pytest.approx(125.0, abs=5)


def hand() -> dict[str, float]:
    """Return the sums over the life of the small mine [money], and its payable gold [t]."""
    gold, copper = 8e6 * 1.5e-6 * 0.9 * 0.98, 8e6 * 0.002 * 0.85 * 0.96
    revenue = {"gold": gold * 60e6, "copper": copper * 9000.0}
    offsite = gold * 0.2e6
    return {
        "gold": gold,
        "site": 8e6 * 40.0,
        "offsite": offsite,
        "royalty": 0.02 * (revenue["gold"] + revenue["copper"] - offsite),
        "credit": revenue["copper"],
        "share": revenue["gold"] / (revenue["gold"] + revenue["copper"]),
        "corporate": 16e6,
        "exploration": 8e6,
        "leases": 4e6,
        "sustaining": 24e6,
        "closure": 20e6,
        "growth": 160e6,
    }


def cost(metric: str, **terms: bool) -> float:
    inputs = small_mine(unit_costs=UnitCostTerms(**terms))
    return float(unit_cost(metric, inputs, evaluate(inputs))[0][0])


def test_each_metric_by_hand() -> None:
    sums = hand()
    c1 = (sums["site"] + sums["offsite"] - sums["credit"]) / sums["gold"]
    assert cost("c1") == pytest.approx(c1, rel=1e-12)
    assert cost("cash_cost_by_product") == cost("c1")
    assert cost("c2") == pytest.approx(c1, rel=1e-12)
    c3 = c1 + (sums["royalty"] + sums["corporate"] + sums["leases"]) / sums["gold"]
    assert cost("c3") == pytest.approx(c3, rel=1e-12)
    co_product = (sums["site"] + sums["offsite"]) * sums["share"] / sums["gold"]
    assert cost("cash_cost_co_product") == pytest.approx(co_product, rel=1e-12)
    inside = ("royalty", "corporate", "exploration", "leases", "sustaining", "closure")
    aisc = c1 + sum(sums[part] for part in inside) / sums["gold"]
    assert cost("aisc") == pytest.approx(aisc, rel=1e-12)
    assert cost("aic") == pytest.approx(aisc + sums["growth"] / sums["gold"], rel=1e-12)


@pytest.mark.parametrize(
    ("switch", "metric", "part"),
    [
        ("closure_in_aisc", "aisc", "closure"),
        ("corporate_in_aisc", "aisc", "corporate"),
        ("exploration_in_aisc", "aisc", "exploration"),
        ("leases_in_aisc", "aisc", "leases"),
    ],
)
def test_a_switch_drops_exactly_its_component(switch: str, metric: str, part: str) -> None:
    sums = hand()
    assert cost(metric) - cost(metric, **{switch: False}) == pytest.approx(
        sums[part] / sums["gold"], rel=1e-9
    )


def test_royalty_switch_and_exploration_that_does_not_sustain() -> None:
    sums = hand()
    assert cost("c1", royalty_in_c1=True) - cost("c1") == pytest.approx(
        sums["royalty"] / sums["gold"], rel=1e-9
    )
    assert cost("aisc", royalty_in_c1=True) == cost("aisc")
    assert cost("aic", exploration_in_aisc=False) == pytest.approx(cost("aic"), rel=1e-12)


def test_a_metal_that_is_no_by_product_bears_its_share() -> None:
    product = Product(
        "concentrate",
        (
            MetalTerms("Au", Driven("gold_price"), 0.98, refining=0.2e6),
            MetalTerms("Cu", Driven("copper_price"), 0.96),
        ),
    )
    inputs = small_mine(products=(product,))
    flow = evaluate(inputs)
    assert unit_cost("c1", inputs, flow)[0][0] == pytest.approx(
        unit_cost("cash_cost_co_product", inputs, flow)[0][0], rel=1e-12
    )


def test_streamed_main_metal_as_a_credit() -> None:
    stream = Stream("royalty house", 0.1, ((np.inf, 0.2),))
    gold = MetalTerms("Au", Driven("gold_price"), 0.98, streams=(stream,))
    inputs = small_mine(products=(Product("doré", (gold,)),))
    flow = evaluate(inputs)
    without = unit_cost("c1", inputs, flow)[0][0]
    credited = unit_cost("c1", replace(inputs, unit_costs=UnitCostTerms(streams_as_credit=True)), flow)[0][0]
    receipts = float(flow["stream.royalty house"].sum())
    assert receipts == pytest.approx(0.1 * 0.2 * hand()["gold"] * 60e6)
    assert without - credited == pytest.approx(receipts / hand()["gold"], rel=1e-9)


def test_pre_commercial_periods_can_be_left_out() -> None:
    base = small_mine()
    timeline = Timeline(base.timeline.start, base.timeline.lengths, production_start=3)
    costs = replace(base.costs[0], last=2)
    early_only = replace(base, timeline=timeline, costs=(costs,))
    flow = evaluate(early_only)
    assert unit_cost("cash_cost_co_product", early_only, flow)[0][0] > 1e6
    late = replace(early_only, unit_costs=UnitCostTerms(pre_commercial_excluded=True))
    assert unit_cost("cash_cost_co_product", late, flow)[0][0] == pytest.approx(
        0.2e6 * hand()["share"], rel=1e-9
    )


def test_no_production_has_a_reason() -> None:
    base = small_mine()
    inputs = replace(base, processes=(replace(base.processes[0], ore=0.0),))
    value, reasons = unit_cost("aisc", inputs, evaluate(inputs))
    assert np.isnan(value).all()
    assert reasons.tolist() == [Reason.NO_PRODUCTION]


def test_rows_behind_and_components_are_named() -> None:
    inputs = small_mine()
    assert main_metal(inputs) == "Au"
    assert included("aisc", UnitCostTerms(closure_in_aisc=False))[-1] == "sustaining"
    flow = evaluate(inputs)
    for metric in UNIT_COSTS:
        rows = rows_behind(metric, inputs)
        assert "payable.Au" in rows
        assert "opex" in rows
        assert sum(row in flow for row in rows) >= 5
