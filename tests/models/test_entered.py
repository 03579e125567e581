from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as some
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, NotSupportedError
from sqlalchemy.orm import Session

from app.models import CostLine, Curve, Entered, Row, Scenario, Single

FINITE = some.floats(allow_nan=False, allow_infinity=False)


def line(scenario: Scenario, **changes: object) -> CostLine:
    given = {"name": "Line", "category": "other", "basis": "entered", "rate": Entered((1.0,), "¤")}
    return CostLine(scenario_id=scenario.id, **{**given, **changes})


@given(values=some.lists(FINITE, min_size=1, max_size=40))
def test_every_digit_comes_back(session: Session, scenario: Scenario, values: list[float]) -> None:
    with session.begin_nested() as savepoint:
        entered = line(scenario, name="digits", rate=Entered(tuple(values), "M¤"))
        session.add(entered)
        session.flush()
        session.refresh(entered)
        assert [value.hex() for value in entered.rate.values] == [value.hex() for value in values]
        savepoint.rollback()


def test_what_was_not_entered_is_none(session: Session, scenario: Scenario) -> None:
    session.add(entered := line(scenario))
    session.flush()
    session.refresh(entered)
    assert (entered.ramp, entered.escalation, entered.rate.driver) == (None, None, None)


def test_the_kinds_come_back_as_they_were_written(scenario: Scenario, session: Session) -> None:
    session.expire_all()
    assert scenario.costs[0].ramp == Row((120.0, 110.0), "%")
    assert scenario.sources[0].reserve == Single(30.0, "Mt")
    assert scenario.levies[0].steps == Curve((1500.0, 2500.0), "¤/oz", (2.5, 5.0), "%")
    assert scenario.products[0].metals[0].streams[0].steps == Curve(
        (90.0, math.inf), "koz", (20.0, 60.0), "%"
    )
    assert scenario.parameters[1].base == Entered((3500.0, 3400.0, 3300.0), "¤/oz", "grade_factor")


@pytest.mark.parametrize(
    "rate",
    [
        Entered((), "¤"),
        Entered((1.0, math.nan), "¤"),
        Entered((math.inf,), "¤"),
        Entered((-math.inf,), "¤"),
        Entered((1.0,), ""),
        Entered((1.0, None), "¤"),  # type: ignore[arg-type]
    ],
    ids=["empty", "nan", "infinite", "minus infinite", "no unit", "hole"],
)
def test_numbers_that_are_none_are_refused(session: Session, scenario: Scenario, rate: Entered) -> None:
    session.add(line(scenario, rate=rate))
    with pytest.raises(IntegrityError, match="ck_cost_lines_rate_entered"):
        session.flush()


def test_a_required_quantity_cannot_be_left_out(session: Session, scenario: Scenario) -> None:
    session.add(line(scenario, rate=None))
    with pytest.raises(IntegrityError, match="not-null"):
        session.flush()


@pytest.mark.parametrize(
    "assignment",
    [
        "ramp_unit = NULL",
        "ramp_values = NULL",
        "ramp_values = '{}'",
        "escalation_values = NULL, escalation_unit = NULL, escalation_driver = 'gold_price'",
    ],
)
def test_a_quantity_is_whole_or_absent(session: Session, scenario: Scenario, assignment: str) -> None:
    with pytest.raises(IntegrityError, match="ck_cost_lines_"):
        session.execute(text(f"UPDATE cost_lines SET {assignment}"))


@pytest.mark.parametrize(
    "assignment",
    ["steps_y_unit = NULL", "steps_y = '{1}'", "steps_x = '{NaN,1}'", "steps_y = '{1,Infinity}'"],
)
def test_a_curve_is_whole_or_absent(session: Session, scenario: Scenario, assignment: str) -> None:
    with pytest.raises(IntegrityError, match="ck_levies_steps_entered"):
        session.execute(text(f"UPDATE levies SET {assignment}"))


def test_a_nested_row_of_numbers_is_refused(session: Session, scenario: Scenario) -> None:
    with pytest.raises(NotSupportedError, match="multidimensional"):
        session.execute(text("UPDATE cost_lines SET rate_values = '{{1,2},{3,4}}'"))


def test_a_driver_of_nowhere_is_refused(session: Session, scenario: Scenario) -> None:
    session.add(line(scenario, rate=Entered((1.0,), "¤", "no_such_driver")))
    with pytest.raises(IntegrityError, match="fk_cost_lines_scenario_id_rate_driver"):
        session.flush()


def test_a_driver_of_another_scenario_is_refused(session: Session, scenario: Scenario) -> None:
    other = Scenario(
        project=scenario.project, slug="other", name="Other", start=scenario.start, periods=scenario.periods
    )
    session.add(other)
    session.flush()
    session.add(line(other, rate=Entered((1.0,), "¤", "gold_price")))
    with pytest.raises(IntegrityError, match="fk_cost_lines_scenario_id_rate_driver"):
        session.flush()


def test_renaming_a_driver_renames_it_everywhere(session: Session, scenario: Scenario) -> None:
    gold = next(parameter for parameter in scenario.parameters if parameter.name == "gold_price")
    gold.name = "gold"
    session.flush()
    session.expire_all()
    assert scenario.products[0].metals[0].price.driver == "gold"
    assert scenario.correlations[0].first == "gold"


def test_a_driver_in_use_cannot_be_deleted(session: Session, scenario: Scenario) -> None:
    gold = next(parameter for parameter in scenario.parameters if parameter.name == "gold_price")
    session.delete(gold)
    with pytest.raises(IntegrityError, match="fk_product_metals_scenario_id_price_driver"):
        session.flush()
