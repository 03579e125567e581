"""Fiscal presets as JSON: what there is, what one would do, and one applied."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.features.parts.api import EffectOut, ObstacleOut, effects_out
from app.features.parts.preset_shown import Choices, apply_preset, asked
from app.planning.presets import Preset, find_preset, presets
from app.web.deps import SessionDep
from app.web.lookups import EditorDep, ScenarioDep

router = APIRouter(
    prefix="/api/projects/{project_slug}/scenarios/{scenario_slug}/fiscal/presets", tags=["fiscal presets"]
)
listed = APIRouter()


class SourceOut(BaseModel):
    """Where terms were read."""

    title: str
    publisher: str
    date: str
    url: str


class PresetRowOut(BaseModel):
    """One row of terms, as documents write it. metals: it is for each of these that a scenario sells."""

    part: str
    values: dict[str, Any]
    metals: list[str]


class PresetOut(BaseModel):
    """The terms of one jurisdiction."""

    key: str
    name: str
    country: str
    as_of: str
    text: str
    rows: list[PresetRowOut]
    sources: list[SourceOut]
    left_out: list[str]


class ChoicesBody(BaseModel):
    """How a preset is applied."""

    model_config = ConfigDict(extra="forbid")

    keep_levies: Annotated[bool, Field(description="Levies that are there stay.")] = False
    uncover: Annotated[
        bool, Field(description="Delete rows entered in place of derived fiscal lines, which would hide it.")
    ] = False


class ApplyBody(ChoicesBody):
    """A preset to apply. revision: the newest one that the caller has seen; left out, any will do."""

    revision: Annotated[int | None, Field(ge=0)] = None
    note: Annotated[str, Field(max_length=2000)] = ""


class PreviewOut(BaseModel):
    """What a preset would do. hidden: entered rows that stand in place of its effect."""

    changes: int
    hidden: list[str]
    effects: list[EffectOut]
    problems: list[ObstacleOut]


class AppliedOut(BaseModel):
    """The revision that the preset became."""

    revision: int


@listed.get("/api/fiscal-presets", tags=["fiscal presets"], summary="List fiscal presets")
def index() -> list[PresetOut]:
    """Return the terms of every jurisdiction with their sources and what they leave out."""
    return [_out(preset) for preset in presets().values()]


@router.post("/{key}/preview", summary="See what a fiscal preset would do")
def preview(session: SessionDep, scenario: ScenarioDep, key: str, body: ChoicesBody) -> PreviewOut:
    """Value the scenario under a preset; nothing is stored."""
    terms, panel = asked(session, scenario.id, find_preset(key), Choices(body.keep_levies, body.uncover))
    return PreviewOut(
        changes=len(terms.changes),
        hidden=list(terms.hidden),
        effects=effects_out(panel),
        problems=[ObstacleOut(field=each.field, allowed=each.allowed) for each in panel.problems],
    )


@router.post("/{key}", summary="Apply a fiscal preset")
def apply(session: SessionDep, scenario: EditorDep, key: str, body: ApplyBody) -> AppliedOut:
    """Apply a preset as one revision; 409 where another came after the one that the caller has seen."""
    choices = Choices(body.keep_levies, body.uncover)
    number = apply_preset(session, scenario, find_preset(key), choices, body.revision, body.note)
    return AppliedOut(revision=number)


def _out(preset: Preset) -> PresetOut:
    return PresetOut(
        key=preset.key,
        name=preset.name,
        country=preset.country,
        as_of=preset.as_of,
        text=preset.text,
        rows=[
            PresetRowOut(part=row.part, values=dict(row.values), metals=list(row.metals))
            for row in preset.rows
        ],
        sources=[
            SourceOut(title=each.title, publisher=each.publisher, date=each.date, url=each.url)
            for each in preset.sources
        ],
        left_out=list(preset.left_out),
    )
