"""What is stored, written as a document: reading that gives the same scenario again."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.seed.demo import documents
from app.seed.document import load_project
from app.seed.written import scenario_document
from app.valuation.load import load_scenario
from tests.everything import document

DOCUMENTS: dict[str, dict[str, Any]] = {**documents(), "everything": document()}


@pytest.mark.parametrize("slug", DOCUMENTS)
def test_a_scenario_written_read_and_written_again_is_the_same(session: Session, slug: str) -> None:
    loaded = load_project(session, copy.deepcopy(DOCUMENTS[slug]))
    session.expire_all()
    first = scenario_document(load_scenario(session, loaded.scenarios[0].id))
    again = copy.deepcopy(DOCUMENTS[slug])
    again["project"] |= {"slug": "again"}
    again["scenarios"] = [copy.deepcopy(first)]
    reloaded = load_project(session, again)
    session.expire_all()
    assert scenario_document(load_scenario(session, reloaded.scenarios[0].id)) == first


@pytest.mark.parametrize("slug", DOCUMENTS)
def test_nothing_that_was_given_is_missing(session: Session, slug: str) -> None:
    given = DOCUMENTS[slug]["scenarios"][0]
    loaded = load_project(session, copy.deepcopy(DOCUMENTS[slug]))
    session.expire_all()
    found = scenario_document(load_scenario(session, loaded.scenarios[0].id))
    for name, part in given.items():
        if isinstance(part, list) and name != "periods":
            assert len(found[name]) == len(part), name
        elif isinstance(part, dict):
            # A field at its default may be left out; a quantity never.
            for key, value in part.items():
                assert key in found[name] or not isinstance(value, dict), f"{name}.{key}"
