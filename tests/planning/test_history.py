"""Revisions: nothing changes without one, none changes afterwards, and each can come back."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.engine.kinds import ScenarioStatus
from app.errors import InvalidInput, NotAllowed, NotFound
from app.models import Entered, MaintenanceEntry, RevisionKind, Scenario, ScenarioRevision
from app.models.clone import copied_tables
from app.planning.difference import Difference, differences
from app.planning.history import Because, changing, find_revision, latest, latest_number, list_revisions
from app.planning.versions import branch, restore, set_status
from app.seed.written import scenario_document
from app.valuation.load import load_scenario


def price(scenario: Scenario) -> float:
    held = next(row for row in scenario.parameters if row.name == "gold_price")
    return held.base.values[0]


def raise_price(session: Session, scenario: Scenario, to: float, note: str = "") -> None:
    with changing(session, scenario, Because(note=note)):
        held = next(row for row in scenario.parameters if row.name == "gold_price")
        held.base = Entered((to,), held.base.unit, held.base.driver)


def state(session: Session, scenario: Scenario) -> dict[str, object]:
    session.expire_all()
    return scenario_document(load_scenario(session, scenario.id))


def rows(session: Session, scenario: Scenario) -> dict[tuple[str, int], int]:
    """The version of every row of a scenario, by table and key."""
    session.flush()
    return {
        (table.name, key): version
        for table in copied_tables()
        if "version" in table.c
        for key, version in session.execute(
            select(next(iter(table.primary_key)), table.c.version).where(table.c.scenario_id == scenario.id)
        )
    }


def test_a_change_is_a_revision_with_before_and_after(session: Session, scenario: Scenario) -> None:
    raise_price(session, scenario, 4000, "Forward curve")
    rows = list_revisions(session, scenario.id, limit=10)
    assert [(row.number, row.kind) for row in rows] == [(2, RevisionKind.EDITED), (1, RevisionKind.FOUND)]
    assert (rows[0].note, rows[0].who, rows[0].changed) == ("Forward curve", "", 1)
    (change,) = find_revision(session, scenario.id, 2).changes
    assert change["place"] == "Parameters › gold_price › Base"
    assert change["before"]["value"] == [3500, 3400, 3300]
    assert change["after"]["value"] == 4000
    assert rows[0].summary == change["place"]


def test_nothing_changed_is_no_revision(session: Session, scenario: Scenario) -> None:
    raise_price(session, scenario, 4000)
    raise_price(session, scenario, 4000)
    assert latest_number(session, scenario.id) == 2


def test_what_another_door_changed_is_recorded_as_found(session: Session, scenario: Scenario) -> None:
    raise_price(session, scenario, 4000)
    scenario.costs[0].note = "changed by a script"
    raise_price(session, scenario, 4100)
    kinds = [row.kind for row in list_revisions(session, scenario.id, limit=10)]
    assert kinds == [RevisionKind.EDITED, RevisionKind.FOUND, RevisionKind.EDITED, RevisionKind.FOUND]


@pytest.mark.parametrize(
    "act",
    [
        update(ScenarioRevision).values(note="never happened"),
        delete(ScenarioRevision),
        text("TRUNCATE scenario_revisions"),
    ],
)
def test_a_revision_cannot_be_changed(session: Session, scenario: Scenario, act: object) -> None:
    raise_price(session, scenario, 4000)
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(act)  # type: ignore[call-overload]
    assert latest_number(session, scenario.id) == 2


def test_revisions_go_with_their_scenario(session: Session, scenario: Scenario) -> None:
    raise_price(session, scenario, 4000)
    session.delete(scenario)
    session.flush()
    assert latest(session, scenario.id) is None


def test_a_restored_revision_brings_every_part_back(session: Session, scenario: Scenario) -> None:
    before = state(session, scenario)
    with changing(session, scenario, Because()):
        session.delete(scenario.consumption[0])
        scenario.costs[0].name = "Renamed"
        scenario.note = "Another idea"
        scenario.start = scenario.start.replace(year=2030)
    assert state(session, scenario) != before
    restore(session, scenario, find_revision(session, scenario.id, 1), Because(note="A mistake"))
    assert state(session, scenario) == before
    newest = latest(session, scenario.id)
    assert newest is not None
    assert (newest.kind, newest.origin, newest.note) == (RevisionKind.RESTORED, "revision 1", "A mistake")
    assert newest.document == find_revision(session, scenario.id, 1).document


def test_a_restored_revision_keeps_the_keys_of_what_is_there(session: Session, scenario: Scenario) -> None:
    """So an open page with rows that nobody touched can be saved, and a link to a line leads there."""
    before = rows(session, scenario)
    renamed, priced = scenario.costs[0].id, next(p.id for p in scenario.parameters if p.name == "gold_price")
    with changing(session, scenario, Because()):
        deleted = scenario.consumption[0].id
        session.delete(scenario.consumption[0])
        scenario.costs[0].name = "Renamed"
    raise_price(session, scenario, 4000)
    between = rows(session, scenario)
    restore(session, scenario, find_revision(session, scenario.id, 1), Because())
    after = rows(session, scenario)
    (back,) = after.keys() - before.keys()
    assert (before.keys() - after.keys(), back[0]) == ({("consumption_lines", deleted)}, "consumption_lines")
    raised = {where for where in between if after[where] != between[where]}
    assert raised == {("cost_lines", renamed), ("parameters", priced)}
    assert all(after[where] == between[where] + 1 for where in raised)


def test_rows_without_a_name_are_told_by_what_they_hold(session: Session, scenario: Scenario) -> None:
    truck = scenario.equipment[0].name
    for note in ("greased", "greased", "new tyres"):
        entry = MaintenanceEntry(day=date(2030, 1, 1), equipment=truck, note=note, scenario_id=scenario.id)
        session.add(entry)
    session.flush()
    with changing(session, scenario, Because()):
        pass
    before = rows(session, scenario)
    raise_price(session, scenario, 4000)
    restore(session, scenario, find_revision(session, scenario.id, 2), Because())
    assert sum(table == "maintenance_entries" for table, _ in before) >= 3
    assert rows(session, scenario).keys() == before.keys()


def test_restoring_keeps_names_and_status(session: Session, scenario: Scenario) -> None:
    raise_price(session, scenario, 4000)
    scenario.name, scenario.status = "Called otherwise", ScenarioStatus.ARCHIVED
    restore(session, scenario, find_revision(session, scenario.id, 1), Because())
    assert (scenario.name, scenario.status) == ("Called otherwise", ScenarioStatus.ARCHIVED)
    assert price(scenario) == 3500


def test_a_branch_starts_from_its_revision(session: Session, scenario: Scenario) -> None:
    raise_price(session, scenario, 4000)
    made = branch(session, scenario, "Low price", Because(), find_revision(session, scenario.id, 1))
    assert (made.slug, made.status, made.is_base) == ("low-price", ScenarioStatus.DRAFT, False)
    assert (price(made), price(scenario)) == (3500, 4000)
    (only,) = list_revisions(session, made.id, limit=10)
    assert (only.kind, only.origin) == (RevisionKind.BRANCHED, "Base, revision 1")
    kept = {"name", "slug", "is_base"}
    original = find_revision(session, scenario.id, 1).document
    copied = find_revision(session, made.id, 1).document
    assert {k: v for k, v in copied.items() if k not in kept} == {
        k: v for k, v in original.items() if k not in kept
    }


@pytest.mark.parametrize("name", ["", "  ", "Base", "x" * 201])
def test_a_branch_needs_a_name_of_its_own(session: Session, scenario: Scenario, name: str) -> None:
    with pytest.raises(InvalidInput, match="name"):
        branch(session, scenario, name, Because())


def test_approval_is_a_revision_and_can_be_withdrawn(session: Session, scenario: Scenario) -> None:
    set_status(session, scenario, ScenarioStatus.APPROVED, Because(note="Board of 3 March"))
    with pytest.raises(NotAllowed, match="approved already"):
        set_status(session, scenario, ScenarioStatus.APPROVED, Because())
    set_status(session, scenario, ScenarioStatus.DRAFT, Because())
    kinds = [row.kind for row in list_revisions(session, scenario.id, limit=10)]
    assert kinds == [RevisionKind.REOPENED, RevisionKind.APPROVED, RevisionKind.FOUND]


def test_an_unknown_revision_is_not_found(session: Session, scenario: Scenario) -> None:
    with pytest.raises(NotFound, match="revision 7"):
        find_revision(session, scenario.id, 7)


def test_a_document_does_not_differ_from_itself(session: Session, scenario: Scenario) -> None:
    present = state(session, scenario)
    assert differences(present, present) == []


def test_added_removed_and_reordered_rows_are_told_apart() -> None:
    before = {"costs": [{"name": "A", "of": ""}, {"name": "B", "of": ""}, {"name": "C", "of": "x"}]}
    after = {"costs": [{"name": "C", "of": "y"}, {"name": "A", "of": ""}, {"name": "D", "of": ""}]}
    assert differences(before, after) == [
        Difference("Costs › C › Of", "x", "y"),
        Difference("Costs › D", None, {"name": "D", "of": ""}),
        Difference("Costs › B", {"name": "B", "of": ""}, None),
        Difference("Costs › order", ["A", "C"], ["C", "A"]),
    ]


#: What the releases before this one wrote into a revision, to the letter.
STORED_BEFORE = """
{"slug": "base", "name": "Base", "start": "2026-01-01", "periods": [{"count": 3, "length": "year"}],
 "terms": {"discount_rate": {"unit": "%", "value": 8.0}},
 "parameters": [{"name": "gold_price", "base": {"unit": "¤/oz", "value": [3500.0, 3400.0, 3300.0]},
   "family": "pert", "distribution": {"max": 1.3, "min": 0.8, "mode": 1}}],
 "sources": [{"name": "Pit", "ore": {"unit": "kt", "value": 1000.0},
   "metals": [{"metal": "Au", "grade": {"unit": "g/t", "value": 1.5}}]}],
 "processes": [{"name": "Mill", "metals": [{"metal": "Au", "recovery": {"unit": "%", "value": 90.0}}],
   "feeds": [{"source": "Pit", "ore": {"unit": "kt", "value": 1000.0}}]}],
 "products": [{"name": "Dore", "metals": [{"metal": "Au", "by_product": true,
   "price": {"unit": "¤/oz", "value": 1.0, "driver": "gold_price"}}], "processes": [{"process": "Mill"}]}],
 "costs": [{"name": "Mining", "category": "mining", "basis": "per_t_moved",
   "rate": {"unit": "¤/t", "value": 3.25}}]}
"""


def test_what_was_stored_before_is_read_compared_and_brought_back(
    session: Session, scenario: Scenario
) -> None:
    stored = json.loads(STORED_BEFORE)
    old = ScenarioRevision(
        scenario_id=scenario.id, number=1, kind=RevisionKind.EDITED, summary="Old", document=stored
    )
    session.add(old)
    session.flush()
    restore(session, scenario, old, Because("As it was"))
    present = {key: value for key, value in state(session, scenario).items() if key != "is_base"}
    assert present == stored
    assert differences(stored, present) == []
    raise_price(session, scenario, 4000)
    newest = latest(session, scenario.id)
    assert newest is not None
    assert [each["place"] for each in newest.changes] == ["Parameters › gold_price › Base"]
    copy = branch(session, scenario, "Copy", Because(), old)
    assert differences(stored, state(session, copy)) == [
        Difference("Slug", "base", "copy"),
        Difference("Name", "Base", "Copy"),
    ]
