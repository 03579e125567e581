"""The registry of parts: nothing of the model stays out of a planner's reach."""

from __future__ import annotations

import pytest
from sqlalchemy import CheckConstraint, inspect

from app.models import Base, MaintenanceEntry, ProductProcess, Scenario
from app.models.clone import copied_tables
from app.planning.parts import PARTS, Part
from app.planning.rules import ALLOWED_SUFFIX, ENTERED_SUFFIX, RULES
from app.seed.document import NOT_OWNED, plain_columns
from app.valuation.inputs.reader import NAMES
from app.web.workspace import TABS

#: Set on pages of their own: how a scenario is called, and where it stands.
ELSEWHERE = {"scenario": {"slug", "name", "status", "is_base"}}
#: Filled in as a list of names on the product.
AS_NAMES = ProductProcess.__tablename__


def test_every_table_of_a_scenario_is_a_part() -> None:
    known = {part.model.__tablename__ for part in PARTS.values()} | {AS_NAMES}
    assert known == {table.name for table in copied_tables()} | {Scenario.__tablename__}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_every_field_can_be_edited(part: Part) -> None:
    mapper = inspect(part.model)
    wanted = set(plain_columns(mapper, frozenset())) | {prop.key for prop in mapper.composites}
    wanted -= {"position"} | ELSEWHERE.get(part.key, set())
    links = {field.name for field in part.fields if field.name in mapper.relationships}
    assert {field.name for field in part.fields} == wanted | links
    for field in part.fields:
        assert part.kind(field.name)


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_every_reference_names_a_part_and_every_part_a_tab(part: Part) -> None:
    assert part.tab in {route for route, _ in TABS}
    for field in part.fields:
        assert not field.refers or field.refers in PARTS
    if len(part.path) > 1:
        owner = next(each for each in PARTS.values() if each.path == part.path[:-1])
        for own, theirs in part.parents:
            assert part.field(own)
            assert owner.field(theirs)


def test_every_row_that_has_a_value_can_be_named_in_a_message() -> None:
    unvalued = {Scenario, MaintenanceEntry}
    assert {part.model for part in PARTS.values()} - NAMES.keys() == unvalued


def test_every_check_of_the_database_has_words() -> None:
    tables = {part.model.__tablename__ for part in PARTS.values()}
    for name in tables:
        for rule in Base.metadata.tables[name].constraints:
            if isinstance(rule, CheckConstraint):
                words = str(rule.name).removeprefix(f"ck_{name}_")
                assert words.endswith((ENTERED_SUFFIX, ALLOWED_SUFFIX)) or words in RULES, f"{name}: {words}"


def test_there_are_no_relationships_beside_the_parts() -> None:
    paths = {part.path for part in PARTS.values()}
    for part in PARTS.values():
        for relation in inspect(part.model).relationships:
            if relation.key not in NOT_OWNED and not part.field(relation.key):
                assert (*part.path, relation.key) in paths
