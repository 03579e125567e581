"""Rock: where it is mined, where it waits, where it is processed. Masses in tonnes, grades as mass
fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.quantity import Quantity


@dataclass(frozen=True, slots=True)
class OreSource:
    """A pit, a stope or an ore type.

    ore, waste: mined per period [t]. grades: of the ore mined, per metal [t/t].
    reserve: what may be mined over the life [t]; None does not check.
    """

    name: str
    ore: Quantity
    waste: Quantity = 0.0
    grades: Mapping[str, Quantity] = field(default_factory=dict)
    reserve: float | None = None


@dataclass(frozen=True, slots=True)
class Stockpile:
    """Ore that is mined before it is processed; drawn at its average grade.

    opening: at the start of the first period [t]; opening_grades per metal [t/t].
    """

    name: str
    source: str
    opening: float = 0.0
    opening_grades: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecoveryCurve:
    """Recovery by head grade, linear between points and flat outside them; both columns ascending in
    grade.
    """

    grades: tuple[float, ...]
    recoveries: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """Tonnes taken by a process from one ore source or stockpile [t per period]."""

    source: str
    ore: Quantity


@dataclass(frozen=True, slots=True)
class Process:
    """A mill, a leach pad or a plant.

    Either `ore` [t per period] and `grades` [t/t] are entered, or `feeds` name what it takes and both follow.
    recoveries: per metal [fraction], a constant, a row, or a curve on the head grade.
    releases: per metal, the shares of what is recovered that come out in the period of the ore and in those
    after it, as from a heap under leach; they add to 1. A metal without any comes out at once.
    earlier: per metal, what comes out in each period of ore from before the first one [t per period].
    """

    name: str
    ore: Quantity = 0.0
    grades: Mapping[str, Quantity] = field(default_factory=dict)
    recoveries: Mapping[str, Quantity | RecoveryCurve] = field(default_factory=dict)
    feeds: tuple[Feed, ...] = ()
    releases: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    earlier: Mapping[str, Quantity] = field(default_factory=dict)
