"""A file may use the units that its installation added."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from sqlalchemy.orm import Session

from app.exchange.drafts import upload
from app.exchange.preview import preview
from app.models import MeasurementUnit
from app.models.reference import UnitKind, UnitSystem
from app.seed.demo import documents
from app.seed.document import load_project
from app.valuation.own_units import KNOWN
from app.valuation.units import own_units
from tests.exchange import roads


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_a_unit_of_this_installation_is_known_in_a_file(session: Session, kind: str) -> None:
    session.add(
        MeasurementUnit(code="skip", label="Skip", kind=UnitKind.MASS, factor=25.0, system=UnitSystem.METRIC)
    )
    document = deepcopy(dict(documents()["diamba-sud"]))
    mining = document["scenarios"][0]["costs"][0]
    mining |= {"basis": "per_t_mined", "rate": {"value": 60, "unit": "¤/skip"}}
    session.flush()
    data = {
        "json": lambda: json.dumps(document).encode(),
        "xlsx": lambda: roads.workbook(session, document),
    }[kind]()
    # As another request finds it: nothing was asked yet.
    session.info.pop(KNOWN, None)
    own_units.set({})
    found = preview(session, upload(session, f"mine.{kind}", data))
    assert list(found.findings) == []
    assert list(found.notes) == []
    project = load_project(session, found.document)
    assert "¤/skip" in {each.rate.unit for each in project.scenarios[0].costs}
