"""What was entered in a scenario, as JSON."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from app.features.inputs.sections import sections
from app.valuation.inputs.terms import timeline
from app.valuation.load import load_scenario
from app.web.deps import SessionDep
from app.web.lookups import ScenarioDep

router = APIRouter(prefix="/api/projects/{project_slug}/scenarios/{scenario_slug}/inputs", tags=["scenarios"])


class QuantityOut(BaseModel):
    """A quantity as entered: one value or one per period, in `unit`, times `driver` where it is not empty."""

    model_config = ConfigDict(from_attributes=True)

    label: str
    unit: str
    values: list[float]
    driver: str


class PartOut(BaseModel):
    """A part of the mine."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    kind: str
    facts: list[tuple[str, str]]
    quantities: list[QuantityOut]
    note: str


class SectionOut(BaseModel):
    """Parts under one title."""

    model_config = ConfigDict(from_attributes=True)

    title: str
    parts: list[PartOut]


class InputsOut(BaseModel):
    """Everything that was entered."""

    periods: list[str]
    sections: list[SectionOut]


@router.get("", summary="Show what was entered")
def show(session: SessionDep, scenario: ScenarioDep) -> InputsOut:
    """Return every quantity that the scenario's value depends on, as it was entered."""
    full = load_scenario(session, scenario.id)
    found = [SectionOut.model_validate(section) for section in sections(full)]
    return InputsOut(periods=list(timeline(full).labels), sections=found)
