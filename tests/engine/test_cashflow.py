from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from app.engine.cashflow import CashFlow
from app.engine.evaluate import evaluate
from app.engine.inputs import (
    CapitalItem,
    CostLine,
    DepreciationClass,
    Fiscal,
    Levy,
    MetalTerms,
    OreSource,
    Process,
    Product,
    Terms,
)
from app.engine.kinds import (
    CapitalKind,
    CostBasis,
    CostCategory,
    DepreciationMethod,
    DiscountConvention,
    LevyBase,
    PeriodLength,
    PreProductionRevenue,
)
from app.engine.lines import LINES, Line, RollUp, describe, in_order
from app.engine.timeline import Timeline
from tests.engine.mines import bare, flat, gold_mine, years

FIXED = [line.key for line in LINES if "*" not in line.key]


def test_every_line_has_a_row_for_each_period_and_stands_in_the_order_of_the_statement() -> None:
    flow = evaluate(gold_mine())
    assert flow.problems == ()
    assert list(flow.lines) == in_order(flow.lines)
    assert {row.shape for row in flow.lines.values()} == {(8, 1)}
    optional = {"accretion_charged", "accretion_added_back", "pre_production_revenue"}
    optional |= {key for key in FIXED if "attributable" in key}
    assert set(FIXED) - optional <= set(flow.lines)
    for key in flow.lines:
        assert describe(key).label


def test_the_cash_flow_by_hand() -> None:
    flow = evaluate(gold_mine())
    ounces = 1e6 * 1.5 / 31.1034768 * 0.92 * 0.999
    revenue = ounces * 2000
    nsr = revenue - ounces * 5
    ebitda = nsr * 0.97 - (4e6 * 3 + 1e6 * 14 + 6e6)
    year = 3
    assert flow["revenue"][year, 0] == pytest.approx(revenue, rel=1e-12)
    assert flow["nsr"][year, 0] == pytest.approx(nsr, rel=1e-12)
    assert flow["ebitda"][year, 0] == pytest.approx(ebitda, rel=1e-12)
    pre_tax = ebitda - 5e6 - flow["working_capital_change"][year, 0]
    assert flow["pre_tax_cash_flow"][year, 0] == pytest.approx(pre_tax, rel=1e-12)
    after = pre_tax - 0.3 * (ebitda - flow["depreciation"][year, 0])
    assert flow["after_tax_cash_flow"][year, 0] == pytest.approx(after, rel=1e-12)
    assert flow["cumulative_after_tax"][-1, 0] == pytest.approx(flow["after_tax_cash_flow"].sum(), rel=1e-12)
    assert "revenue" in flow
    assert "revenues" not in flow


def test_named_gives_the_lines_of_a_pattern() -> None:
    flow = evaluate(gold_mine())
    assert list(flow.named("opex")) == ["mining", "milling", "site"]
    assert list(flow.named("payable")) == ["Au"]


def quarterly() -> CashFlow:
    """Return two quarters and a year of a mine that processes what it mines."""
    timeline = Timeline.mixed(date(2026, 7, 1), [(PeriodLength.QUARTER, 2), (PeriodLength.YEAR, 1)])
    ore = [1.0, 3, 8]
    mill = Process("mill", ore, {"Au": [2e-6, 4e-6, 1e-6]}, {"Au": 0.9})
    return evaluate(
        bare(
            timeline=timeline,
            sources=(OreSource("pit", ore, [2.0, 4, 8]),),
            processes=(mill,),
            products=(Product("doré", (MetalTerms("Au", [1e6, 2e6, 3e6]),)),),
        )
    )


def test_years_add_flows_take_last_balances_and_weigh_grades() -> None:
    flow = quarterly()
    year = flow.yearly()
    assert year.labels == ("2026", "2027")
    assert flat(year["ore_processed"]) == [4, 8]
    assert flat(year["strip_ratio"]) == [1.5, 1]
    assert flat(year["head_grade.Au"]) == pytest.approx([3.5e-6, 1e-6])
    payable = flow["payable.Au"].ravel()
    assert flat(year["price.Au"]) == pytest.approx(
        [1e6 * (payable[0] + 2 * payable[1]) / payable[:2].sum(), 3e6]
    )
    assert year["revenue"].sum() == pytest.approx(flow["revenue"].sum())
    assert flat(year["cumulative_pre_tax"]) == flat(flow["cumulative_pre_tax"][1:])


def test_an_annual_cash_flow_is_its_own_yearly_table() -> None:
    flow = evaluate(gold_mine())
    year = flow.yearly()
    for key, row in flow.lines.items():
        assert flat(year[key]) == pytest.approx(flat(row), rel=1e-12, nan_ok=True), key


@pytest.mark.parametrize(
    ("key", "follows"),
    [
        ("recovered.Au", "payable.Au"),
        ("payable.Au", "revenue.Au"),
        ("price.Au", "revenue"),
        ("revenue.Au", "revenue"),
        ("revenue", "nsr"),
        ("refining", "offsite"),
        ("offsite_costs", "offsite"),
        ("offsite", "nsr"),
        ("nsr", "levy.royalty"),
        ("levy.royalty", "royalties"),
        ("opex.mining", "opex"),
        ("opex", "taxable_income"),
        ("capital.initial", "depreciation"),
        ("capital", "pre_tax_cash_flow"),
        ("depreciation", "income_tax"),
        ("taxable_income", "income_tax"),
        ("income_tax", "after_tax_cash_flow"),
        ("salvage", "pre_tax_cash_flow"),
        ("closure", "pre_tax_cash_flow"),
        ("working_capital", "working_capital_change"),
        ("working_capital_change", "pre_tax_cash_flow"),
        ("pre_tax_cash_flow", "after_tax_cash_flow"),
        ("after_tax_cash_flow", "cumulative_after_tax"),
    ],
)
def test_an_entered_row_replaces_its_line_and_the_next_one_follows(key: str, follows: str) -> None:
    derived = evaluate(gold_mine())
    row = derived[key].ravel() * 1.5 + np.array([0, 0, 0, 0, 0, 0, 1e-3, 0])
    entered = evaluate(gold_mine(entered={key: row}))
    assert flat(entered[key]) == pytest.approx(flat(row))
    assert entered.entered == {key}
    assert flat(entered[follows]) != flat(derived[follows])


def test_entering_the_derived_row_changes_nothing() -> None:
    derived = evaluate(gold_mine())
    keys = [key for key in derived.lines if describe(key).enterable and not key.startswith("opex_category")]
    for key in keys:
        again = evaluate(gold_mine(entered={key: derived[key].ravel()}))
        assert flat(again["after_tax_cash_flow"]) == pytest.approx(
            flat(derived["after_tax_cash_flow"]), rel=1e-12
        ), key
        assert again.problems == (), key


def test_a_royalty_that_is_only_entered_counts_before_tax() -> None:
    mine = gold_mine(fiscal=Fiscal(), entered={"levy.government": 1e6})
    flow = evaluate(mine)
    assert flat(flow["royalties"]) == [1e6] * 8


def netted(kind: PreProductionRevenue) -> CashFlow:
    mine = gold_mine()
    return evaluate(
        replace(
            mine,
            timeline=years(8, production_start=3),
            terms=replace(mine.terms, pre_production_revenue=kind),
        )
    )


def test_revenue_before_production_lowers_capital_instead() -> None:
    shown, net = netted(PreProductionRevenue.SHOWN), netted(PreProductionRevenue.NETTED)
    early = shown["nsr"][2, 0]
    assert early > 0
    assert flat(net["revenue"][:3]) == [0, 0, 0]
    assert net["capital.initial"][2, 0] == pytest.approx(shown["capital.initial"][2, 0] - early)
    assert net["pre_production_revenue"][2, 0] == pytest.approx(early)
    royalty = 0.03 * early
    receivable = shown["working_capital"][2, 0] - net["working_capital"][2, 0]
    assert net["pre_tax_cash_flow"][2, 0] == pytest.approx(
        shown["pre_tax_cash_flow"][2, 0] + royalty + receivable
    )
    assert net["depreciation"].sum() == pytest.approx(shown["depreciation"].sum() - early)
    assert net.problems == ()


def test_entered_capital_follows_the_depreciation_of_its_items() -> None:
    classes = tuple(DepreciationClass(name, DepreciationMethod.IMMEDIATE) for name in ("mill", "mine"))
    items = (
        CapitalItem("mill", CapitalKind.INITIAL, [60.0, 0], depreciation="mill"),
        CapitalItem("mine", CapitalKind.INITIAL, [40.0, 0], depreciation="mine"),
    )
    flow = evaluate(
        bare(
            2,
            timeline=years(2, production_start=0),
            capital=items,
            fiscal=Fiscal(depreciation=classes),
            entered={"capital.initial": [200.0, 0]},
        )
    )
    assert flow["depreciation.mill"].sum() == pytest.approx(120)
    assert flow["depreciation.mine"].sum() == pytest.approx(80)


def test_what_is_not_a_line_is_no_key() -> None:
    with pytest.raises(KeyError):
        describe("profit")
    assert Line("x.*.y", "", LINES[0].unit, LINES[0].section).match("x..y") is None


def test_every_total_that_lines_name_exists() -> None:
    keys = {line.key for line in LINES}
    assert {line.parent for line in LINES if line.sign} <= keys
    assert all(line.weights for line in LINES if line.roll_up in (RollUp.WEIGHTED, RollUp.QUOTIENT))


def test_discounted_lines_use_the_factors() -> None:
    flow = evaluate(gold_mine(terms=Terms(0.05, DiscountConvention.END)))
    assert flat(flow.discounted("revenue")) == pytest.approx(
        flat(flow["revenue"].ravel() * 1.05 ** -np.arange(1, 9))
    )
    assert flat(flow["discounted_after_tax"]) == flat(flow.discounted("after_tax_cash_flow"))


def test_a_levy_after_tax_is_a_mining_tax() -> None:
    fiscal = Fiscal(levies=(Levy("duty", LevyBase.EBITDA, 0.075, before_tax=False),))
    cost = CostLine("site", CostCategory.OTHER, CostBasis.PER_YEAR, 40.0)
    flow = evaluate(bare(2, fiscal=fiscal, costs=(cost,), entered={"revenue": 100.0}))
    assert flat(flow["mining_taxes"]) == pytest.approx([4.5, 4.5])
    assert flat(flow["pre_tax_cash_flow"]) == [60, 60]
    assert flat(flow["after_tax_cash_flow"]) == pytest.approx([55.5, 55.5])
