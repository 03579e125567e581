"""Rows become engine inputs: converted by unit, bound to their drivers, refused in the user's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.engine.inputs import HOME, Interest, MineInputs, Money
from app.engine.kinds import Carry, PeriodLength
from app.engine.quantity import Driven
from app.engine.timeline import Timeline
from app.errors import InvalidInput, NotFound
from app.valuation.inputs import mine_inputs
from app.valuation.load import load_scenario
from tests.valuation.mine import PARAMETERS, SCENARIO, one, small_mine

OUNCE, POUND, SHORT_TON = 31.1034768e-6, 0.00045359237, 0.90718474


def read(session: Session, **changes: object) -> MineInputs:
    stored = small_mine(session, **changes)
    session.expunge_all()
    return mine_inputs(load_scenario(session, stored.id))


def refused(session: Session, **changes: object) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        read(session, **changes)
    return {problem.field: f"{problem.value}: {problem.allowed}" for problem in caught.value.problems}


@contextmanager
def counted_queries(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_a_mine_is_read_in_engine_units(session: Session) -> None:
    inputs = read(session)
    assert inputs.timeline.lengths == (PeriodLength.YEAR,) * 4
    assert inputs.timeline.production_start == 1
    assert inputs.terms.discount_rate == 0.08
    assert inputs.terms.finance_rate == 0.07
    assert inputs.unit_costs.royalty_in_c1
    assert inputs.fiscal.write_off == 3
    source = inputs.sources[0]
    assert source.ore == (0.0, 1e6, 1.2e6, 0.8e6)
    assert source.reserve == 3.1e6
    assert source.grades == {"Au": 1.5e-6, "Cu": 0.008}
    assert inputs.stockpiles[0].opening_grades["Au"] == pytest.approx(0.03 * OUNCE / SHORT_TON, rel=1e-15)
    assert inputs.processes[0].feeds[0].source == "ROM pad"
    curve = inputs.processes[0].recoveries["Cu"]
    assert (curve.grades, curve.recoveries) == ((0.002, 0.01), (0.8, 0.92))  # type: ignore[union-attr]


def test_what_a_heap_gives_later_is_read(session: Session) -> None:
    gold = {
        "metal": "Au",
        "recovery": one(70, "%"),
        "release": {"value": [75, 25], "unit": "%"},
        "earlier": {"value": [4, 1, 0, 0], "unit": "koz"},
    }
    (mill,) = SCENARIO["processes"]
    (process,) = read(session, processes=[mill | {"metals": [gold, mill["metals"][1]]}]).processes
    assert process.releases == {"Au": (0.75, 0.25)}
    assert process.earlier["Au"] == pytest.approx((4000 * OUNCE, 1000 * OUNCE, 0, 0), rel=1e-15)


def test_prices_are_per_tonne_and_follow_their_driver(session: Session) -> None:
    inputs = read(session)
    assert inputs.drivers["gold_price"] == pytest.approx(2000 / OUNCE, rel=1e-15)
    assert inputs.drivers["copper_price"] == pytest.approx([p / POUND for p in (4, 4, 3.5, 3.5)], rel=1e-15)
    copper, gold = inputs.products[0].metals
    assert copper.price == Driven("copper_price", 1.0)
    assert copper.price_money == Money("CAD")
    assert gold.price_money == HOME
    assert copper.refining == pytest.approx(0.08 / POUND, rel=1e-15)
    assert gold.participation is not None
    assert gold.participation.basis == pytest.approx(1900 / OUNCE, rel=1e-15)
    assert gold.streams[0].steps == ((pytest.approx(90_000 * OUNCE, rel=1e-15), 0.2), (inf, 0.6))


def test_costs_are_per_unit_of_their_basis(session: Session) -> None:
    inputs = read(session)
    by_name = {line.name: line for line in inputs.costs}
    assert by_name["Mining"].rate == Driven("hard_rock", 2.1)
    assert by_name["Camp"].rate == 3e6
    assert by_name["Camp"].money == Money("CAD")
    assert by_name["Plant"].rate == pytest.approx(11 / SHORT_TON, rel=1e-15)
    assert by_name["Plant"].ramp == (1.2, 1.1)
    assert by_name["Insurance"].rate == 0.005
    truck = inputs.equipment[0]
    assert (truck.hours, truck.price, truck.salvage, truck.rebuild_interval) == (0.002, 3e6, 0.1, 12000.0)
    assert inputs.maintenance[0].downtime == 24.0
    assert inputs.capital[0].schedule == (0.7, 0.3, 0.0, 0.0)
    assert inputs.capital[0].money == Money(escalation=0.03)


def test_consumption_is_in_its_own_unit(session: Session) -> None:
    diesel, lime, balls = read(session).consumption
    assert (diesel.rate, diesel.price) == (0.6, Driven("delivered_diesel", 0.001))
    assert (lime.rate, lime.price) == (0.0015, 200.0)
    assert (balls.rate, balls.price) == (0.2, 3.0)


def test_a_driver_stands_in_base_units_after_the_one_it_follows(session: Session) -> None:
    inputs = read(session, parameters=list(reversed(PARAMETERS)))
    assert inputs.drivers["diesel"] == 1200.0  # per cubic metre
    assert inputs.drivers["delivered_diesel"] == Driven("diesel", 1.05)
    names = list(inputs.drivers)
    assert names.index("diesel") < names.index("delivered_diesel")


def test_fiscal_terms_are_read(session: Session) -> None:
    fiscal = read(session).fiscal
    nsr, duty, sliding = fiscal.levies
    assert (nsr.rate, duty.rate) == (0.02, 0.4)
    assert sliding.steps == (
        (pytest.approx(3 / POUND, rel=1e-15), 0.01),
        (pytest.approx(5 / POUND, rel=1e-15), 0.03),
    )
    assert fiscal.tax.losses.expiry == 20.0
    assert fiscal.working_capital.receivable_days == 30.0
    assert fiscal.depreciation[0].life == 3.0


def test_shares_of_the_state_are_read(session: Session) -> None:
    state = {
        "name": "State",
        "share": {"value": [10, 10, 12.5, 15], "unit": "%"},
        "carry": "to_production",
        "recovery": one(80, "%"),
        "uplift": one(6, "%"),
    }
    assert read(session, interests=[state]).fiscal.interests == (
        Interest("State", (0.1, 0.1, 0.125, 0.15), Carry.TO_PRODUCTION, 0.8, 0.06),
    )


@pytest.mark.parametrize(("name", "value"), [("share", one(10, "t")), ("recovery", one(120, "%"))])
def test_a_share_that_cannot_be_is_named_with_its_holder(
    session: Session, name: str, value: dict[str, Any]
) -> None:
    state = {"name": "State", "share": one(10, "%"), "carry": "always", name: value}
    assert list(refused(session, interests=[state])) == [f"interest 'State', {name}"]


def test_an_entered_row_in_foreign_money_is_converted_once(session: Session) -> None:
    inputs = read(session)
    assert inputs.fx == {"CAD": 0.75}
    assert inputs.entered == {"salvage": (0.0, 0.0, 0.0, 1.5e6)}


def test_what_is_not_entered_takes_the_engines_default(session: Session) -> None:
    inputs = read(session, income_tax=None, working_capital=None, levies=[], entered_rows=[])
    empty = MineInputs(
        timeline=Timeline.regular(inputs.timeline.start, PeriodLength.YEAR, 4), terms=inputs.terms
    )
    assert inputs.fiscal.tax == empty.fiscal.tax
    assert inputs.fiscal.working_capital == empty.fiscal.working_capital
    assert inputs.products[0].provisional == 1.0
    assert inputs.maintenance[0].money == HOME


@pytest.mark.parametrize("lines", [1, 40])
def test_queries_do_not_grow_with_rows(session: Session, engine: Engine, lines: int) -> None:
    costs = [dict(SCENARIO["costs"][0], name=f"Mining {index}") for index in range(lines)]
    stored = small_mine(session, costs=costs)
    session.expunge_all()
    with counted_queries(engine) as statements:
        mine_inputs(load_scenario(session, stored.id))
    assert len(statements) == 26


def test_an_unknown_scenario_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound, match="scenario 987654"):
        load_scenario(session, 987654)


def test_a_wrong_unit_names_row_and_field(session: Session) -> None:
    wrong = [dict(SCENARIO["costs"][0], rate=one(2.1, "t"))]
    assert refused(session, costs=wrong) == {"cost line 'Mining', rate": "t: a unit that measures ¤/t"}


def test_a_driver_of_another_dimension_is_refused(session: Session) -> None:
    wrong = [dict(SCENARIO["costs"][0], rate=one(2.1, "¤/t", "diesel"))]
    problems = refused(session, costs=wrong)
    assert "times parameter 'diesel'" in problems["cost line 'Mining', rate"]


def test_a_unit_nobody_knows_is_refused(session: Session) -> None:
    wrong = [dict(SCENARIO["capital"][1], amount=one(5, "M$"))]
    assert "a unit that CalMiner knows" in refused(session, capital=wrong)["capital item 'Tailings', amount"]


def test_a_row_of_another_length_is_refused(session: Session) -> None:
    wrong = [dict(SCENARIO["capital"][1], amount=one([1, 2, 3], "M¤"))]
    assert refused(session, capital=wrong) == {
        "capital item 'Tailings', amount": "3 values: one value, or 4: one for each period"
    }


def test_a_currency_without_a_rate_is_refused(session: Session) -> None:
    wrong = [dict(SCENARIO["costs"][1], currency="EUR")]
    assert refused(session, costs=wrong) == {
        "cost line 'Camp', currency": "EUR: USD, or a currency with an exchange rate in this scenario"
    }


def test_a_parameter_in_other_money_than_its_line_is_refused(session: Session) -> None:
    wrong = [dict(SCENARIO["costs"][0], rate=one(0.001, "1", "copper_price"))]
    assert refused(session, costs=wrong) == {
        "cost line 'Mining', rate": (
            "copper_price: parameter 'copper_price' is in CAD and this line in USD; give both one currency"
        )
    }


def test_parameters_in_a_circle_are_refused(session: Session) -> None:
    circle = [
        {"name": "a", "base": one(1, "1", "b")},
        {"name": "b", "base": one(1, "1", "a")},
    ]
    problems = refused(session, parameters=[*PARAMETERS, *circle])
    assert any("may not follow itself" in text for text in problems.values())


def test_an_entered_row_for_no_line_is_refused(session: Session) -> None:
    wrong = [{"line": "profit", "row": one(1, "M¤")}, {"line": "strip_ratio", "row": one(1, "1")}]
    assert set(refused(session, entered_rows=wrong)) == {
        "entered row 'profit', line",
        "entered row 'strip_ratio', line",
    }


def test_a_scenario_without_terms_cannot_be_valued(session: Session) -> None:
    assert refused(session, terms=None) == {"valuation terms, discount rate": "None: give a discount rate"}


def test_what_makes_no_sense_is_named_by_its_row(session: Session) -> None:
    wrong = [dict(SCENARIO["levies"][0], rate=one(200, "%"))]
    assert list(refused(session, levies=wrong)) == ["levy 'NSR royalty', rate"]


def test_every_problem_is_named_at_once(session: Session) -> None:
    wrong_costs = [dict(SCENARIO["costs"][0], rate=one(2.1, "t"))]
    wrong_capital = [dict(SCENARIO["capital"][1], amount=one([1, 2], "M¤"))]
    assert set(refused(session, costs=wrong_costs, capital=wrong_capital)) == {
        "cost line 'Mining', rate",
        "capital item 'Tailings', amount",
    }
