"""The terms of a jurisdiction applied to a scenario: what becomes of its levies, its tax and its classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.models import Scenario
from app.models.base import Base
from app.planning.edit import RowChange
from app.planning.parts import ONLY, Part, find_part
from app.planning.presets import Preset, PresetRow

#: Entered rows that would stand in place of what fiscal terms lead to.
HIDING = ("levy.", "depreciation", "taxable_income", "income_tax", "depletion", "written_off")
#: Parts whose rows take a depreciation class.
DEPRECIATED = ("capital", "equipment")


@dataclass(frozen=True, slots=True)
class Terms:
    """A preset as changes to a scenario. hidden: entered rows that stand in place of its effect and stay."""

    preset: Preset
    changes: tuple[RowChange, ...]
    hidden: tuple[str, ...]


def terms_of(
    scenario: Scenario, preset: Preset, *, keep_levies: bool = False, uncover: bool = False
) -> Terms:
    """Return the changes that bring a loaded scenario under a preset.

    Levies are replaced with their books unless they are kept; one of the same name is replaced in any case.
    Income tax takes the preset's rate and losses and keeps the rest. Depreciation classes are added, and
    taken by the capital and equipment that has none; the state's share is entered. uncover: rows entered in
    place of derived fiscal lines are deleted.
    """
    rows = list(_for_metals(scenario, preset))
    covering = [row for row in scenario.entered_rows if row.line.startswith(HIDING)]
    changes = [
        *_removed(scenario, rows, keep_levies),
        *(_put(scenario, row) for row in rows),
        *_depreciated(scenario, rows),
        *(RowChange("entered_rows", str(row.id), row.version, remove=True) for row in covering if uncover),
    ]
    hidden = () if uncover else tuple(row.line for row in covering)
    return Terms(preset, tuple(changes), hidden)


def covered(scenario: Scenario) -> list[str]:
    """Return the entered rows of a scenario that stand in place of derived fiscal lines."""
    return [row.line for row in scenario.entered_rows if row.line.startswith(HIDING)]


def _for_metals(scenario: Scenario, preset: Preset) -> Iterator[PresetRow]:
    """Yield the rows that hold for this scenario; one for metals becomes one for each that is sold."""
    sold = list(dict.fromkeys(metal.metal for product in scenario.products for metal in product.metals))
    for row in preset.rows:
        if not row.metals:
            yield row
            continue
        for metal in sold:
            if metal in row.metals:
                named = {"name": f"{row.values['name']}, {metal}", "of": metal}
                yield PresetRow(row.part, {**row.values, **named})


def _removed(scenario: Scenario, rows: list[PresetRow], keep: bool) -> Iterator[RowChange]:
    names = {row.values["name"] for row in rows if row.part == "levies"}
    gone = [levy for levy in scenario.levies if not keep and levy.name not in names]
    for levy in gone:
        yield RowChange("levies", str(levy.id), levy.version, remove=True)
    for row in scenario.depreciation:
        if row.levy in {levy.name for levy in gone}:
            yield RowChange("depreciation", str(row.id), row.version, remove=True)


def _put(scenario: Scenario, row: PresetRow) -> RowChange:
    part = find_part(row.part)
    held = _held(scenario, part, row.values)
    if held is None:
        return RowChange(part.key, values=row.values)
    version: int = held.version  # type: ignore[attr-defined]
    if part.key == "income_tax":
        losses = {name: row.values.get(name) for name in ("loss_rule", "loss_cap", "loss_expiry")}
        return RowChange(part.key, ONLY, version, {**losses, **row.values})
    values = {
        field.name: row.values.get(field.name)
        for field in part.fields
        if field.name in row.values or not part.required(field.name)
    }
    return RowChange(part.key, part.key_of(held), version, values)


def _held(scenario: Scenario, part: Part, values: Mapping[str, Any]) -> Base | None:
    """Return the row of the scenario that a preset's row takes the place of."""
    rows = part.rows(scenario)
    return next((row for row in rows if part.single or getattr(row, "name", None) == values["name"]), None)


def _depreciated(scenario: Scenario, rows: list[PresetRow]) -> Iterator[RowChange]:
    """Yield the class of the preset for capital and equipment that has none."""
    name = next((row.values["name"] for row in rows if row.part == "depreciation"), None)
    if name is None:
        return
    for key in DEPRECIATED:
        part = find_part(key)
        for row in part.rows(scenario):
            if getattr(row, "depreciation", None) is None:
                version: int = row.version  # type: ignore[attr-defined]
                yield RowChange(key, part.key_of(row), version, {"depreciation": name})
