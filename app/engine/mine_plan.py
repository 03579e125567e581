"""A production schedule from a reserve, a capacity, a ramp-up, a cut-off and a calendar.

Grades are mass fractions, masses tonnes. Sources: SME Mining Engineering Handbook, production planning, for
the mass balance and `capacity = rate × days × availability`; the cut-off on a grade-tonnage curve as in
`app.engine.cutoff`, Taylor's rule as in `app.engine.capacity`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.engine.cutoff import GradeDistribution
from app.engine.problems import Problem
from app.engine.timeline import Timeline

Row = NDArray[np.float64]
# The shortest month has 28 days; more idle days a year would leave it less than none.
MOST_IDLE_DAYS = 336.0
# Beyond any deposit; keeps products of masses and days within what numbers hold.
MOST_TONNES = 1e15


@dataclass(frozen=True, slots=True)
class Reserve:
    """What may be mined: ore [t], its grade by metal, and the rock that comes with it [t]."""

    ore: float
    grades: Mapping[str, float] = field(default_factory=dict)
    waste: float = 0.0

    @property
    def strip_ratio(self) -> float:
        """Waste by ore [t/t], zero where there is no ore."""
        return self.waste / self.ore if self.ore > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a reserve is mined.

    ore_a_day: nameplate [t/d]. rock_a_day: ore and waste together [t/d], None without limit. idle_days: days
    a year in which nothing is mined. availability: share of the other days. ramp_up: factors on the first
    periods with ore. first: index of the first of them.
    """

    ore_a_day: float
    rock_a_day: float | None = None
    idle_days: float = 0.0
    availability: float = 1.0
    ramp_up: tuple[float, ...] = ()
    first: int = 0


@dataclass(frozen=True, slots=True)
class MinePlan:
    """A schedule by period, `(n_periods,)`: ore, waste, and the most ore that could be mined [t].

    left: ore that the timeline leaves in the ground [t]. life: years of production, the last one in
    proportion to what it takes of its capacity. phases: ore of each of several reserves [t], `(n_phases,
    n_periods)`; grades: of the ore of each period by metal, zero where there is none; both only of phases.
    """

    ore: Row
    waste: Row
    capacity: Row
    left: float
    life: float
    phases: tuple[Row, ...] = ()
    grades: Mapping[str, Row] = field(default_factory=dict)


def reserve_above(material: GradeDistribution, cut_off: float, metal: str, waste: float = 0.0) -> Reserve:
    """Return the ore at or above a cut-off and its mean grade; the rest goes with the waste [t].

    >>> reserve_above(GradeDistribution((0.0, 1.0), (1000.0,)), 0.4, "Cu")
    Reserve(ore=600.0, grades={'Cu': 0.7}, waste=400.0)
    """
    ore = material.total * material.ore_share(cut_off)
    return Reserve(ore, {metal: material.mean_grade(cut_off)}, waste + material.total - ore)


def capacities(timeline: Timeline, pace: Pace, strip_ratio: float = 0.0) -> Row:
    """Return the most ore of each period [t], `(n_periods,)`; zero before the first period with ore.

    `capacity = rate · (days - idle days · years) · availability · ramp-up`; where ore and waste share a
    limit, ore gets `1 / (1 + strip ratio)` of it.
    """
    rate = pace.ore_a_day
    if pace.rock_a_day is not None:
        rate = min(rate, pace.rock_a_day / (1.0 + strip_ratio))
    days = (timeline.days - pace.idle_days * timeline.years) * pace.availability
    factors = np.where(np.arange(timeline.n_periods) >= pace.first, 1.0, 0.0)
    ramped = factors[pace.first : pace.first + len(pace.ramp_up)]
    ramped *= pace.ramp_up[: len(ramped)]
    most: Row = rate * days * factors
    return most


def mine_plan(timeline: Timeline, reserve: Reserve, pace: Pace) -> MinePlan:
    """Return the schedule that mines a reserve as fast as the pace allows, waste along with its ore.

    The ore of all periods and what is left are the reserve; no period exceeds its capacity. Inputs are
    trusted: `plan_problems` names what is wrong with them beforehand.
    """
    most = capacities(timeline, pace, reserve.strip_ratio)
    mined = np.minimum(np.cumsum(most), reserve.ore)
    ore = np.minimum(np.diff(mined, prepend=0.0), most)
    used = np.divide(ore, most, out=np.zeros_like(most), where=most > 0)
    return MinePlan(
        ore=ore,
        waste=ore * reserve.strip_ratio,
        capacity=most,
        left=max(reserve.ore - float(mined[-1]), 0.0),
        life=float((used * timeline.years).sum()),
    )


def together(phases: Sequence[Reserve]) -> Reserve:
    """Return several reserves as one, at mean grades; a metal that one does not name is not in it.

    >>> together([Reserve(3.0, {"Cu": 0.01}), Reserve(1.0, {"Cu": 0.03}, waste=8.0)])
    Reserve(ore=4.0, grades={'Cu': 0.015}, waste=8.0)
    """
    ore = sum(phase.ore for phase in phases)
    metals = dict.fromkeys(metal for phase in phases for metal in phase.grades)
    grades = {
        metal: sum(phase.ore * phase.grades.get(metal, 0.0) for phase in phases) / ore if ore > 0 else 0.0
        for metal in metals
    }
    return Reserve(ore, grades, sum(phase.waste for phase in phases))


def mine_in_order(timeline: Timeline, phases: Sequence[Reserve], pace: Pace) -> MinePlan:
    """Return the schedule that mines pits or pushbacks one after the other, each with its own strip ratio.

    In a period each phase takes `min(left, free share · its capacity)` of what the phases before it leave
    free, so that no period exceeds what the pace allows, whichever phase it is in. Metal mined is the sum of
    ore times grade over the phases. Inputs are trusted: `plan_problems` of each phase names what is wrong.
    """
    most = np.array([capacities(timeline, pace, phase.strip_ratio) for phase in phases])
    ore = np.zeros_like(most)
    free, capacity = np.ones(timeline.n_periods), np.zeros(timeline.n_periods)
    for period in range(timeline.n_periods):
        for number, phase in enumerate(phases):
            left = phase.ore - float(ore[number, :period].sum())
            able = float(free[period] * most[number, period])
            taken = min(max(left, 0.0), able)
            ore[number, period] = taken
            if able > 0:
                free[period] = 0.0 if taken == able else free[period] - taken / most[number, period]
            if taken < left or number == len(phases) - 1:
                capacity[period] = ore[:, period].sum() + free[period] * most[number, period]
                break
    whole: Row = ore.sum(axis=0)
    ratios = np.array([phase.strip_ratio for phase in phases])
    used = np.where(whole > 0, 1.0 - free, 0.0)
    return MinePlan(
        ore=whole,
        waste=ratios @ ore,
        capacity=capacity,
        left=max(sum(phase.ore for phase in phases) - float(whole.sum()), 0.0),
        life=float((used * timeline.years).sum()),
        phases=tuple(ore),
        grades={metal: _mixed(phases, metal, ore) for metal in together(phases).grades},
    )


def _mixed(phases: Sequence[Reserve], metal: str, ore: NDArray[np.float64]) -> Row:
    """Return the grade of the ore of each period, `(n_periods,)`."""
    whole = ore.sum(axis=0)
    held: Row = np.array([phase.grades.get(metal, 0.0) for phase in phases]) @ ore
    grade: Row = np.divide(held, whole, out=np.zeros_like(whole), where=whole > 0)
    return grade


def plan_problems(timeline: Timeline, reserve: Reserve, pace: Pace) -> tuple[Problem, ...]:
    """Return what makes no sense in a reserve or a pace, by the field of either; empty when all is well."""
    return (*_wrong_reserve(reserve), *_wrong_pace(timeline, pace))


def _wrong_reserve(reserve: Reserve) -> Iterator[Problem]:
    if not 0 < reserve.ore <= MOST_TONNES:
        yield Problem("reserve", reserve.ore, f"ore, more than 0 and at most {MOST_TONNES:g} t")
    if not 0 <= reserve.waste <= MOST_TONNES:
        yield Problem("strip_ratio", reserve.waste, f"at least 0, and at most {MOST_TONNES:g} t of waste")
    for metal, grade in reserve.grades.items():
        if not 0 <= grade <= 1:
            yield Problem(f"grade.{metal}", grade, "between nothing and pure metal")


def _wrong_pace(timeline: Timeline, pace: Pace) -> Iterator[Problem]:
    if not 0 < pace.ore_a_day <= MOST_TONNES:
        yield Problem("ore_a_day", pace.ore_a_day, "more than 0 t a day")
    if pace.rock_a_day is not None and not 0 < pace.rock_a_day <= MOST_TONNES:
        yield Problem("rock_a_day", pace.rock_a_day, "more than 0 t a day, or nothing for no limit")
    if not 0 <= pace.idle_days < MOST_IDLE_DAYS:
        yield Problem("idle_days", pace.idle_days, f"from 0 to less than {MOST_IDLE_DAYS:.0f} days a year")
    if not 0 < pace.availability <= 1:
        yield Problem("availability", pace.availability, "more than 0 % and at most 100 %")
    if not all(0 <= factor <= 1 for factor in pace.ramp_up):
        yield Problem("ramp_up", pace.ramp_up, "shares of capacity from 0 to 100 %, one for each period")
    if not 0 <= pace.first < timeline.n_periods:
        yield Problem("first", pace.first, f"a period from 0 to {timeline.n_periods - 1}")


def phase_problems(timeline: Timeline, phases: Sequence[Reserve], pace: Pace) -> tuple[Problem, ...]:
    """Return what makes no sense in phases or their pace; `phases[0].strip_ratio` is a field of the first."""
    found = [
        Problem(f"phases[{number}].{problem.field}", problem.value, problem.allowed)
        for number, phase in enumerate(phases)
        for problem in _wrong_reserve(phase)
    ]
    return (*found, *_wrong_pace(timeline, pace))


def curve_problems(material: GradeDistribution, cut_off: float) -> tuple[Problem, ...]:
    """Return what makes no sense in a grade-tonnage curve or a cut-off on it; empty when all is well."""
    edges, tonnes = material.edges, material.tonnes
    found: list[Problem] = []
    if len(edges) != len(tonnes) + 1 or len(tonnes) < 1:
        allowed = f"the edges of the classes, one more than there are classes; there are {len(edges)}"
        found.append(Problem("curve_grades", edges, allowed))
    elif not all(0 <= low < high <= 1 for low, high in pairwise(edges)):
        found.append(Problem("curve_grades", edges, "ascending, between nothing and pure metal"))
    if not all(0 <= amount <= MOST_TONNES for amount in tonnes) or sum(tonnes) <= 0:
        found.append(Problem("curve_tonnes", tonnes, "tonnes of each class, at least 0, not all of them 0"))
    if not found and not edges[0] <= cut_off < edges[-1]:
        found.append(Problem("cut_off", cut_off, "within the grades of the curve"))
    return tuple(found)
