from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.models import Scenario
from app.seed.document import load_project
from app.valuation.load import load_scenario
from tests.everything import document
from tests.seeds import Seeds, base_scenario, diamba_sud, vizcachitas


def everything() -> dict[str, Any]:
    """Return the project that uses every part, with as many periods as its rows have values."""
    made = document()
    made["scenarios"][0]["periods"] = [{"length": "year", "count": 3}]
    return made


def every_part(session: Session) -> None:
    load_project(session, everything())


@pytest.fixture
def seeds() -> Seeds:
    return {"scenario": every_part, "gold": diamba_sud, "copper": vizcachitas}


@pytest.fixture
def scenario(session: Session) -> Scenario:
    """A scenario with a row in every table."""
    return base_scenario(session, "everything")


@pytest.fixture
def gold(session: Session) -> Scenario:
    """The base scenario of Diamba Sud, whole."""
    return load_scenario(session, base_scenario(session, "diamba-sud").id)


@pytest.fixture
def copper(session: Session) -> Scenario:
    """The base scenario of Vizcachitas, whole."""
    return load_scenario(session, base_scenario(session, "vizcachitas").id)
