"""What copying from the settings would change in a scenario: told first, then saved as one revision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, Problem
from app.models import Scenario
from app.planning.edit import RowChange, save_made
from app.planning.history import Because
from app.planning.parts import find_part
from app.planning.values import value_of
from app.planning.words import value_in_words


@dataclass(frozen=True, slots=True)
class Step:
    """One field of a scenario as it is and as it would be."""

    place: str
    before: str
    after: str


@dataclass(slots=True)
class Plan:
    """Changes, told field by field. left: what was not touched, and why. origin: where values come from."""

    origin: str
    changes: list[RowChange] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)

    def set(self, part_key: str, row: Any, values: Mapping[str, Any]) -> None:
        """Plan to give a row other values; those that it has already are not told."""
        part = find_part(part_key)
        held = {name: value_of(part, row, name) for name in values}
        changed = {name: value for name, value in values.items() if value != held[name]}
        if not changed:
            return
        self.changes.append(RowChange(part_key, part.key_of(row), row.version, changed))
        for name, value in changed.items():
            described = part.field(name)
            words = described.words if described else name
            place = f"{part.name_of(row)} › {words}"
            self.steps.append(Step(place, value_in_words(held[name]), value_in_words(value)))

    def add(self, part_key: str, name: str, values: Mapping[str, Any]) -> None:
        """Plan to add a row."""
        part = find_part(part_key)
        given = [field for field in part.fields if field.name in values]
        told = [f"{field.words.lower()} {value_in_words(values[field.name])}" for field in given]
        self.changes.append(RowChange(part_key, values=values))
        self.steps.append(Step(name, "–", "; ".join(told)))

    def leave(self, place: str, why: str) -> None:
        """Note what stays as it is although it might have been expected to change."""
        self.left.append((place, why))

    @property
    def told(self) -> dict[str, str]:
        """Each step in one line, by its place."""
        return {step.place: f"{step.before} → {step.after}" for step in self.steps}


#: Gives what would change in a loaded scenario, and what its revision says.
Planner = Callable[[Scenario], tuple[Plan, str]]


def carry_out(
    session: Session,
    scenario: Scenario,
    planner: Planner,
    note: str = "",
    seen: Mapping[str, str] | None = None,
) -> tuple[Plan, str]:
    """Save what a planner plans as one revision; return the plan and what the revision says.

    seen: what the planner was told beforehand; where something else would happen now, raises `Conflict` with
    both. Raises `InvalidInput` where nothing would change.
    """
    planned: list[tuple[Plan, str]] = []

    def make(full: Scenario) -> tuple[Sequence[RowChange], Because]:
        plan, summary = planner(full)
        _refuse(plan, seen)
        planned.append((plan, summary))
        return plan.changes, Because(summary, note, origin=plan.origin)

    save_made(session, scenario, make)
    return planned[0]


def _refuse(plan: Plan, seen: Mapping[str, str] | None) -> None:
    """Raise `Conflict` for what nobody has seen, `InvalidInput` for what changes nothing."""
    if seen is not None and seen != plan.told:
        raise Conflict(
            "The settings or the scenario changed after you looked at what would happen.",
            theirs=plan.told,
            yours=seen,
        )
    if not plan.changes:
        why = "; ".join(f"{place}: {reason}" for place, reason in plan.left) or "all values are there already"
        raise InvalidInput([Problem("scenario", None, f"something to change; {why}")])


def quantity(values: Sequence[float], unit: str) -> dict[str, Any]:
    """Return a quantity as documents write it: one value where all periods have the same."""
    return {"value": values[0] if len(set(values)) == 1 else list(values), "unit": unit}
