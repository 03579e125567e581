from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from app.engine import inputs as all_inputs
from app.engine.checks import check
from app.engine.checks.bounds import BOUNDS
from app.engine.inputs import (
    CapitalItem,
    Closure,
    Concentrate,
    CostLine,
    EquipmentClass,
    Feed,
    MaintenancePlan,
    MetalTerms,
    MineInputs,
    Money,
    OreSource,
    Process,
    Product,
    RecoveryCurve,
    Stockpile,
    Stream,
    Terms,
)
from app.engine.kinds import CapitalKind, CostBasis, CostCategory, PreProductionRevenue
from app.engine.quantity import Driven
from tests.engine.mines import bare, copper_mine, copper_product, gold_mine, years


def found(inputs: MineInputs) -> dict[str, str]:
    return {problem.field: problem.allowed for problem in check(inputs)}


@pytest.mark.parametrize("mine", [gold_mine(), copper_mine(), bare()])
def test_a_sound_mine_has_no_problem(mine: MineInputs) -> None:
    assert check(mine) == ()


def metal(**more: Any) -> dict[str, Any]:
    return {
        "products": (copper_product(), Product("doré", (replace(MetalTerms("Au", 1.0), **more),), share=0.0))
    }


def test_of_a_row_the_numbers_outside_are_named_by_their_period() -> None:
    mine = gold_mine()
    labels = mine.timeline.labels
    source = replace(mine.sources[0], ore=(1.0, -5.0, 1.0, -6.0, *[1.0] * (len(labels) - 4)))
    (problem,) = check(replace(mine, sources=(source,)))[:1]
    assert (problem.field, problem.value) == ("sources[0].ore", {labels[1]: -5.0, labels[3]: -6.0})


def line(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "name": "line",
        "category": CostCategory.OTHER,
        "basis": CostBasis.PER_YEAR,
        "rate": 1.0,
    }
    return {"costs": (CostLine(**(given | more)),)}


def item(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"name": "plant", "kind": CapitalKind.INITIAL, "amount": 1.0}
    return {"capital": (CapitalItem(**(given | more)),)}


PROBLEMS: list[tuple[dict[str, Any], str, str]] = [
    (metal(payable=1.2), "products[1].metals[0].payable", "a fraction from 0 to 1"),
    (metal(price=-1.0), "products[1].metals[0].price", "zero or more"),
    (
        metal(payable=Driven("more", 1.2)) | {"drivers": {"more": 1.0}},
        "products[1].metals[0].payable",
        "a fraction from 0 to 1",
    ),
    (
        metal(payable=Driven("more", 0.9)) | {"drivers": {"one": 1.2, "more": Driven("one", [1, 1, 0.9, 1])}},
        "products[1].metals[0].payable",
        "a fraction from 0 to 1",
    ),
    (
        metal(streams=tuple(Stream(s, Driven("more", 0.3), fixed_price=1.0) for s in "ab"))
        | {"drivers": {"more": 2.0}},
        "products[1].metals[0].streams",
        "shares that add to at most 1",
    ),
    ({"fx": {"EUR": Driven("less", 1.1)}, "drivers": {"less": -1.0}}, "fx.EUR", "more than zero"),
    (metal(price=Driven("gold")), "products[1].metals[0].price", "a driver of the scenario"),
    (metal(price=[1.0, 2.0]), "products[1].metals[0].price", "one for each of 4 periods"),
    (metal(price=float("nan")), "products[1].metals[0].price", "finite numbers"),
    (metal(price="high"), "products[1].metals[0].price", "a number or a row of numbers"),
    (metal(price_money=Money("EUR")), "products[1].metals[0].price_money.currency", "none given"),
    (metal(metal="Pd"), "products[1].metals[0].metal", "entered as recovered.Pd"),
    (metal(streams=(Stream("s", 0.5),)), "products[1].metals[0].streams[0].steps", "a fixed price"),
    (
        metal(streams=(Stream("s", 0.5, ((2.0, 0.2), (1.0, 0.6))),)),
        "products[1].metals[0].streams[0].steps",
        "volumes ascending",
    ),
    (
        metal(streams=(Stream("s", 0.7, ((1.0, 1.0),)), Stream("t", 0.4, ((1.0, 1.0),)))),
        "products[1].metals[0].streams",
        "at most 1",
    ),
    ({"products": (copper_product(), copper_product())}, "products[0].name", "used once"),
    ({"products": (copper_product(), copper_product(name="b"))}, "products[1].share", "shares of Cu"),
    (
        {
            "products": (
                copper_product(),
                copper_product(name="b", metals=(MetalTerms("Cu", 1.0, share=0.1),)),
            )
        },
        "products[1].metals[0].share",
        "shares of Cu",
    ),
    (metal(share=1.5), "products[1].metals[0].share", "a fraction from 0 to 1"),
    ({"products": (copper_product(processes=("leach",)),)}, "products[0].processes", "concentrator"),
    (
        {"products": (copper_product(concentrate=Concentrate("Zn", 0.5)),)},
        "products[0].concentrate.metal",
        "Cu",
    ),
    (line(basis="per_fortnight"), "costs[0].basis", "a CostBasis"),
    (line(of="pit"), "costs[0].of", "none defined"),
    (line(basis=CostBasis.PER_T_PROCESSED, of="mill"), "costs[0].of", "concentrator"),
    (line(first=3, last=2), "costs[0].last", "not before the first period"),
    (line(first=9), "costs[0].first", "a period from 0 to 3"),
    (line(ramp=(0.5, -1.0)), "costs[0].ramp", "zero or more"),
    (line(money=Money("EUR")), "costs[0].money.currency", "an exchange rate"),
    (item(), "capital[0].schedule", "a schedule for a single amount"),
    (item(amount=[1.0] * 4, schedule=(1.0,)), "capital[0].amount", "one total"),
    (item(schedule=(0.5, 0.4)), "capital[0].schedule", "add to 1"),
    (item(schedule=(0.2,) * 5), "capital[0].schedule", "at most 4"),
    (item(schedule=(1.0,), depreciation="mill"), "capital[0].depreciation", "none defined"),
    ({"fx": {"EUR": 0.0}}, "fx.EUR", "more than zero"),
    ({"terms": Terms(-1.0)}, "terms.discount_rate", "above -1"),
    ({"closures": (Closure(spend=-5.0),)}, "closures[0].spend", "zero or more"),
    ({"timeline": years(4, production_start=4)}, "timeline.production_start", "from 0 to 3"),
    ({"timeline": years(4, year_start=13)}, "timeline.year_start", "from 1 to 12"),
    (
        {"terms": Terms(0.1, pre_production_revenue=PreProductionRevenue.NETTED)},
        "timeline.production_start",
        "netted against capital",
    ),
    ({"drivers": {"a": Driven("b"), "b": 1.0}}, "drivers.a", "given before its use"),
    ({"stockpiles": (Stockpile("pile", "pit"),)}, "stockpiles[0].source", "none defined"),
    (
        {"sources": (OreSource("pit", 1.0, grades={"Cu": 1.5}),)},
        "sources[0].grades.Cu",
        "a fraction from 0 to 1",
    ),
    (
        {"processes": (Process("mill", feeds=(Feed("pit", 1.0),)),), "products": ()},
        "processes[0].feeds[0].source",
        "none defined",
    ),
    (
        {"processes": (Process("mill", 1.0, {}, {"Cu": 0.9}),), "products": ()},
        "processes[0].recoveries.Cu",
        "a metal with a grade",
    ),
    (
        {"processes": (Process("mill", 1.0, {"Cu": 0.1}, {"Cu": RecoveryCurve((2.0, 1.0), (0.1, 0.2))}),)},
        "processes[0].recoveries.Cu",
        "grades ascending",
    ),
    (
        {"equipment": (EquipmentClass("truck", 1.0, 1.0, CostBasis.PER_OPERATING_HOUR),)},
        "equipment[0].basis",
        "operating hours themselves",
    ),
    (
        {"equipment": (EquipmentClass("truck", 1.0, 1.0, availability=0.0),)},
        "equipment[0].availability",
        "above 0",
    ),
    ({"maintenance": (MaintenancePlan("service", "truck", 1.0, 1.0),)}, "maintenance[0].equipment", "none"),
    (
        line(name="truck") | {"equipment": (EquipmentClass("truck", 1.0, 1.0),)},
        "equipment[0].name",
        "no other line of operating cost",
    ),
    ({"entered": {"recovered.Cuu": 1.0}}, "entered.recovered.Cuu", "recovered.Cu"),
    ({"entered": {"revenu": 1.0}}, "entered.revenu", "revenue"),
    ({"entered": {"ebitda": 1.0}}, "entered.ebitda", "follows from others"),
    ({"entered": {"capital.intial": 1.0}}, "entered.capital.intial", "capital.initial"),
    ({"entered": {"opex.drilling": 1.0}}, "entered.opex.drilling", "opex"),
    ({"entered": {"revenue": [1.0, 2.0]}}, "entered.revenue", "one for each of 4 periods"),
]


@pytest.mark.parametrize(("change", "field", "allowed"), PROBLEMS, ids=[row[1] for row in PROBLEMS])
def test_a_bad_value_is_named_with_what_is_allowed(change: dict[str, Any], field: str, allowed: str) -> None:
    problems = found(copper_mine(**change))
    assert field in problems
    assert allowed in problems[field]


def test_a_slip_in_a_levy_s_name_is_no_new_levy() -> None:
    assert found(gold_mine(entered={"levy.roylaty": 1.0}))["entered.levy.roylaty"].endswith("levy.royalty")
    assert check(gold_mine(entered={"levy.community fund": 1.0})) == ()


def test_every_problem_says_what_it_found() -> None:
    (problem,) = check(gold_mine(terms=Terms(-2.0)))
    assert str(problem) == "terms.discount_rate: -2.0 is not allowed; a rate per year above -1, such as 0.08"


def test_bounds_name_fields_that_exist() -> None:
    for cls, bounds in BOUNDS.items():
        assert set(bounds) <= {entry.name for entry in fields(cls)}


def test_what_a_row_of_trials_holds_is_checked_too() -> None:
    assert "sources[0].ore" in found(bare(2, sources=(OreSource("pit", np.array([[1.0, -1], [1, 1]])),)))


def test_the_walk_reaches_every_dataclass_of_a_mine() -> None:
    reached = {Terms, *BOUNDS}
    mine_parts = {cls for cls in vars(all_inputs).values() if isinstance(cls, type) and is_dataclass(cls)}
    assert reached <= mine_parts
