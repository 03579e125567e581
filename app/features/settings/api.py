"""The settings as JSON: what there is, rows, changes to them, where they are used, the way back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.models.base import Base
from app.planning.edit import MOST_CHANGES, RowChange
from app.planning.parts import Kind
from app.planning.shared.parts import SHARED, Shared, find_shared
from app.planning.shared.restore import list_removed, restore_removed
from app.planning.shared.save import count_rows, document, find_row, list_rows, save_shared
from app.planning.shared.uses import COUNTED, where_used
from app.web.deps import SessionDep, WindowDep
from app.web.lookups import Key

router = APIRouter(prefix="/api/settings", tags=["settings"])
MOST_REMOVALS = 200


class SettingField(BaseModel):
    """One field. unit: the engine's, where it is a quantity."""

    name: str
    label: str
    help: str
    kind: Kind
    required: bool
    fixed: bool
    choices: list[str]
    unit: str


class SettingPart(BaseModel):
    """One part of the settings. owner: the part whose rows its rows go with. only: it has one row, `only`."""

    key: str
    title: str
    owner: str
    only: bool
    fields: list[SettingField]


class SettingRow(BaseModel):
    """One row. key and version are sent back with a change."""

    part: str
    key: str
    version: int
    name: str
    values: dict[str, Any]


class SettingRows(BaseModel):
    """A window of the rows of a part."""

    total: int
    rows: list[SettingRow]


class SettingChange(BaseModel):
    """What becomes of one row: new fields, a new row where `key` is empty, or its end."""

    model_config = ConfigDict(extra="forbid")

    part: Annotated[str, Field(max_length=100)]
    key: Annotated[str, Field(max_length=200)] = ""
    version: Annotated[int | None, Field(ge=1, description="That the change started from.")] = None
    values: Annotated[dict[str, Any], Field(description="Fields that are left out stay.")] = {}
    remove: bool = False


class SettingChanges(BaseModel):
    """Changes that are saved together or not at all. note: why, for the record."""

    model_config = ConfigDict(extra="forbid")

    changes: Annotated[list[SettingChange], Field(min_length=1, max_length=MOST_CHANGES)]
    note: Annotated[str, Field(max_length=2000)] = ""


class SavedSettings(BaseModel):
    """The rows that changes led to, in order; removed ones left out."""

    rows: list[SettingRow]


class SettingUse(BaseModel):
    """A scenario that uses something, and the tables in which it does."""

    model_config = ConfigDict(from_attributes=True)

    project_slug: str
    scenario_slug: str
    project: str
    scenario: str
    places: list[str]


class RemovalOut(BaseModel):
    """A removed row that can come back. id: of its line in the record."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    who: str
    name: str


@router.get("", summary="Describe the settings")
def describe() -> list[SettingPart]:
    """Return every part of the settings with its fields: kinds, choices, units, what is required."""
    return [_described(part) for part in SHARED.values()]


@router.post("/changes", summary="Change the settings")
def change(session: SessionDep, body: SettingChanges) -> SavedSettings:
    """Save changes together; 409 shows both sides where somebody else saved a row first."""
    wanted = [RowChange(each.part, each.key, each.version, each.values, each.remove) for each in body.changes]
    touched = save_shared(session, wanted, body.note)
    return SavedSettings(
        rows=[_row(find_shared(each.part.key), each.row) for each in touched if each.row is not None]
    )


@router.get("/{part}", summary="List the rows of a part of the settings")
def index(
    session: SessionDep,
    part: str,
    window: WindowDep,
    owner: Annotated[str, Query(max_length=200, description="Of the row that they go with.")] = "",
) -> SettingRows:
    """Return a window of the rows, in their order."""
    found = find_shared(part)
    rows = list_rows(session, found, owner, limit=window.limit, offset=window.offset)
    return SettingRows(total=count_rows(session, found, owner), rows=[_row(found, row) for row in rows])


@router.get("/{part}/removed", summary="List what was removed")
def removed(session: SessionDep, part: str) -> list[RemovalOut]:
    """Return removed rows that can come back, the latest first."""
    found = list_removed(session, find_shared(part), limit=MOST_REMOVALS)
    return [RemovalOut.model_validate(each) for each in found]


@router.post("/{part}/removed/{event_id}/restore", summary="Bring a removed row back")
def bring_back(session: SessionDep, part: str, event_id: Key) -> SavedSettings:
    """Add a removed row again, with what went along, as the record kept it."""
    touched = restore_removed(session, find_shared(part), event_id)
    return SavedSettings(
        rows=[_row(find_shared(each.part.key), each.row) for each in touched if each.row is not None]
    )


@router.get("/{part}/{key}", summary="Show a row of the settings")
def show(session: SessionDep, part: str, key: str) -> SettingRow:
    """Return one row with its version."""
    found = find_shared(part)
    return _row(found, find_row(session, found, key))


@router.get("/{part}/{key}/uses", summary="Show which scenarios use a row")
def uses(session: SessionDep, part: str, key: str) -> list[SettingUse]:
    """Return the scenarios that use a currency, a unit or a cost category; nothing else is referred to."""
    found = find_shared(part)
    row = find_row(session, found, key)
    held = where_used(session, found, getattr(row, found.identity)) if found.key in COUNTED else []
    return [SettingUse.model_validate(each) for each in held]


def _described(part: Shared) -> SettingPart:
    fields = [
        SettingField(
            name=field.name,
            label=field.words,
            help=field.help,
            kind=part.kind(field.name),
            required=part.required(field.name),
            fixed=field.fixed,
            choices=[str(choice) for choice in part.choices(field.name)],
            unit=part.per(field.name),
        )
        for field in part.fields
    ]
    return SettingPart(key=part.key, title=part.title, owner=part.owner, only=part.only, fields=fields)


def _row(part: Shared, row: Base) -> SettingRow:
    return SettingRow(
        part=part.key,
        key=part.key_of(row),
        version=getattr(row, "version", 1),
        name=part.name_of(row),
        values=document(part, row),
    )
