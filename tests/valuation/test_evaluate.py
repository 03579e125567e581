"""A scenario's value follows its rows at once, is remembered while nothing changed, and answers what-ifs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import numpy as np
import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.engine.lines import LineSection, LineUnit
from app.errors import InvalidInput, NotFound
from app.models import CostLine, ProductProcess, Project
from app.models.clone import clone_scenario
from app.valuation.evaluate import Change, Memory, Valuation, evaluate_scenario, what_if
from tests.valuation.mine import small_mine

Counter = Callable[[], AbstractContextManager[list[str]]]


def value(valuation: Valuation, line: str = "after_tax_cash_flow") -> float:
    return float(valuation.cash_flow.discounted(line).sum())


def test_a_scenario_has_a_value(session: Session) -> None:
    valuation = evaluate_scenario(session, small_mine(session).id)
    assert valuation.currency == "USD"
    assert valuation.problems == ()
    assert valuation.statement.years == ("2027", "2028", "2029", "2030")
    assert np.isfinite(value(valuation))


def test_the_statement_is_the_cash_flow_by_year(session: Session) -> None:
    valuation = evaluate_scenario(session, small_mine(session).id)
    revenue = valuation.statement.row("revenue")
    assert revenue.values == tuple(valuation.cash_flow["revenue"].ravel())
    assert (revenue.label, revenue.section, revenue.unit) == (
        "Gross revenue",
        LineSection.REVENUE,
        LineUnit.MONEY,
    )
    assert valuation.statement.row("salvage").entered
    assert not revenue.entered
    assert valuation.statement.row("consumption.Diesel").resource == "L"
    keys = [row.key for row in valuation.statement.section(LineSection.CASH_FLOW)]
    assert keys.index("pre_tax_cash_flow") < keys.index("after_tax_cash_flow")
    assert "capital.expansion" not in {row.key for row in valuation.statement.section(LineSection.CAPITAL)}


def test_an_unchanged_scenario_is_not_loaded_again(session: Session, query_counter: Counter) -> None:
    scenario_id = small_mine(session).id
    first = evaluate_scenario(session, scenario_id)
    with query_counter() as queries:
        second = evaluate_scenario(session, scenario_id)
    assert second is first
    assert len(queries) == 1


@pytest.mark.parametrize(
    "statement",
    [
        update(CostLine).where(CostLine.name == "Mining").values(first=2),
        delete(CostLine).where(CostLine.name == "Mining"),
        delete(ProductProcess),
        update(Project).values(commodity="Copper"),
    ],
    ids=["edited row", "deleted row", "row without a version", "project"],
)
def test_whatever_changed_is_seen(session: Session, statement: object) -> None:
    scenario_id = small_mine(session).id
    before = evaluate_scenario(session, scenario_id)
    session.execute(statement)  # type: ignore[call-overload]
    assert evaluate_scenario(session, scenario_id) is not before


def test_an_edit_moves_the_value(session: Session) -> None:
    scenario = small_mine(session)
    before = value(evaluate_scenario(session, scenario.id))
    next(line for line in scenario.costs if line.name == "Plant").last = 1
    assert value(evaluate_scenario(session, scenario.id)) > before


def test_an_edit_of_one_scenario_leaves_the_other_remembered(session: Session) -> None:
    first = small_mine(session)
    second = clone_scenario(session, first, slug="other", name="Other")
    kept = evaluate_scenario(session, first.id)
    second.costs[0].first = 1
    evaluate_scenario(session, second.id)
    assert evaluate_scenario(session, first.id) is kept


def test_an_unknown_scenario_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        evaluate_scenario(session, 987654)


def test_memory_forgets_the_least_recently_used(session: Session) -> None:
    valuation = evaluate_scenario(session, small_mine(session).id)
    memory = Memory(size=2)
    memory.keep(("a",), valuation)
    memory.keep(("b",), valuation)
    memory.get(("a",))
    memory.keep(("c",), valuation)
    assert [memory.get((key,)) is valuation for key in "abc"] == [True, False, True]


def test_a_what_if_moves_the_value_and_stores_nothing(session: Session, query_counter: Counter) -> None:
    valuation = evaluate_scenario(session, small_mine(session).id)
    with query_counter() as queries:
        dearer = what_if(valuation, {"gold_price": Change(value=2200.0)})
    assert queries == []
    gold = valuation.cash_flow["revenue.Au"]
    assert np.allclose(dearer.cash_flow["revenue.Au"] - gold, 0.1 * gold, rtol=1e-12)
    assert value(dearer) > value(valuation)


def test_a_factor_scales_a_row_and_what_follows_it(session: Session) -> None:
    valuation = evaluate_scenario(session, small_mine(session).id)
    changed = what_if(valuation, {"copper_price": Change(factor=0.5), "diesel": Change(factor=2.0)})
    for line, factor in (("revenue.Cu", 0.5), ("opex.Diesel", 2.0)):
        assert np.allclose(changed.cash_flow[line], factor * valuation.cash_flow[line], rtol=1e-12)


def test_no_change_is_no_change(session: Session) -> None:
    valuation = evaluate_scenario(session, small_mine(session).id)
    same = what_if(valuation, {name: Change() for name in valuation.units})
    assert value(same) == value(valuation)


def test_a_what_if_of_nothing_known_is_refused(session: Session) -> None:
    valuation = evaluate_scenario(session, small_mine(session).id)
    with pytest.raises(InvalidInput) as caught:
        what_if(valuation, {"silver_price": Change(value=25.0), "gold_price": Change(value=(1.0, 2.0))})
    assert [problem.field for problem in caught.value.problems] == ["silver_price", "gold_price"]
