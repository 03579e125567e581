from __future__ import annotations

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.models import EnteredRow, Parameter, Project, Scenario
from app.seed.demo import documents, missing_demos, plant_demos
from app.valuation.inputs import mine_inputs
from app.valuation.load import load_scenario

SLUGS = {"diamba-sud", "vizcachitas"}


@pytest.fixture
def demos(connection: Connection) -> list[str]:
    return plant_demos(connection)


def test_it_works(demos: list[str], session: Session) -> None:
    assert set(demos) == SLUGS
    assert set(session.scalars(select(Project.slug))) == SLUGS


def test_a_second_time_adds_nothing(demos: list[str], connection: Connection) -> None:
    assert missing_demos(connection) == []
    assert plant_demos(connection) == []


def test_a_deleted_demo_stays_deleted_and_an_edited_one_is_kept(
    demos: list[str], connection: Connection, session: Session
) -> None:
    gold = session.scalars(select(Project).where(Project.slug == "diamba-sud")).one()
    copper = session.scalars(select(Project).where(Project.slug == "vizcachitas")).one()
    session.delete(gold)
    copper.name = "Our copper"
    session.commit()
    assert plant_demos(connection) == []
    assert list(session.scalars(select(Project.name))) == ["Our copper"]


def test_a_project_of_that_name_is_left_alone(connection: Connection, session: Session) -> None:
    session.add(Project(slug="diamba-sud", name="Mine", currency="USD"))
    session.commit()
    assert plant_demos(connection) == ["vizcachitas"]


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_a_demo_says_where_its_figures_come_from(slug: str) -> None:
    project = documents()[slug]["project"]
    assert "NI 43-101" in project["source"]
    assert "github.com" in project["source_reference"]
    assert "Transcribed by others" in project["source_caveat"]


def test_spreads_are_marked_as_not_from_the_report(demos: list[str], session: Session) -> None:
    uncertain = session.scalars(select(Parameter).where(Parameter.family.is_not(None))).all()
    assert len(uncertain) >= 8
    assert all("illustrative, not from the report" in parameter.note for parameter in uncertain)


def test_entered_rows_say_that_they_are_printed(demos: list[str], session: Session) -> None:
    notes = session.scalars(select(EnteredRow.note)).all()
    assert notes
    assert all("printed" in note for note in notes)


def test_every_row_fits_the_timeline_and_every_unit_is_known(demos: list[str], session: Session) -> None:
    for scenario in session.scalars(select(Scenario)):
        inputs = mine_inputs(load_scenario(session, scenario.id))
        assert inputs.timeline.n_periods in {12, 33}
