"""Which row a problem of a valuation speaks of, so that a page can lead to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.errors import Problem
from app.models import Scenario
from app.planning.parts import NEW, PARTS
from app.valuation.inputs.reader import NAMES, name_of


@dataclass(frozen=True, slots=True)
class RowPlace:
    """A row as addresses name it: the key of its part, and its own."""

    part: str
    key: str


def places_of(scenario: Scenario, problems: Sequence[Problem]) -> Iterator[tuple[Problem, RowPlace | None]]:
    """Yield each problem with the row that its words name, None where they name none.

    scenario: loaded with its rows. Of two names that fit, `product 'doré'` and `product 'doré', Au`, the
    longer one is meant. Where a row that a scenario has once is missing, adding it is.
    """
    named = [part for part in PARTS.values() if part.model in NAMES]
    known = {NAMES[part.model]: RowPlace(part.key, NEW) for part in named if part.single}
    for part in named:
        known |= {name_of(row): RowPlace(part.key, part.key_of(row)) for row in part.rows(scenario)}
    for problem in problems:
        fitting = [name for name in known if f"{problem.field}, ".startswith(f"{name}, ")]
        yield problem, known[max(fitting, key=len)] if fitting else None
