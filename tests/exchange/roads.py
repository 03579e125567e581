"""The ways that a document takes through files and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.exchange.assemble import Assembled, assemble
from app.exchange.bundle import bundle_bytes
from app.exchange.cells import RawTable
from app.exchange.document import project_document
from app.exchange.lookups import lookups
from app.exchange.mapping import guess
from app.exchange.read_file import read_file
from app.exchange.tables import tables_of
from app.exchange.write_workbook import workbook_bytes
from app.seed.document import load_project

ABOUT = {"Project": "Everything"}


def stored(session: Session, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document after a stay in the database."""
    return project_document(load_project(session, document))


def workbook(session: Session, document: Mapping[str, Any]) -> bytes:
    return workbook_bytes(tables_of(document), ABOUT, lookups(session))


def bundle(document: Mapping[str, Any]) -> bytes:
    return bundle_bytes(tables_of(document), ABOUT)


def tables(name: str, data: bytes) -> list[RawTable]:
    return read_file(name, data).tables


def read(name: str, data: bytes) -> Assembled:
    found = tables(name, data)
    return assemble(found, [guess(table) for table in found])
