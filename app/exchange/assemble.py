"""Mapped tables as one document, with the cell that each value came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.exchange import parse, shared
from app.exchange.cells import RawTable
from app.exchange.layout import BY_PERIOD, LAYOUT_BY_TITLE, TIMELINE, layout_of
from app.exchange.mapping import TableMap
from app.exchange.places import Finding, Place, Places
from app.exchange.registry import BY_PATH, PARTS, PROJECT, SCENARIOS, Field, Kind, Sheet
from app.exchange.rows import Rows, SourceRow
from app.exchange.shared import Held, Key, key_of
from app.seed.document import FORMAT


@dataclass
class Assembled:
    """A document out of tables. brought: the relationships of a scenario that the file has sheets for."""

    document: dict[str, Any]
    places: Places
    brought: frozenset[str] = frozenset()


@dataclass
class Assembly:
    """The state of one reading: what the shared tables hold, and the objects made so far by their keys."""

    rows: Rows
    schedules: dict[Key, Held]
    curves: dict[Key, Held]
    distributions: dict[Key, Held]
    timelines: dict[str, tuple[list[dict[str, Any]], Place]]
    made: dict[tuple[str, tuple[str, ...], tuple[str, ...]], tuple[dict[str, Any], str]] = field(
        default_factory=dict
    )


def assemble(
    tables: Sequence[RawTable], maps: Sequence[TableMap], scenarios: Sequence[str] = ()
) -> Assembled:
    """Return the document of a file; `scenarios` are known already where the file does not bring them."""
    places = Places(tables)
    rows = Rows(tables, maps, places)
    _note_faults(tables, maps, places)
    slugs = list(scenarios)
    if rows.has(LAYOUT_BY_TITLE[SCENARIOS.title]):
        slugs = [row.text("Slug") for row in rows.of(LAYOUT_BY_TITLE[SCENARIOS.title])]
    rows.only_scenario = slugs[0] if len(slugs) == 1 else ""
    work = Assembly(
        rows,
        shared.schedules(rows),
        shared.curves(rows),
        shared.distributions(rows),
        shared.timelines(rows),
    )
    document = {"format": FORMAT, "project": _project(work), "scenarios": _scenarios(work, slugs)}
    for sheet in PARTS:
        for row in rows.of(layout_of(sheet)):
            _add_part(work, sheet, row)
    for _, held in shared.unused(work.schedules, work.curves, work.distributions):
        places.reject(
            held.place, None, "no row of the named sheet has this line and field; mend line or field"
        )
    brought = frozenset(sheet.path[0] for sheet in PARTS if rows.has(layout_of(sheet)))
    return Assembled(document, places, brought)


def _note_faults(tables: Sequence[RawTable], maps: Sequence[TableMap], places: Places) -> None:
    """Note merged cells of the tables that are used, and cells without a value in their used columns."""
    for number, (table, found) in enumerate(zip(tables, maps, strict=True)):
        if found.target is None:
            continue
        for merged in table.merged:
            told = "cells of their own; unmerge them, or leave this table out"
            places.findings.append(Finding(f"{table.title}!{merged}", "merged cells", told))
        for row, column, value, allowed in table.faults:
            if column < len(found.columns) and found.columns[column]:
                places.reject(Place(number, row, column), value, allowed)


def _project(work: Assembly) -> dict[str, Any] | None:
    found = list(work.rows.of(LAYOUT_BY_TITLE[PROJECT.title]))
    for row in found[1:]:
        row.reject("Slug", row.text("Slug"), "one project in a file")
    return _object(work, PROJECT, found[0], "project") if found else None


def _scenarios(work: Assembly, slugs: Sequence[str]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for row in work.rows.of(LAYOUT_BY_TITLE[SCENARIOS.title]):
        row.scenario = row.text("Slug")
        path = f"scenarios[{len(made)}]"
        each = _object(work, SCENARIOS, row, path)
        made.append(each)
    if not made:
        given = ((slug, work.timelines.get(slug)) for slug in slugs)
        made = [{"slug": slug} | ({"periods": runs[0]} if runs else {}) for slug, runs in given]
    for index, each in enumerate(made):
        work.made[str(each.get("slug")), (), ()] = (each, f"scenarios[{index}]")
    for row in work.rows.of(TIMELINE):
        if (row.scenario, (), ()) not in work.made:
            row.reject("Scenario", row.scenario or None, "the slug of a scenario of this file")
    return made


def _add_part(work: Assembly, sheet: Sheet, row: SourceRow) -> None:
    """Hang a row below its owner."""
    if (row.scenario, (), ()) not in work.made:
        row.reject("Scenario", row.scenario or None, "the slug of a scenario of this file")
        return
    keys = tuple(_key_text(sheet, row, name) for name in sheet.keys)
    above = sheet.path[:-1]
    owner = work.made.get((row.scenario, above, keys[: sheet.inherited]))
    if owner is None:
        titles = BY_PATH[above].title
        named = sheet.fields[sheet.inherited - 1]
        row.reject(named.heading, row.cell(named.heading), f"a row of {titles} in the same scenario")
        return
    held, path = owner
    name = sheet.path[-1]
    if sheet.one:
        where = f"{path}.{name}"
        if name in held:
            row.reject("Scenario", row.scenario, "one row for each scenario")
        held[name] = _object(work, sheet, row, where)
        return
    listed = held.setdefault(name, [])
    where = f"{path}.{name}[{len(listed)}]"
    made = _object(work, sheet, row, where, keys)
    listed.append(made)
    if sheet.keys and (row.scenario, sheet.path, keys) in work.made:
        row.reject(sheet.fields[len(sheet.keys) - 1].heading, " / ".join(keys), "each only once")
    work.made[row.scenario, sheet.path, keys] = (made, where)


def _key_text(sheet: Sheet, row: SourceRow, name: str) -> str:
    return row.text(next(each.heading for each in sheet.fields if each.name == name))


def _object(
    work: Assembly, sheet: Sheet, row: SourceRow, path: str, keys: tuple[str, ...] = ()
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    row.places.by_path[path] = row.place
    own = {each.name for each in sheet.own}
    for each in sheet.fields:
        if each.here and each.heading in row.columns:
            row.places.by_path[f"{path}.{each.name}"] = row.at(each.heading)
        if each.name not in own:
            continue
        value = _value(work, sheet, row, each, f"{path}.{each.name}", keys)
        if value is not None:
            made[each.name] = value
    return made


def _value(
    work: Assembly, sheet: Sheet, row: SourceRow, each: Field, path: str, keys: tuple[str, ...]
) -> Any:
    key = key_of(row.scenario, sheet.title, keys, each.heading)
    match each.kind:
        case Kind.QUANTITY | Kind.SINGLE:
            return _quantity(work, row, each, path, work.schedules.get(key))
        case Kind.ROW:
            return _held(row, work.schedules.get(key), path)
        case Kind.CURVE:
            return _held(row, work.curves.get(key), path)
        case Kind.NUMBERS:
            return _held(row, work.distributions.get(key), path)
        case Kind.PERIODS:
            runs, place = work.timelines.get(row.scenario, (None, row.place))
            row.places.by_path[path] = place
            return runs
        case _:
            return row.value(each.heading, lambda cell: parse.plain(each, cell))


def _held(row: SourceRow, held: Held | None, path: str) -> Mapping[str, Any] | None:
    if held is None:
        return None
    held.used = True
    row.places.by_path[path] = held.place
    return held.value


def _quantity(work: Assembly, row: SourceRow, each: Field, path: str, held: Held | None) -> Any:
    cell = row.cell(each.heading)
    unit, driver = row.text(f"{each.heading} unit").strip(), row.text(f"{each.heading} driver")
    by_period = isinstance(cell, str) and cell.strip().lower() == BY_PERIOD
    if by_period and held is None:
        row.reject(each.heading, cell, "a number, or a row in Schedules for this line and field")
        return None
    if held is not None:
        if cell is not None and not by_period:
            row.reject(each.heading, cell, f"“{BY_PERIOD}”, because Schedules has a row for it")
        return _held(row, held, path)
    if cell is None:
        if driver:
            row.reject(each.heading, None, "a value; 1 where the driver is the whole of it")
        return None
    value = row.read(row.at(each.heading), cell, parse.number)
    unit = unit or work.rows.unit(row, each.heading)
    if value is None:
        return None
    if not unit:
        row.reject(f"{each.heading} unit", None, "a unit; 1 for a plain number")
        return None
    row.places.by_path[f"{path}.unit"] = row.at(f"{each.heading} unit")
    row.places.by_path[f"{path}.driver"] = row.at(f"{each.heading} driver")
    return {"value": value, "unit": unit} | ({"driver": driver} if driver else {})
