"""The tables that several parts share: values by period, points of curves, numbers of distributions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.exchange import parse
from app.exchange.cells import Cell
from app.exchange.layout import CURVES, DISTRIBUTIONS, LINE_KEYS, SCHEDULES, TIMELINE
from app.exchange.mapping import PERIOD
from app.exchange.places import Place
from app.exchange.rows import Rows, SourceRow

#: A field of a row: scenario, title of its sheet, its keys as text, heading.
Key = tuple[str, str, tuple[str, ...], str]


@dataclass
class Held:
    """What a shared table holds for one field, and where. used: whether a row asked for it."""

    value: dict[str, Any]
    place: Place
    used: bool = False


def key_of(scenario: str, title: str, keys: tuple[object, ...], heading: str) -> Key:
    """Return the key of a field, however its heading is capitalised."""
    texts = ["" if key is None else str(key) for key in keys]
    padded = (*texts, *[""] * (len(LINE_KEYS) - len(texts)))
    return scenario, title.strip().lower(), padded, heading.strip().lower()


def _key(row: SourceRow) -> Key:
    line = tuple(row.text(heading) for heading in LINE_KEYS)
    return key_of(row.scenario, row.text("Sheet"), line, row.text("Field"))


def schedules(rows: Rows) -> dict[Key, Held]:
    """Return the values by period."""
    found: dict[Key, Held] = {}
    for row in rows.of(SCHEDULES):
        values = _by_period(row)
        if values is None:
            continue
        value: dict[str, Any] = {"value": values, "unit": row.text("Unit") or rows.unit(row, "Unit")}
        if row.text("Driver"):
            value["driver"] = row.text("Driver")
        _hold(row, found, _key(row), value)
    return found


def _by_period(row: SourceRow) -> list[float] | None:
    cells = row.every(PERIOD)
    while cells and cells[-1][1] is None:
        cells.pop()
    if not cells:
        row.reject("Field", row.text("Field"), "values in the columns of the periods")
        return None
    values: list[float] = []
    for place, cell in cells:
        if cell is None:
            row.places.reject(
                place, None, "a number in every period up to the last; 0 where there is nothing"
            )
            continue
        found = row.read(place, cell, parse.number)
        values.append(0 if found is None else found)
    return values


def curves(rows: Rows) -> dict[Key, Held]:
    """Return the points of the curves."""
    found: dict[Key, Held] = {}
    for row in rows.of(CURVES):
        x, y = row.value("X", parse.along), row.value("Y", parse.number)
        if x is None or y is None:
            for heading in ("X", "Y"):
                if row.cell(heading) is None:
                    row.reject(heading, None, "a number")
            continue
        units = row.text("X unit"), row.text("Y unit")
        key = _key(row)
        held = found.setdefault(
            key, Held({"x": [], "x_unit": units[0], "y": [], "y_unit": units[1]}, row.place)
        )
        if units != (held.value["x_unit"], held.value["y_unit"]):
            row.reject("X unit", " and ".join(units), "the units of the first point of this curve")
        held.value["x"].append(x)
        held.value["y"].append(y)
    return found


def distributions(rows: Rows) -> dict[Key, Held]:
    """Return the numbers of each parameter by name."""
    found: dict[Key, Held] = {}
    for row in rows.of(DISTRIBUTIONS):
        name, parameter = row.text("Number"), row.text("Parameter")
        value = row.value("Value", parse.number_or_json)
        position = row.value("Position", parse.whole)
        if not name or row.cell("Value") is None:
            row.reject("Number" if not name else "Value", None, "a name and a number")
            continue
        key = key_of(row.scenario, "Parameters", (parameter,), "Distribution")
        numbers = found.setdefault(key, Held({}, row.place)).value
        if position is None:
            numbers[name] = value
        elif position == len(listed := numbers.setdefault(name, [])) + 1 and isinstance(listed, list):
            listed.append(value)
        else:
            row.reject("Position", position, "1, 2, 3 … in the order of the rows")
    return found


def timelines(rows: Rows) -> dict[str, tuple[list[dict[str, Any]], Place]]:
    """Return the runs of periods of each scenario, and where they begin."""
    found: dict[str, tuple[list[dict[str, Any]], Place]] = {}
    for row in rows.of(TIMELINE):
        run = {"length": row.text("Length").strip().lower(), "count": row.value("Count", parse.whole)}
        found.setdefault(row.scenario, ([], row.at("Count")))[0].append(run)
    return found


def unused(*tables: dict[Key, Held]) -> Iterator[tuple[Key, Held]]:
    """Yield what no row asked for."""
    for table in tables:
        yield from ((key, held) for key, held in table.items() if not held.used)


def _hold(row: SourceRow, found: dict[Key, Held], key: Key, value: dict[str, Any]) -> None:
    if key in found:
        row.reject("Field", row.text("Field"), "one row for each field; this one stands twice")
        return
    cells: list[tuple[Place, Cell]] = row.every(PERIOD)
    found[key] = Held(value, cells[0][0] if cells else row.place)
