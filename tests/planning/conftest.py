from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.models import Scenario
from app.seed.document import load_project
from tests.everything import document


@pytest.fixture
def scenario(session: Session) -> Scenario:
    """A scenario with a row in every table."""
    return load_project(session, document()).scenarios[0]
