"""Export, import, export: the same bytes of JSON, the same cells of a workbook and a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import Phase, given, settings
from sqlalchemy import delete, inspect
from sqlalchemy.orm import Session

from app.exchange.document import document_text
from app.exchange.read_file import read_file
from app.exchange.registry import PARTS, SHEETS
from app.exchange.tables import tables_of
from app.models import Project, Scenario
from app.seed.document import NOT_OWNED, plain_columns
from tests import everything
from tests.exchange import roads
from tests.exchange.projects import projects
from tests.thorough import THOROUGH
from tests.valuation import mine


def test_every_part_comes_back_from_each_format(session: Session) -> None:
    for made in (everything.document(), mine.document()):
        first = roads.stored(session, made)
        text = document_text(first)
        for name, data in (("a.xlsx", roads.workbook(session, first)), ("a.zip", roads.bundle(first))):
            back = roads.read(name, data)
            assert back.places.findings == []
            assert document_text({**back.document, "format": first["format"]}) == text
        renamed = first["project"] | {"slug": f"{first['project']['slug']}-again"}
        again = roads.stored(session, first | {"project": renamed})
        assert document_text(again | {"project": first["project"]}) == text
        assert [table.rows for table in tables_of(again)][1:] == [table.rows for table in tables_of(first)][
            1:
        ]


@settings(max_examples=24 if THOROUGH else 3, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(made=projects())
def test_any_project_comes_back_to_the_byte_and_to_the_cell(session: Session, made: dict[str, Any]) -> None:
    with undone(session):
        first = roads.stored(session, made)
        text = document_text(first)
        back = read_file("a.json", text.encode()).document
        assert back is not None
        session.execute(delete(Project))
        assert document_text(roads.stored(session, back)) == text
    for name, data in (("a.xlsx", roads.workbook(session, first)), ("a.zip", roads.bundle(first))):
        assembled = roads.read(name, data)
        assert assembled.places.findings == []
        assert document_text(assembled.document) == text
        assert tables_of(assembled.document) == tables_of(first)


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Take back what the block stored."""
    trial = session.begin_nested()
    try:
        yield
    finally:
        trial.rollback()
        session.expunge_all()


def test_the_registry_knows_every_field() -> None:
    for sheet in SHEETS:
        mapper = inspect(sheet.model)
        fields = plain_columns(mapper, frozenset()).keys() | {prop.key for prop in mapper.composites}
        assert {field.name for field in sheet.fields} == fields - {"position"}, sheet.title
    owned = {each.key for each in inspect(Scenario).relationships if each.key not in NOT_OWNED}
    assert {sheet.path[0] for sheet in PARTS} == owned


def test_the_same_project_gives_the_same_bundle(session: Session) -> None:
    document = roads.stored(session, everything.document())
    assert roads.bundle(document) == roads.bundle(document)
