"""Break-even: the amounts of a driver at which an indicator meets a target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.engine.context import Context
from app.engine.inputs import MineInputs
from app.engine.kinds import Effect
from app.engine.returns.gaps import Row
from app.engine.variants import kpi_of_variants

ROUNDS = 60
CUTS = 33  # amounts tried inside each bracket a round


class Shape(StrEnum):
    """How the indicator answers over the range that was searched."""

    RISING = "rising"
    FALLING = "falling"
    FLAT = "flat"
    NOT_MONOTONE = "not_monotone"
    PARTLY_UNDEFINED = "partly_undefined"


@dataclass(frozen=True, slots=True)
class GoalSeek:
    """All amounts at which the indicator meets the target, ascending; none where the range holds none.

    amounts: factors, shifts or levels of the driver, as `effect` says. grid, values: what was tried, and its
    indicator.
    """

    driver: str
    kpi: str
    target: float
    effect: Effect
    amounts: tuple[float, ...]
    shape: Shape
    grid: Row
    values: Row
    unchanged: float

    @property
    def nearest(self) -> float:
        """The amount that changes the driver least; NaN without any."""
        return min(self.amounts, key=lambda amount: abs(amount - self.unchanged), default=float("nan"))


def goal_seek(
    inputs: MineInputs,
    driver: str,
    low: float = 0.0,
    high: float = 4.0,
    kpi: str = "npv_after_tax",
    target: float = 0.0,
    effect: Effect = Effect.MULTIPLY,
    points: int = 129,
) -> GoalSeek:
    """Return every amount of `driver` in [low, high] at which the indicator crosses the target, up or down.

    The range is tried at `points` amounts in one evaluation; each crossing is then narrowed to the precision
    of the numbers, all crossings together. Two crossings inside one step of the grid are seen only with more
    points. A step beside an undefined indicator (no IRR) holds no crossing.
    """

    def gap(amounts: Row) -> Row:
        changes = [{driver: amount} for amount in amounts.tolist()]
        return kpi_of_variants(inputs, changes, kpi, effect).value - target

    grid = np.linspace(low, high, points)
    values = gap(grid)
    amounts = _crossings(gap, grid, values)
    unchanged = unchanged_amount(inputs, driver, effect)
    return GoalSeek(driver, kpi, target, effect, amounts, shape_of(values), grid, values + target, unchanged)


def unchanged_amount(inputs: MineInputs, driver: str, effect: Effect) -> float:
    """Return the amount that leaves a driver as it is; where it is replaced, the mean of its row."""
    if effect is Effect.REPLACE:
        return float(Context.of(inputs).drivers[driver].mean())
    return 1.0 if effect is Effect.MULTIPLY else 0.0


def shape_of(values: Row) -> Shape:
    """Return whether values rise, fall, stay, turn, or are partly missing.

    >>> shape_of(np.array([1.0, 2.0, 2.0])).value
    'rising'
    """
    if not np.isfinite(values).all():
        return Shape.PARTLY_UNDEFINED
    steps = np.diff(values)
    noise = 1e-12 * np.abs(values).max(initial=0.0)
    up, down = (steps > noise).any(), (steps < -noise).any()
    if up and down:
        return Shape.NOT_MONOTONE
    if not up and not down:
        return Shape.FLAT
    return Shape.RISING if up else Shape.FALLING


def _crossings(gap: Callable[[Row], Row], grid: Row, values: Row) -> tuple[float, ...]:
    exact = grid[values == 0]
    left = np.flatnonzero(values[:-1] * values[1:] < 0)
    low, high, sign = grid[left], grid[left + 1], np.sign(values[left])
    for _ in range(ROUNDS):
        if not len(left) or (high - low <= 1e-13 * np.maximum(np.abs(low), np.abs(high))).all():
            break
        low, high = _narrowed(gap, low, high, sign)
    return tuple(np.unique(np.concatenate((exact, (low + high) / 2))).tolist())


def _narrowed(gap: Callable[[Row], Row], low: Row, high: Row, sign: NDArray[np.float64]) -> tuple[Row, Row]:
    """Return each bracket cut down to the step in which the sign of its left end is lost."""
    cuts = np.linspace(low, high, CUTS + 2)[1:-1]
    same = np.sign(gap(cuts.ravel())).reshape(cuts.shape) == sign
    lost = np.where(same.all(axis=0), CUTS, np.argmin(same, axis=0))
    ends = np.concatenate(([low], cuts, [high]))
    lanes = np.arange(len(low))
    return ends[lost, lanes], ends[lost + 1, lanes]
