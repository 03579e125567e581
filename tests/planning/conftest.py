from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.models import Scenario
from app.seed.document import load_project
from tests.everything import document


def everything() -> dict[str, Any]:
    """Return the project that uses every part, with as many periods as its rows have values."""
    made = document()
    made["scenarios"][0]["periods"] = [{"length": "year", "count": 3}]
    return made


@pytest.fixture
def scenario(session: Session) -> Scenario:
    """A scenario with a row in every table."""
    return load_project(session, everything()).scenarios[0]
