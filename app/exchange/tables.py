"""A document as tables of cells: what workbooks and bundles are made of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.exchange.cells import Cell
from app.exchange.layout import (
    BY_PERIOD,
    CURVES,
    DISTRIBUTIONS,
    LAYOUTS,
    LINE_KEYS,
    NO,
    SCHEDULES,
    TIMELINE,
    YES,
    Layout,
)
from app.exchange.registry import BY_PATH, PARTS, PROJECT, SCENARIOS, Field, Kind, Sheet


@dataclass(frozen=True, slots=True)
class Table:
    """One table: headings, the units row, and the rows below. periods: columns after those of the layout."""

    layout: Layout
    rows: list[list[Cell]] = field(default_factory=list)
    periods: int = 0

    @property
    def headings(self) -> list[str]:
        """The first row."""
        return [column.heading for column in self.layout.columns] + [
            str(number) for number in range(1, self.periods + 1)
        ]

    @property
    def units(self) -> list[str]:
        """The second row."""
        return [column.unit for column in self.layout.columns] + [""] * self.periods


@dataclass(frozen=True, slots=True)
class Part:
    """A row of a part with where it stands: the keys of its owners before its own."""

    scenario: str
    sheet: Sheet
    keys: tuple[Any, ...]
    values: Mapping[str, Any]


def tables_of(document: Mapping[str, Any]) -> tuple[Table, ...]:
    """Return every table of a document, empty ones too."""
    parts = list(all_parts(document))
    made = {layout.title: Table(layout) for layout in LAYOUTS if layout is not SCHEDULES}
    longest = max((len(row) for part in parts for row in _schedule_values(part)), default=0)
    made[SCHEDULES.title] = Table(SCHEDULES, periods=longest)
    for part in parts:
        _write(made, part)
    return tuple(made[layout.title] for layout in LAYOUTS)


def empty_tables(periods: int) -> tuple[Table, ...]:
    """Return every table without rows."""
    return tuple(Table(layout, periods=periods if layout is SCHEDULES else 0) for layout in LAYOUTS)


def all_parts(document: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the project, its scenarios, and every part of each."""
    project = document["project"]
    yield Part("", PROJECT, (project.get("slug"),), project)
    for scenario in document["scenarios"]:
        slug = str(scenario.get("slug"))
        yield Part(slug, SCENARIOS, (slug,), scenario)
        for sheet in PARTS:
            yield from _of_sheet(slug, sheet, scenario)


def _of_sheet(scenario: str, sheet: Sheet, above: Mapping[str, Any]) -> Iterator[Part]:
    owners: list[tuple[tuple[Any, ...], Mapping[str, Any]]] = [((), above)]
    for depth in range(1, len(sheet.path) + 1):
        level = BY_PATH[sheet.path[:depth]]
        owners = [
            ((*keys, *(each.get(key) for key in level.keys[level.inherited :])), each)
            for keys, owner in owners
            for each in _owned(owner.get(level.path[-1], []))
        ]
    for keys, each in owners:
        yield Part(scenario, sheet, keys, each)


def _owned(found: Any) -> list[Mapping[str, Any]]:
    return [found] if isinstance(found, Mapping) else list(found)


def _write(made: Mapping[str, Table], part: Part) -> None:
    row: list[Cell] = [part.scenario] if part.sheet.path else []
    inherited = dict(zip(part.sheet.keys, part.keys, strict=False))
    for each in part.sheet.fields:
        value = part.values.get(each.name, inherited.get(each.name))
        if each.here:
            row += cells_of(each, value)
        elif value is not None:
            _write_elsewhere(made, part, each, value)
        if each.kind is Kind.QUANTITY and value is not None and isinstance(value["value"], list):
            _write_elsewhere(made, part, each, value)
    made[part.sheet.title].rows.append(row)


def cells_of(each: Field, value: Any) -> list[Cell]:
    """Return the cells of one field."""
    match each.kind:
        case Kind.QUANTITY if value is None:
            return [None, None, None]
        case Kind.QUANTITY if isinstance(value["value"], list):
            return [BY_PERIOD, None, None]
        case Kind.QUANTITY:
            return [value["value"], value["unit"], value.get("driver")]
        case Kind.SINGLE:
            return [None, None] if value is None else [value["value"], value["unit"]]
        case Kind.FLAG:
            return [None if value is None else YES if value else NO]
        case _:
            return [value]


def _write_elsewhere(made: Mapping[str, Table], part: Part, each: Field, value: Any) -> None:
    where: list[Cell] = [part.scenario, part.sheet.title, *_line(part), each.heading]
    match each.kind:
        case Kind.PERIODS:
            made[TIMELINE.title].rows.extend([part.scenario, run["length"], run["count"]] for run in value)
        case Kind.CURVE:
            units = value["x_unit"], value["y_unit"]
            points = zip(value["x"], value["y"], strict=True)
            made[CURVES.title].rows.extend([*where, x, units[0], y, units[1]] for x, y in points)
        case Kind.NUMBERS:
            made[DISTRIBUTIONS.title].rows.extend(_distribution(part, value))
        case _:
            head: list[Cell] = [*where, value["unit"], value.get("driver"), None]
            made[SCHEDULES.title].rows.append([*head, *value["value"]])


def _line(part: Part) -> list[Cell]:
    return [*part.keys, *[None] * (len(LINE_KEYS) - len(part.keys))]


def _schedule_values(part: Part) -> Iterator[Sequence[float]]:
    for each in part.sheet.fields:
        value = part.values.get(each.name)
        if each.kind in (Kind.QUANTITY, Kind.ROW) and value is not None and isinstance(value["value"], list):
            yield value["value"]


def _distribution(part: Part, numbers: Mapping[str, Any]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for name, value in numbers.items():
        if isinstance(value, list) and value:
            rows += [
                [part.scenario, part.keys[0], name, place, _number_or_json(each)]
                for place, each in enumerate(value, start=1)
            ]
        else:
            rows.append([part.scenario, part.keys[0], name, None, _number_or_json(value)])
    return rows


def _number_or_json(value: Any) -> Cell:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return value if plain else json.dumps(value, ensure_ascii=False, sort_keys=True)
