from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.models import Scenario
from app.seed.document import load_project
from tests.everything import document
from tests.seeds import Seeds, base_scenario


def every_table(session: Session) -> None:
    load_project(session, document())


@pytest.fixture
def seeds() -> Seeds:
    return {"scenario": every_table}


@pytest.fixture
def scenario(session: Session) -> Scenario:
    """A scenario with a row in every table."""
    return base_scenario(session, "everything")
