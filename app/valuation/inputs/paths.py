"""The engine names a field by its place in the inputs; people know it by the row that it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice

from app.engine.inputs import MineInputs, SimulationSpec
from app.engine.problems import Problem as EngineProblem
from app.errors import Problem

#: What the rows of each list are called.
TITLES = {
    "sources": "ore source",
    "stockpiles": "stockpile",
    "processes": "process",
    "feeds": "feed from",
    "products": "product",
    "metals": "metal",
    "streams": "stream",
    "penalties": "penalty",
    "costs": "cost line",
    "consumption": "consumption",
    "equipment": "equipment",
    "maintenance": "maintenance plan",
    "capital": "capital item",
    "closures": "closure",
    "levies": "levy",
    "interests": "interest",
    "depreciation": "depreciation class",
    "drivers": "parameter",
    "fx": "exchange rate",
    "entered": "entered row",
    "tax": "income tax",
    "terms": "valuation terms",
    "uncertain": "parameter",
    "paths": "parameter",
}
#: Levels of the inputs that people do not see as such.
UNSEEN = frozenset({"fiscal", "parameters", "driver"})
#: What tells the rows of a list apart.
HANDLES = ("name", "metal", "element", "source", "driver")
#: Before the key of an entered row, which may hold spaces and points.
ENTERED = "entered."
#: So many periods whose numbers are wrong are named.
MOST_PERIODS = 3
STEP = re.compile(r"(?P<name>\w+)(?:\[(?P<key>[^\]]*)\])?")


def in_words(inputs: MineInputs | SimulationSpec, problem: EngineProblem) -> Problem:
    """Return an engine's problem under the user's own words: `levy 'NSR royalty', steps`."""
    value = problem.value
    if isinstance(value, Mapping):
        said = [f"{number:.10g} in {period}" for period, number in islice(value.items(), MOST_PERIODS)]
        more = len(value) - len(said)
        value = ", ".join(said) + (f" and {more} more" if more else "")
    return Problem(words(inputs, problem.field), value, problem.allowed)


def words(inputs: MineInputs | SimulationSpec, path: str) -> str:
    """Return a path such as `fiscal.levies[0].steps` in words."""
    if path.startswith(ENTERED):
        return f"{TITLES['entered']} '{path.removeprefix(ENTERED)}'"
    said: list[str] = []
    place: object = inputs
    for step in STEP.finditer(path):
        name, key = step["name"], step["key"]
        place = getattr(place, name, None)
        title = TITLES.get(name, name.replace("_", " "))
        if key is None:
            said += [] if name in UNSEEN else [title]
            continue
        place = place[int(key)] if key.isdigit() and isinstance(place, Sequence) else None
        said.append(f"{title} {_which(place, key)}")
    return ", ".join(said)


def _which(row: object, key: str) -> str:
    """Return what tells a row apart: its name, else its number counted from one, else its key."""
    name = next((str(getattr(row, handle)) for handle in HANDLES if hasattr(row, handle)), "")
    if not name and key.isdigit():
        return f"number {int(key) + 1}"
    return f"'{name or key}'"
