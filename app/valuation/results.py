"""What a run found, as rows: one for each output, fan and attribution, and one for the run itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.engine.simulation import SimulationResult
from app.models import SimulationResult as ResultRow

#: Parts of a result with an entry for each output or line; their rows are named `<part>.<entry>`.
PARTS = ("outputs", "fans", "drivers")
#: The row that holds everything else.
RUN = "run"


def to_rows(run_id: int, result: SimulationResult) -> list[ResultRow]:
    """Return a result as rows of a run."""
    plain = result.to_dict()
    rows = {f"{part}.{entry}": value for part in PARTS for entry, value in plain.pop(part).items()}
    return [
        ResultRow(run_id=run_id, output=name, statistics=value)
        for name, value in {**rows, RUN: plain}.items()
    ]


def from_rows(rows: Iterable[ResultRow]) -> SimulationResult | None:
    """Return the result behind the rows of a run, None where it has none yet."""
    found = {row.output: row.statistics for row in rows}
    if RUN not in found:
        return None
    plain: dict[str, Any] = {**found.pop(RUN), **{part: {} for part in PARTS}}
    for name, value in found.items():
        part, entry = name.split(".", 1)
        plain[part][entry] = value
    return SimulationResult.from_dict(plain)


def differences(first: Iterable[ResultRow], second: Iterable[ResultRow]) -> tuple[str, ...]:
    """Return the names of the rows in which two results differ in any digit, empty where in none."""
    one, other = ({row.output: row.statistics for row in rows} for rows in (first, second))
    return tuple(sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)))
