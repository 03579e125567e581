"""Export, import, export: the same bytes of JSON, the same cells of a workbook and a bundle."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.exchange.document import document_text
from app.exchange.tables import tables_of
from tests import everything
from tests.exchange import roads
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
