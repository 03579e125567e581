"""Changing the rows of a scenario: every part, every way to fail, and a what-if that stores nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotAllowed, NotFound
from app.models import Entered, Scenario, ScenarioRevision
from app.planning.edit import RowChange, save
from app.planning.history import Because, latest, latest_number
from app.planning.parts import ONLY, PARTS, Part
from app.planning.values import value_of
from app.planning.what_if import what_if
from app.seed.written import scenario_document
from app.valuation.evaluate import evaluate_scenario
from app.valuation.load import load_scenario
from tests.thorough import some


def first(scenario: Scenario, part: Part) -> Any:
    return next(part.rows(scenario))


def line(scenario: Scenario, **values: Any) -> RowChange:
    row = scenario.costs[0]
    return RowChange("costs", str(row.id), row.version, values)


def recorded(session: Session, scenario: Scenario) -> bool:
    """Say whether the newest revision holds what stands in the database."""
    session.expire_all()
    newest, stored = latest(session, scenario.id), scenario_document(load_scenario(session, scenario.id))
    return newest is not None and {**newest.document, "is_base": stored.get("is_base")} == stored


def rejected(session: Session, scenario: Scenario, *changes: RowChange) -> dict[str, str]:
    before = scenario_document(load_scenario(session, scenario.id))
    with pytest.raises(InvalidInput) as error:
        save(session, scenario, changes, Because())
    session.expire_all()
    assert scenario_document(load_scenario(session, scenario.id)) == before
    return {problem.field: problem.allowed for problem in error.value.problems}


def test_it_works(session: Session, scenario: Scenario) -> None:
    change = line(scenario, rate={"value": 4.5, "unit": "¤/t"}, basis="per_t_mined", note="Quote of March")
    save(session, scenario, [change], Because(note="New contract"))
    session.expire_all()
    row = scenario.costs[0]
    assert (row.rate, row.basis, row.note) == (Entered((4.5,), "¤/t"), "per_t_mined", "Quote of March")
    newest = latest(session, scenario.id)
    assert newest is not None
    assert newest.note == "New contract"
    assert {change["place"].rpartition(" › ")[2] for change in newest.changes} >= {"Rate", "Note"}


REMOVABLE = [part for part in PARTS.values() if part.path]


@pytest.mark.parametrize("part", some([*PARTS.values()]), ids=lambda part: part.key)
def test_every_row_saved_as_it_is_changes_nothing(session: Session, scenario: Scenario, part: Part) -> None:
    full = load_scenario(session, scenario.id)
    changes = [
        RowChange(
            part.key,
            part.key_of(row),
            row.version,
            {f.name: value_of(part, row, f.name) for f in part.fields},
        )
        for row in part.rows(full)
    ]
    assert changes, f"the document of tests/everything.py leaves {part.key} empty"
    before = scenario_document(full)
    save(session, scenario, changes, Because())
    session.expire_all()
    assert scenario_document(load_scenario(session, scenario.id)) == before
    assert latest_number(session, scenario.id) == 1


@pytest.mark.parametrize(
    "part", some([part for part in PARTS.values() if part.path]), ids=lambda part: part.key
)
def test_a_deleted_row_can_be_added_again(session: Session, scenario: Scenario, part: Part) -> None:
    """In the demo, where few rows refer to each other, and in the document that has everything."""
    full = load_scenario(session, scenario.id)
    row = list(part.rows(full))[-1]
    before = len(list(part.rows(full)))
    values = {f.name: value_of(part, row, f.name) for f in part.fields}
    gone = RowChange(part.key, part.key_of(row), row.version, remove=True)
    try:
        save(session, scenario, [gone], Because())
    except InvalidInput as error:
        assert "still referred to" in str(error)  # noqa: PT017
        return
    assert recorded(session, scenario)
    assert len(list(part.rows(load_scenario(session, scenario.id)))) == before - 1
    (added,) = save(session, scenario, [RowChange(part.key, values=values)], Because())
    session.expire_all()
    full = load_scenario(session, scenario.id)
    assert added.row in list(part.rows(full))
    assert {f.name: value_of(part, added.row, f.name) for f in part.fields} == values


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"rate": {"value": "a lot", "unit": "¤/t"}}, "rate", "a number"),
        ({"rate": {"value": float("nan"), "unit": "¤/t"}}, "rate", "a number"),
        ({"rate": {"value": 4, "unit": "¤/furlong"}}, "rate", "a unit that CalMiner knows"),
        ({"rate": {"value": 4, "unit": "h"}}, "rate", "a unit that measures"),
        ({"rate": {"value": [1, 2], "unit": "¤/t"}}, "rate", "one value, or 3"),
        ({"rate": {"value": 4, "unit": "¤/t", "driver": "nobody"}}, "rate", ""),
        ({"rate": None}, "rate", "fill this in"),
        ({"basis": "per_wish"}, "basis", "one of"),
        ({"currency": "CHF"}, "currency", "exchange rate"),
        ({"currency": "XYZ"}, "currency", ""),
        ({"first": 5, "last": 2}, "last", "not before the first period"),
        ({"first": -1}, "first", "at least 0"),
        ({"name": ""}, "name", "fill this in"),
        ({"colour": "red"}, "colour", "one of the fields"),
        ({"heading": "nowhere"}, "heading", "one that this scenario has"),
    ],
)
def test_a_bad_value_names_its_field_and_changes_nothing(
    session: Session, scenario: Scenario, values: dict[str, Any], field: str, words: str
) -> None:
    problems = rejected(session, scenario, line(scenario, **values))
    assert f"changes[0].{field}" in problems or "driver" in next(iter(problems))
    assert any(words in allowed for allowed in problems.values())


def test_one_bad_row_keeps_every_row_from_being_saved(session: Session, scenario: Scenario) -> None:
    good = line(scenario, note="fine")
    bad = RowChange("parameters", str(scenario.parameters[0].id), 1, {"base": {"value": [], "unit": "1"}})
    assert set(rejected(session, scenario, good, bad)) == {"changes[1].base"}


def test_a_new_row_needs_what_it_cannot_do_without(session: Session, scenario: Scenario) -> None:
    problems = rejected(session, scenario, RowChange("costs", values={"name": "New"}))
    assert set(problems) == {f"changes[0].{name}" for name in ("category", "basis", "rate")}


def test_a_name_stands_once(session: Session, scenario: Scenario) -> None:
    row = scenario.costs[0]
    values = {
        "name": row.name,
        "category": "mining",
        "basis": "per_year",
        "rate": {"value": 1, "unit": "M¤"},
    }
    assert "another one" in rejected(session, scenario, RowChange("costs", values=values))["changes[0].name"]


def test_what_others_refer_to_stays(session: Session, scenario: Scenario) -> None:
    source = scenario.sources[0]
    gone = RowChange("sources", str(source.id), source.version, remove=True)
    assert "still referred to" in rejected(session, scenario, gone)["changes[0].name"]


def test_the_owner_of_a_row_is_chosen_once(session: Session, scenario: Scenario) -> None:
    metal = scenario.sources[0].metals[0]
    moved = RowChange("source_metals", str(metal.id), metal.version, {"source": "Elsewhere"})
    assert "delete this row" in rejected(session, scenario, moved)["changes[0].source"]
    lost = RowChange(
        "source_metals", values={"source": "x", "metal": "Ag", "grade": {"value": 1, "unit": "g/t"}}
    )
    assert "changes[0].source" in rejected(session, scenario, lost)


def test_a_lost_race_shows_both_sides(session: Session, scenario: Scenario) -> None:
    stale = line(scenario, note="mine")
    save(session, scenario, [line(scenario, note="theirs")], Because())
    with pytest.raises(Conflict) as error:
        save(session, scenario, [stale], Because())
    assert (error.value.theirs, error.value.yours) == ({"Note": "theirs"}, {"Note": "mine"})
    gone = RowChange("costs", "999999", 1, {"note": "mine"})
    with pytest.raises(Conflict, match="no longer there"):
        save(session, scenario, [gone], Because())
    assert scenario.costs[0].note == "theirs"


def test_a_lost_race_over_a_schedule_names_the_periods(session: Session, scenario: Scenario) -> None:
    def rate(*values: float) -> RowChange:
        return line(scenario, rate={"value": list(values), "unit": "¤/t"})

    save(session, scenario, [rate(1, 2, 3)], Because())
    stale = rate(1, 2, 4)
    save(session, scenario, [rate(1, 5, 3)], Because())
    with pytest.raises(Conflict) as error:
        save(session, scenario, [stale], Because())
    assert error.value.theirs == {"Rate": "period 1: 5; period 2: 3"}
    assert error.value.yours == {"Rate": "period 1: 2; period 2: 4"}


def test_there_is_one_timeline_and_it_stays(session: Session, scenario: Scenario) -> None:
    with pytest.raises(NotAllowed):
        save(session, scenario, [RowChange("scenario", ONLY, remove=True)], Because())
    values = {"discount_rate": {"value": 5, "unit": "%"}}
    with pytest.raises(Conflict, match="there already"):
        save(session, scenario, [RowChange("terms", values=values)], Because())
    with pytest.raises(NotFound):
        save(session, scenario, [RowChange("wishes")], Because())


def test_renaming_a_part_renames_what_refers_to_it(session: Session, scenario: Scenario) -> None:
    row = next(each for each in scenario.parameters if each.name == "gold_price")
    save(session, scenario, [RowChange("parameters", str(row.id), row.version, {"name": "au"})], Because())
    assert recorded(session, scenario)
    document = scenario_document(load_scenario(session, scenario.id))
    assert "gold_price" not in str(document)
    assert "'au'" in str(document)


def test_a_what_if_is_what_saving_would_give_and_stores_nothing(session: Session, gold: Scenario) -> None:
    scenario, before = gold, scenario_document(gold)
    counted = session.scalar(select(func.count()).select_from(ScenarioRevision))
    row = next(each for each in scenario.parameters if each.name == "gold_price")
    change = RowChange("parameters", str(row.id), row.version, {"base": {"value": 4000, "unit": "¤/oz"}})
    stored = evaluate_scenario(session, scenario.id).kpis
    asked = what_if(session, scenario.id, [change])
    session.flush()
    assert [float(kpi.value[0]) for kpi in asked.before] == pytest.approx(
        [float(kpi.value[0]) for kpi in stored], nan_ok=True
    )
    scenario = load_scenario(session, scenario.id)
    assert scenario_document(scenario) == before
    assert session.scalar(select(func.count()).select_from(ScenarioRevision)) == counted
    save(session, scenario, [change], Because())
    saved = evaluate_scenario(session, scenario.id).kpis
    assert [float(kpi.value[0]) for kpi in asked.after] == pytest.approx(
        [float(kpi.value[0]) for kpi in saved], nan_ok=True, rel=0
    )
    assert float(saved[0].value[0]) != float(stored[0].value[0])


@pytest.mark.parametrize(
    "part", some([part for part in PARTS.values() if part.path]), ids=lambda part: part.key
)
def test_a_what_if_without_a_row_needs_no_session(session: Session, scenario: Scenario, part: Part) -> None:
    full = load_scenario(session, scenario.id)
    row = first(full, part)
    change = RowChange(part.key, part.key_of(row), row.version, remove=True)
    asked = what_if(session, scenario.id, [change])
    session.flush()
    assert asked.after or asked.problems
    assert list(part.rows(load_scenario(session, scenario.id)))


def test_a_what_if_of_a_new_row_counts_it(session: Session, gold: Scenario) -> None:
    values = {
        "name": "Village",
        "category": "site_admin",
        "basis": "per_year",
        "rate": {"value": 1, "unit": "M¤"},
    }
    asked = what_if(session, gold.id, [RowChange("costs", values=values)])
    npv = {kpi.key: float(kpi.value[0]) for kpi in asked.after}["npv_after_tax"]
    assert npv < {kpi.key: float(kpi.value[0]) for kpi in asked.before}["npv_after_tax"]
