"""A generated production schedule as changes to a scenario's rows: ore, waste, grades, feeds.

The schedule itself is the engine's (`app.engine.mine_plan`); here it finds its place among the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engine.capacity import Ton, taylor_capacity, taylor_life
from app.engine.cutoff import GradeDistribution
from app.engine.mine_plan import (
    MinePlan,
    Pace,
    Reserve,
    curve_problems,
    mine_in_order,
    mine_plan,
    phase_problems,
    plan_problems,
    reserve_above,
    together,
)
from app.engine.problems import Problem as EngineProblem
from app.engine.timeline import Timeline
from app.errors import InvalidInput, Problem
from app.models import OreSource, Process, Scenario
from app.planning.edit import RowChange
from app.planning.plan_rows import Writer, grades_of, readable
from app.valuation.inputs.terms import timeline

#: Days of a year, for a pace by the year.
DAYS_A_YEAR = 365.0
#: Fields that say which row it is.
NAMING = frozenset({"name", "process", "source", "metal"})
#: Entered rows that would stand in place of what a schedule leads to.
HIDING = (
    "ore_mined",
    "waste_mined",
    "ore_processed",
    "head_grade.",
    "recovered.",
    "concentrate.",
    "payable.",
)


@dataclass(frozen=True, slots=True)
class Phase:
    """A pit or pushback: ore [t], waste by ore [t/t], mass fraction of each metal."""

    name: str
    ore: float
    strip_ratio: float = 0.0
    grades: Mapping[str, float] = field(default_factory=dict)

    @property
    def reserve(self) -> Reserve:
        """What it holds."""
        return Reserve(self.ore, self.grades, self.ore * self.strip_ratio)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a schedule is generated from; masses in t, grades and recoveries as fractions.

    source, process: names, of rows there are or of new ones; no process leaves processing alone.
    reserve: of ore, or it follows from `curve`, the material by grade class of `curve_metal`, and `cut_off`,
    or from `phases`, which are mined in this order; strip ratio and grades are then theirs.
    strip_ratio: other waste by ore. ore_a_day: None takes Taylor's rule. grades, recoveries: by metal; a
    recovery fills a gap and replaces none. unit: in which the schedule is written. uncover: rows entered in
    place of derived physicals are deleted, or they would hide the schedule.
    """

    source: str
    process: str = ""
    reserve: float | None = None
    curve: GradeDistribution | None = None
    curve_metal: str = ""
    cut_off: float = 0.0
    strip_ratio: float = 0.0
    ore_a_day: float | None = None
    rock_a_day: float | None = None
    idle_days: float = 0.0
    availability: float = 1.0
    ramp_up: tuple[float, ...] = ()
    first: int = 0
    grades: Mapping[str, float] = field(default_factory=dict)
    recoveries: Mapping[str, float] = field(default_factory=dict)
    phases: tuple[Phase, ...] = ()
    unit: str = "kt"
    uncover: bool = False


@dataclass(frozen=True, slots=True)
class Generated:
    """A schedule and what it takes to write it.

    taylor_life [years], taylor_a_day [t/d]: what Taylor's rule says of this reserve. hidden: entered rows
    that stand in its place and stay.
    """

    plan: MinePlan
    reserve: Reserve
    pace: Pace
    taylor_life: float
    taylor_a_day: float
    hidden: tuple[str, ...]
    changes: tuple[RowChange, ...]
    phases: tuple[Phase, ...] = ()


def generate(scenario: Scenario, asked: Asked) -> Generated:
    """Return the schedule of a loaded scenario and the changes that write it; raises `InvalidInput`."""
    _refuse(_wrong_names(scenario, asked))
    reserve = _reserve(asked)
    when = timeline(scenario)
    daily = 0.0
    if reserve.ore > 0:
        working = (DAYS_A_YEAR - asked.idle_days) * (asked.availability or 1.0)
        daily = taylor_capacity(reserve.ore, Ton.METRIC, working)
    pace = Pace(
        daily if asked.ore_a_day is None else asked.ore_a_day,
        asked.rock_a_day,
        asked.idle_days,
        asked.availability,
        asked.ramp_up,
        asked.first,
    )
    plan = _plan(when, asked, reserve, pace)
    covering = _covering(scenario)
    return Generated(
        plan,
        reserve,
        pace,
        taylor_life(reserve.ore, Ton.METRIC),
        daily,
        () if asked.uncover else tuple(covering),
        tuple(_changes(scenario, asked, reserve, plan)),
        asked.phases,
    )


def _plan(when: Timeline, asked: Asked, reserve: Reserve, pace: Pace) -> MinePlan:
    if not asked.phases:
        _refuse(plan_problems(when, reserve, pace))
        return mine_plan(when, reserve, pace)
    phases = [phase.reserve for phase in asked.phases]
    _refuse(phase_problems(when, phases, pace))
    return mine_in_order(when, phases, pace)


def _reserve(asked: Asked) -> Reserve:
    if asked.phases:
        return together([phase.reserve for phase in asked.phases])
    if asked.curve is None:
        ore = asked.reserve or 0.0
        return Reserve(ore, asked.grades, ore * asked.strip_ratio)
    _refuse(curve_problems(asked.curve, asked.cut_off))
    above = reserve_above(asked.curve, asked.cut_off, asked.curve_metal)
    return Reserve(above.ore, {**asked.grades, **above.grades}, above.waste + above.ore * asked.strip_ratio)


def _refuse(problems: Iterable[Problem | EngineProblem]) -> None:
    found = [Problem(problem.field, problem.value, problem.allowed) for problem in problems]
    if found:
        raise InvalidInput(found)


def _wrong_names(scenario: Scenario, asked: Asked) -> Iterator[Problem]:
    if not asked.source.strip():
        yield Problem("source", asked.source, "fill this in")
    if asked.unit not in {"t", "kt", "Mt"}:
        yield Problem("unit", asked.unit, "t, kt or Mt")
    if asked.curve is not None and not asked.curve_metal:
        yield Problem("curve_metal", asked.curve_metal, "the metal whose grades the curve gives")
    if asked.curve is not None and asked.reserve is not None:
        yield Problem(
            "reserve", asked.reserve, "nothing here, because the curve and its cut-off give the reserve"
        )
    if (asked.idle_days or 0) >= DAYS_A_YEAR:
        yield Problem("idle_days", asked.idle_days, "fewer days than a year has")
    if asked.phases and (asked.curve is not None or asked.reserve is not None):
        yield Problem("phases", len(asked.phases), "no other reserve and no curve beside phases")
    for metal, recovery in asked.recoveries.items():
        if not 0 <= recovery <= 1:
            yield Problem(f"recovery.{metal}", recovery, "from 0 to 100 %")
    yield from _unclear_process(scenario, asked)


def _unclear_process(scenario: Scenario, asked: Asked) -> Iterator[Problem]:
    process = _process(scenario, asked)
    if process is None:
        return
    others = [row.name for row in scenario.sources if row.name != asked.source]
    if not process.feeds and process.ore is not None and others:
        yield Problem(
            "process",
            asked.process,
            f"a process whose feeds name their source: the ore of “{process.name}” is entered as one row, and"
            f" {', '.join(others)} may be in it; add feeds, or choose no process",
        )


def _source(scenario: Scenario, asked: Asked) -> OreSource | None:
    return next((row for row in scenario.sources if row.name == asked.source), None)


def _process(scenario: Scenario, asked: Asked) -> Process | None:
    return next((row for row in scenario.processes if row.name == asked.process), None)


def _covering(scenario: Scenario) -> list[str]:
    return [row.line for row in scenario.entered_rows if row.line.startswith(HIDING)]


def _changes(scenario: Scenario, asked: Asked, reserve: Reserve, plan: MinePlan) -> Iterator[RowChange]:
    write = Writer(scenario, asked.unit)
    source = _source(scenario, asked)
    schedule = {
        "ore": write.tonnes(source, "ore", plan.ore),
        "waste": write.tonnes(source, "waste", plan.waste),
    }
    held = {"value": write.amount(reserve.ore), "unit": asked.unit}
    yield _put("sources", source, {"name": asked.source, **schedule, "reserve": held})
    known = {metal.metal: metal for metal in source.metals} if source else {}
    for metal, grade in grades_of(reserve, plan).items():
        at = known.get(metal)
        values = {"source": asked.source, "metal": metal, "grade": write.grade(at, grade)}
        yield _put("source_metals", at, values)
    if asked.process:
        yield from _processing(scenario, asked, reserve, plan, write)
    if asked.uncover:
        for entered in scenario.entered_rows:
            if entered.line.startswith(HIDING):
                yield RowChange("entered_rows", str(entered.id), entered.version, remove=True)


def _processing(
    scenario: Scenario, asked: Asked, reserve: Reserve, plan: MinePlan, write: Writer
) -> Iterator[RowChange]:
    """Yield what the process takes: its entered ore and grades, or its feed from the source."""
    process = _process(scenario, asked)
    if process is None:
        yield RowChange("processes", values={"name": asked.process})
    entered = process is not None and process.ore is not None and not process.feeds
    if entered:
        yield _put("processes", process, {"ore": write.tonnes(process, "ore", plan.ore)})
    else:
        feeds = process.feeds if process else []
        feed = next((each for each in feeds if each.source == asked.source), None)
        ore = write.tonnes(feed, "ore", plan.ore)
        yield _put("feeds", feed, {"process": asked.process, "source": asked.source, "ore": ore})
    known = {metal.metal: metal for metal in process.metals} if process else {}
    for metal in dict.fromkeys([*(reserve.grades if entered else ()), *asked.recoveries]):
        at = known.get(metal)
        values: dict[str, Any] = {}
        if entered and metal in reserve.grades:
            values["grade"] = write.grade(at, grades_of(reserve, plan)[metal])
        if metal in asked.recoveries and (at is None or (at.recovery is None and at.recovery_curve is None)):
            values["recovery"] = {"value": readable(asked.recoveries[metal] * 100), "unit": "%"}
        if values:
            yield _put("process_metals", at, {"process": asked.process, "metal": metal, **values})


def _put(part: str, at: Any, values: Mapping[str, Any]) -> RowChange:
    """Return a change of the row, or a new row where there is none."""
    if at is None:
        return RowChange(part, values=values)
    kept = {name: value for name, value in values.items() if name not in NAMING}
    return RowChange(part, str(at.id), at.version, kept)
