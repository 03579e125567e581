"""The parts of a scenario as JSON: what they are, their rows, changes to them, and what changes would do."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.models.base import Base
from app.planning.edit import MOST_CHANGES, RowChange, save
from app.planning.effect import EffectPanel, panel_of
from app.planning.history import Because, latest_number
from app.planning.parts import PARTS, Kind, Part, find_part
from app.planning.values import value_of
from app.planning.what_if import what_if
from app.valuation.load import load_scenario
from app.web.deps import SessionDep
from app.web.lookups import EditorDep, ScenarioDep

router = APIRouter(prefix="/api/projects/{project_slug}/scenarios/{scenario_slug}", tags=["parts"])
described = APIRouter()

Values = Annotated[
    dict[str, Any],
    Field(description="Fields as the project document writes them; fields that are left out stay."),
]


class FieldOut(BaseModel):
    """One field of a part. refers: the part whose names it takes. unit: the engine's."""

    name: str
    label: str
    help: str
    kind: Kind
    required: bool
    fixed: bool
    choices: list[str]
    refers: str
    unit: str


class PartOut(BaseModel):
    """A part of the model. single: a scenario has at most one such row."""

    key: str
    title: str
    tab: str
    single: bool
    fields: list[FieldOut]


class RowOut(BaseModel):
    """One row. key and version are sent back with a change."""

    part: str
    key: str
    version: int
    name: str
    values: dict[str, Any]


class RowChangeBody(BaseModel):
    """What becomes of one row: new fields, a new row where `key` is empty, or its end."""

    model_config = ConfigDict(extra="forbid")

    part: Annotated[str, Field(max_length=100)]
    key: Annotated[str, Field(max_length=30)] = ""
    version: Annotated[int | None, Field(ge=1, description="That the change started from.")] = None
    values: Values = {}
    remove: bool = False


class ChangesBody(BaseModel):
    """Changes that are saved together, as one revision, or not at all."""

    model_config = ConfigDict(extra="forbid")

    changes: Annotated[list[RowChangeBody], Field(min_length=1, max_length=MOST_CHANGES)]
    note: Annotated[str, Field(max_length=2000)] = ""


class SavedOut(BaseModel):
    """The revision that the changes became, and the rows they led to, in order; deleted ones left out."""

    revision: int
    rows: list[RowOut]


class EffectOut(BaseModel):
    """One indicator in the unit of its figure; None where it has no value."""

    key: str
    label: str
    unit: str
    before: float | None
    after: float | None
    change: float | None


class ObstacleOut(BaseModel):
    """What stands in the way of a value."""

    field: str
    allowed: str


class WhatIfOut(BaseModel):
    """What the changes would do."""

    effects: list[EffectOut]
    problems: list[ObstacleOut]


@described.get("/api/parts", tags=["parts"], summary="Describe the parts of a scenario")
def describe() -> list[PartOut]:
    """Return every part with its fields: kinds, choices, units, what is required."""
    return [_described(part) for part in PARTS.values()]


@router.get("/parts/{part}", summary="List the rows of a part")
def rows(session: SessionDep, scenario: ScenarioDep, part: str) -> list[RowOut]:
    """Return every row of one part with its key and version."""
    found, full = find_part(part), load_scenario(session, scenario.id)
    return [_row(found, row) for row in found.rows(full)]


@router.post("/changes", summary="Change rows of a scenario")
def change(session: SessionDep, scenario: EditorDep, body: ChangesBody) -> SavedOut:
    """Save changes as one revision; 409 shows both sides where somebody else saved a row first."""
    touched = save(session, scenario, changes_of(body), Because(note=body.note))
    session.flush()
    found = [_row(each.part, each.row) for each in touched if each.row is not None]
    return SavedOut(revision=latest_number(session, scenario.id), rows=found)


@router.post("/what-if", summary="See what changes would do")
def ask(session: SessionDep, scenario: ScenarioDep, body: ChangesBody) -> WhatIfOut:
    """Value the scenario with changes that are not saved: NPV, IRR, payback and AISC, before and after."""
    panel = panel_of(what_if(session, scenario.id, changes_of(body)))
    problems = [ObstacleOut(field=problem.field, allowed=problem.allowed) for problem in panel.problems]
    return WhatIfOut(effects=effects_out(panel), problems=problems)


def effects_out(panel: EffectPanel) -> list[EffectOut]:
    """Return the indicators of a panel as JSON."""
    return [
        EffectOut(
            key=effect.key,
            label=shown.label,
            unit=shown.unit,
            before=effect.before.value if effect.before else None,
            after=effect.after.value if effect.after else None,
            change=effect.change,
        )
        for effect in panel.effects
        if (shown := effect.after or effect.before)
    ]


def changes_of(body: ChangesBody) -> list[RowChange]:
    """Return what a body asks for."""
    return [RowChange(each.part, each.key, each.version, each.values, each.remove) for each in body.changes]


def _described(part: Part) -> PartOut:
    fields = [
        FieldOut(
            name=field.name,
            label=field.words,
            help=field.help,
            kind=part.kind(field.name),
            required=part.required(field.name),
            fixed=field.fixed,
            choices=[] if names else [str(choice) for choice in part.choices(field.name)],
            refers=field.refers,
            unit="" if names else part.per(field.name),
        )
        for field in part.fields
        for names in [part.kind(field.name) is Kind.NAMES]
    ]
    return PartOut(key=part.key, title=part.title, tab=part.tab, single=part.single, fields=fields)


def _row(part: Part, row: Base) -> RowOut:
    values = {field.name: value_of(part, row, field.name) for field in part.fields}
    version = getattr(row, "version", 1)
    return RowOut(part=part.key, key=part.key_of(row), version=version, name=part.name_of(row), values=values)
