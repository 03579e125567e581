from __future__ import annotations

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from app.engine.kinds import ScenarioStatus
from app.models import Base, Scenario, SimulationRun
from app.models.clone import NOT_COPIED, clone_scenario, copied_columns, copied_tables

#: Tables of the installation or of a project; a new table joins them or carries `scenario_id`.
OUTSIDE_A_SCENARIO = {
    *(
        "audit_events",
        "cost_headings",
        "currencies",
        "exchange_rates",
        "import_drafts",
        "measurement_units",
        "project_members",
        "deck_prices",
        "price_decks",
        "scenario_defaults",
        "smelter_metals",
        "smelter_penalties",
        "smelter_terms",
    ),
    *("projects", "roles", "scenarios", "seed_ledger", "simulation_results", "user_roles", "users"),
    *("api_tokens", "one_time_links", "passwords", "sign_ins", "throttles"),
    *("second_factors", "recovery_codes", "external_identities"),
    "comment_mentions",
}


def contents(session: Session, table: Table, scenario: Scenario) -> list[tuple[object, ...]]:
    columns = copied_columns(table)
    rows = session.execute(select(*columns).where(table.c.scenario_id == scenario.id))
    return sorted((tuple(row) for row in rows), key=repr)


def test_every_table_is_copied_or_said_not_to_be() -> None:
    copied = {table.name for table in copied_tables()}
    assert copied | NOT_COPIED | OUTSIDE_A_SCENARIO == set(Base.metadata.tables)
    assert not copied & (NOT_COPIED | OUTSIDE_A_SCENARIO)


def test_a_clone_holds_every_row_of_its_original(session: Session, scenario: Scenario) -> None:
    copy = clone_scenario(session, scenario, slug="copy", name="Copy")
    for table in copied_tables():
        rows = contents(session, table, scenario)
        assert rows, f"the document of tests/everything.py leaves {table.name} empty"
        assert contents(session, table, copy) == rows, table.name


def test_a_clone_is_a_draft_and_not_the_base(session: Session, scenario: Scenario) -> None:
    scenario.status = ScenarioStatus.APPROVED
    copy = clone_scenario(session, scenario, slug="copy", name="Copy")
    assert (copy.status, copy.is_base, copy.version) == (ScenarioStatus.DRAFT, False, 1)
    assert (copy.periods, copy.start, copy.valuation) == (
        scenario.periods,
        scenario.start,
        scenario.valuation,
    )


def test_runs_stay_with_the_scenario_that_made_them(session: Session, scenario: Scenario) -> None:
    session.add(
        SimulationRun(scenario=scenario, seed=1, trials=10, spec={}, inputs={}, engine_version="0.1.0")
    )
    copy = clone_scenario(session, scenario, slug="copy", name="Copy")
    assert copy.runs == []


def test_changing_and_deleting_a_clone_leaves_the_original(session: Session, scenario: Scenario) -> None:
    tables = copied_tables()
    before = [contents(session, table, scenario) for table in tables]
    copy = clone_scenario(session, scenario, slug="copy", name="Copy")
    copy.parameters[0].name = "renamed"
    session.flush()
    session.delete(copy)
    session.flush()
    session.expire_all()
    assert [contents(session, table, scenario) for table in tables] == before
    for table in tables:
        left = select(func.count()).select_from(table).where(table.c.scenario_id != scenario.id)
        assert session.scalar(left) == 0, table.name


@pytest.mark.parametrize("field", ["slug", "name"])
def test_a_clone_needs_a_name_of_its_own(session: Session, scenario: Scenario, field: str) -> None:
    names = {"slug": "copy", "name": "Copy"} | {field: getattr(scenario, field)}
    with pytest.raises(Exception, match=f"uq_scenarios_project_id_{field}"):
        clone_scenario(session, scenario, **names)
