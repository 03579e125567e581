"""Distributions that one run takes in place of those of its scenario, which stays as it is.

They are kept with the run, beside what it was asked to do, so that a replay knows of them and nobody takes
the run for one of the scenario's present state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from app.engine.kinds import DistributionFamily, Draw, Effect
from app.errors import Problem
from app.models import Parameter

#: Where the stored form of a specification says what was replaced.
KEY = "replaced"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A distribution in the unit of the parameter, drawn once per trial in place of its value."""

    family: DistributionFamily
    numbers: Mapping[str, float | tuple[float, ...]]


#: By the name of the parameter.
Replaced: TypeAlias = Mapping[str, Replacement]


def problems(rows: Iterable[Parameter], replaced: Replaced) -> list[Problem]:
    """Return what is wrong with the names: each must be a parameter of the scenario."""
    known = sorted(row.name for row in rows)
    allowed = f"a parameter of this scenario: {', '.join(known) or 'it has none'}"
    return [Problem(f"parameter '{name}'", name, allowed) for name in replaced if name not in known]


def with_replaced(rows: Iterable[Parameter], replaced: Replaced) -> list[Parameter]:
    """Return the parameters, with stand-ins that no session knows for those that are replaced."""
    return [_stand_in(row, replaced[row.name]) if row.name in replaced else row for row in rows]


def _stand_in(row: Parameter, replacement: Replacement) -> Parameter:
    return Parameter(
        name=row.name,
        base=row.base,
        family=replacement.family,
        distribution=_plain(replacement.numbers),
        effect=Effect.REPLACE,
        draw=Draw.TRIAL,
        autocorrelation=0.0,
        active=True,
    )


def to_json(replaced: Replaced) -> dict[str, Any]:
    """Return the stored form."""
    return {
        name: {"family": each.family.value, "numbers": _plain(each.numbers)}
        for name, each in replaced.items()
    }


def from_json(stored: Mapping[str, Any]) -> Replaced:
    """Return what `to_json` wrote."""
    return {
        name: Replacement(
            DistributionFamily(each["family"]),
            {
                key: tuple(value) if isinstance(value, list) else value
                for key, value in each["numbers"].items()
            },
        )
        for name, each in stored.items()
    }


def _plain(numbers: Mapping[str, float | tuple[float, ...]]) -> dict[str, Any]:
    """In the order of names: the order is part of a snapshot, and the database keeps none."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in sorted(numbers.items())
    }
