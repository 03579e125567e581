"""A claim: what a source printed, what the engine makes of the same inputs, and how the two differ."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.engine.quantity import Array
from app.valuation.proof.case import Check

#: Printed decimals are not exact in binary: what is just on the edge of a digit belongs to it.
SLACK = 1 + 1e-9
#: The part of the moved trials that the envelope of a headline figure holds.
INSIDE = (0.025, 0.975)


class Verdict(StrEnum):
    """How a claim came out, best first."""

    PRINTED = "to the printed digit"
    ROUNDING = "within rounding"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Point:
    """One figure: printed, ours, and where ours lies when the printed inputs move within their rounding.

    half_unit: half the last printed digit. low, high, sd: of our figure over the moved inputs; all equal to
    `ours`, and zero, where no input of the source is rounded.
    """

    label: str
    printed: float
    ours: float
    half_unit: float
    low: float
    high: float
    sd: float

    @property
    def difference(self) -> float:
        return self.ours - self.printed

    @property
    def reach(self) -> float:
        """Return how far the rounding of the inputs takes our figure towards the printed one."""
        return self.ours - self.low if self.difference > 0 else self.high - self.ours

    @property
    def decimals(self) -> int:
        """Return how many decimals the source prints."""
        return max(0, math.ceil(-math.log10(2 * self.half_unit) - 1e-6)) if self.half_unit else 0

    @property
    def is_printed(self) -> bool:
        """Whether our figure rounds to what is printed."""
        return abs(self.difference) <= self.half_unit * SLACK

    @property
    def explained(self) -> float:
        """Return the share of the difference that the rounding of the printed inputs explains, 0 to 1."""
        distance = abs(self.difference)
        return 1.0 if distance == 0 else float(min(1.0, self.reach / distance))

    @property
    def is_rounding(self) -> bool:
        """Whether the rounding of the inputs and of the printed figure together span the difference."""
        return abs(self.difference) <= (self.half_unit + self.reach) * SLACK


@dataclass(frozen=True, slots=True)
class Claim:
    """One check of a case, computed.

    points: one for a headline figure, one for each year of a row. rounded: whether the source prints rounded
    inputs, so that the envelope means something; exact inputs leave the stated tolerance alone to judge.
    """

    check: Check
    label: str
    unit: str
    points: tuple[Point, ...]
    rounded: bool

    @property
    def worst(self) -> Point:
        """Return the figure itself, or the year that differs most."""
        return max(self.points, key=lambda point: _size(point.difference))

    @property
    def is_row(self) -> bool:
        return len(self.points) > 1

    @property
    def to_the_digit(self) -> int:
        """Return how many of the points round to what is printed."""
        return sum(point.is_printed for point in self.points)

    @property
    def unexplained(self) -> tuple[Point, ...]:
        """Return the points that differ by more than all rounding together, tolerated or not."""
        return tuple(point for point in self.points if self.rounded and not point.is_rounding)

    @property
    def verdict(self) -> Verdict:
        """Judge by the printed digits, then the largest difference by tolerance and rounding."""
        if all(point.is_printed for point in self.points):
            return Verdict.PRINTED
        worst = self.worst
        tolerated = abs(worst.difference) <= self.check.tolerance * SLACK
        spanned = not self.rounded or worst.is_rounding
        return Verdict.ROUNDING if tolerated and spanned else Verdict.OUTSIDE


def figure_point(printed: float, trials: Array, n_evenly: int, half_unit: float) -> Point:
    """Return a headline figure, whose envelope is `INSIDE` of the trials drawn evenly.

    trials: `(n_trials,)`, the first with the inputs as printed, then `n_evenly`, then those at the ends.
    """
    evenly = trials[1 : 1 + n_evenly] if len(trials) > 1 else trials
    low, high = np.quantile(evenly, INSIDE) if n_evenly else (trials[0], trials[0])
    return _point("", printed, trials, evenly, half_unit, (float(low), float(high)))


def row_point(printed: float, trials: Array, n_evenly: int, half_unit: float, label: str) -> Point:
    """Return one year of a row, whose envelope is the furthest of all trials: a table has many years."""
    evenly = trials[1 : 1 + n_evenly] if len(trials) > 1 else trials
    return _point(label, printed, trials, evenly, half_unit, (float(trials.min()), float(trials.max())))


def _point(
    label: str, printed: float, trials: Array, evenly: Array, half_unit: float, envelope: tuple[float, float]
) -> Point:
    sd = float(np.std(evenly))
    return Point(label, float(printed), float(trials[0]), float(half_unit), *envelope, sd)


def _size(difference: float) -> float:
    """Return the size of a difference; one that does not exist is the largest."""
    return float("inf") if np.isnan(difference) else abs(difference)
