"""Cut-off grades: break-even, mill, and Lane's, which weighs capacities and the value of time.

Grades are mass fractions, masses tonnes, prices money per tonne of metal. Source: K. F. Lane, "Choosing the
optimum cut-off grade", Colorado School of Mines Quarterly 59 (1964) 811-829, and "The economic definition of
ore" (1988).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy

ROUNDS = 200


def break_even_cut_off(
    cost_per_t: float, price: float, recovery: float, payable: float = 1.0, selling: float = 0.0
) -> float:
    """Return the grade whose value covers its cost, `cost / (ρ φ (P - selling))`.

    cost_per_t: of ore [money/t]: processing, general and administrative, and mining for the break-even
    cut-off; without the mining that is sunk for the mill cut-off. price, selling [money/t of metal].

    >>> round(break_even_cut_off(18.0, 8000.0, 0.9, 0.96, 500.0), 6)
    0.002778
    """
    return cost_per_t / (recovery * payable * (price - selling))


def break_even_strip_ratio(value_per_t: float, ore_cost_per_t: float, waste_cost_per_t: float) -> float:
    """Return the tonnes of waste that a tonne of ore can carry, `(value - ore cost) / waste cost`."""
    return (value_per_t - ore_cost_per_t) / waste_cost_per_t


@dataclass(frozen=True, slots=True)
class GradeDistribution:
    """Mineralised material by grade class, each class evenly spread over its grades.

    edges: ascending grades, `n + 1`; tonnes: in each class, `n`.
    """

    edges: tuple[float, ...]
    tonnes: tuple[float, ...]

    @property
    def total(self) -> float:
        return sum(self.tonnes)

    def ore_share(self, cut_off: float) -> float:
        """Return the share of the material at or above a cut-off."""
        return float(self._above(cut_off).sum() / self.total)

    def metal_per_t(self, cut_off: float) -> float:
        """Return the metal in ore per tonne of material [t/t]."""
        upper = np.array(self.edges[1:])
        lower = np.maximum(np.array(self.edges[:-1]), cut_off)
        return float((self._above(cut_off) * (upper + lower) / 2).sum() / self.total)

    def mean_grade(self, cut_off: float) -> float:
        """Return the mean grade of the ore; the highest grade where there is none."""
        share = self.ore_share(cut_off)
        return self.metal_per_t(cut_off) / share if share > 0 else self.edges[-1]

    def _above(self, cut_off: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        edges, tonnes = np.array(self.edges), np.array(self.tonnes)
        return tonnes * np.clip((edges[1:] - cut_off) / np.diff(edges), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class LaneMine:
    """Three stages with their capacities a year and unit costs.

    mine_capacity [t material], mill_capacity [t ore], refinery_capacity [t metal]; mining, milling [money/t],
    refining, price [money/t metal]; fixed [money/year]; recovery; discount [1/year]; drift: growth of the
    value of the same reserve with time, dV/dt [money/year].
    """

    mine_capacity: float
    mill_capacity: float
    refinery_capacity: float
    mining: float
    milling: float
    refining: float
    fixed: float
    price: float
    recovery: float
    discount: float
    drift: float = 0.0


@dataclass(frozen=True, slots=True)
class CutOff:
    """A cut-off with what it is the middle of.

    limits: of mine, mill and refinery alone. balances: where mine and mill, mine and refinery, mill and
    refinery are both full.
    """

    grade: float
    limits: tuple[float, float, float]
    balances: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Operation:
    """Mining a whole reserve at one cut-off.

    ore [t], metal: sold [t], life [year], profit: undiscounted [money], npv: of even yearly profits at year
    ends.
    limit: the stage that sets the pace.
    """

    cut_off: float
    ore: float
    metal: float
    life: float
    profit: float
    npv: float
    limit: str


@dataclass(frozen=True, slots=True)
class LaneYear:
    """One year of a cut-off policy: masses [t], profit [money], and the share of a year that it lasts."""

    cut_off: float
    mined: float
    ore: float
    metal: float
    profit: float
    length: float


def lane_cut_off(mine: LaneMine, grades: GradeDistribution, value: float = 0.0) -> CutOff:
    """Return Lane's cut-off when the remaining reserve is worth `value` (0 leaves the opportunity cost out).

    `g_m = c/(y(s-r))`, `g_c = (c + f'/C)/(y(s-r))`, `g_r = c/(y(s-r-f'/R))` with `f' = f + dV - dV/dt`;
    balances from the distribution; G is the middle of the cut-offs of
    the three pairs.
    """
    time_cost = mine.fixed + mine.discount * value - mine.drift
    margin = mine.recovery * (mine.price - mine.refining)
    by_mine = mine.milling / margin
    by_mill = (mine.milling + time_cost / mine.mill_capacity) / margin
    left = mine.price - mine.refining - time_cost / mine.refinery_capacity
    by_refinery = mine.milling / (mine.recovery * left) if left > 0 else grades.edges[-1]
    mine_mill, mine_refinery, mill_refinery = _balances(mine, grades)
    grade = _middle(
        _of_pair(by_mine, by_mill, mine_mill),
        _of_pair(by_mine, by_refinery, mine_refinery),
        _of_pair(by_refinery, by_mill, mill_refinery),
    )
    return CutOff(grade, (by_mine, by_mill, by_refinery), (mine_mill, mine_refinery, mill_refinery))


def operate_at(mine: LaneMine, grades: GradeDistribution, cut_off: float) -> Operation:
    """Return what mining the whole distribution at one cut-off brings."""
    material = grades.total
    ore = material * grades.ore_share(cut_off)
    metal = material * grades.metal_per_t(cut_off) * mine.recovery
    spans = {
        "mine": material / mine.mine_capacity,
        "mill": ore / mine.mill_capacity,
        "refinery": metal / mine.refinery_capacity,
    }
    limit = max(spans, key=lambda stage: spans[stage])
    life = spans[limit]
    profit = (
        metal * (mine.price - mine.refining) - ore * mine.milling - material * mine.mining - mine.fixed * life
    )
    annuity = life if mine.discount == 0 else (1 - (1 + mine.discount) ** -life) / mine.discount
    return Operation(cut_off, ore, metal, life, profit, profit / life * annuity, limit)


def lane(mine: LaneMine, grades: GradeDistribution) -> Operation:
    """Return the operation at the cut-off that is consistent with the value it creates.

    V starts at zero and is replaced by the NPV of the cut-off that it leads to, until the cut-off stays.
    """
    result = operate_at(mine, grades, lane_cut_off(mine, grades).grade)
    for _ in range(ROUNDS):
        following = operate_at(mine, grades, lane_cut_off(mine, grades, max(result.npv, 0.0)).grade)
        if abs(following.cut_off - result.cut_off) <= 1e-12:
            return following
        result = following
    return result


def lane_policy(mine: LaneMine, grades: GradeDistribution) -> tuple[tuple[LaneYear, ...], float]:
    """Return the cut-offs year by year as the reserve and its value shrink, and the NPV of all years.

    Each year takes the same share out of every grade class. Profits fall at year ends.
    """
    years: list[LaneYear] = []
    npv, clock, left = 0.0, 0.0, grades
    while left.total > 1e-9 * grades.total:
        best = lane(mine, left)
        length = min(1.0, best.life)
        share = length / best.life
        years.append(
            LaneYear(
                best.cut_off,
                left.total * share,
                best.ore * share,
                best.metal * share,
                best.profit * share,
                length,
            )
        )
        clock += length
        npv += years[-1].profit * (1 + mine.discount) ** -clock
        left = replace(left, tonnes=tuple(tonnes * (1 - share) for tonnes in left.tonnes))
    return tuple(years), npv


def _balances(mine: LaneMine, grades: GradeDistribution) -> tuple[float, float, float]:
    metal_limit = mine.refinery_capacity / mine.recovery
    return (
        _where(grades, lambda cut: grades.ore_share(cut) * mine.mine_capacity - mine.mill_capacity),
        _where(grades, lambda cut: grades.metal_per_t(cut) * mine.mine_capacity - metal_limit),
        _where(grades, lambda cut: metal_limit - grades.mean_grade(cut) * mine.mill_capacity),
    )


def _where(grades: GradeDistribution, excess: Callable[[float], float]) -> float:
    """Return the cut-off at which a falling excess is zero, within the grades there are."""
    low, high = grades.edges[0], grades.edges[-1]
    if excess(low) <= 0:
        return low
    return (
        high if excess(high) >= 0 else float(scipy.optimize.brentq(excess, low, high, xtol=1e-15, rtol=1e-14))
    )


def _of_pair(above: float, below: float, balance: float) -> float:
    """Return the better cut-off of two stages, one of which limits below their balance and one above it.

    That is the middle of the three, except where the refinery's own cut-off is above the mill's: the balance
    then lies below both, and the refinery decides.
    """
    return above if balance <= above else min(below, balance)


def _middle(one: float, other: float, third: float) -> float:
    return sorted((one, other, third))[1]
