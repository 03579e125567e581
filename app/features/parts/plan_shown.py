"""A generated schedule as pages and the API show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from app.engine.mine_plan import Row
from app.engine.timeline import Timeline
from app.errors import Conflict
from app.models import Scenario
from app.planning.edit import RowChange, save_made
from app.planning.effect import EffectPanel, panel_of
from app.planning.generate import Asked, Generated, Phase, generate
from app.planning.history import Because, latest_number
from app.planning.plan_rows import grade_unit
from app.planning.what_if import what_if
from app.valuation.inputs.terms import timeline
from app.valuation.load import load_scenario
from app.valuation.units import measure
from app.web.charts import CashFlowChart, Role, Series
from app.web.measures import Measure, mass_measure

SUMMARY = "Production generated"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One period: masses in the plan's unit, the share of capacity used [%], what is left of the reserve."""

    period: str
    ore: float
    waste: float
    capacity: float
    used: float | None
    left: float
    grades: Sequence[float]


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """One phase: masses in the plan's unit, the periods from its first to its last ore."""

    name: str
    ore: float
    left: float
    strip_ratio: float
    when: str


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A schedule before it is saved: its rows, its chart, and what it would do. unit: of its masses.

    graded: metals whose grade differs by period, with the unit that it is shown in.
    """

    generated: Generated
    unit: str
    rows: Sequence[PlanRow]
    chart: CashFlowChart
    effect: EffectPanel
    ore: float
    waste: float
    left: float
    phases: Sequence[PhaseRow]
    graded: Sequence[tuple[str, str]]


def planned(session: Session, scenario_id: int, asked: Asked) -> tuple[Generated, Timeline, EffectPanel]:
    """Return the schedule and what it would do; raises `InvalidInput`. No session holds the rows after it."""
    scenario = load_scenario(session, scenario_id)
    made, when = generate(scenario, asked), timeline(scenario)
    return made, when, panel_of(what_if(session, scenario_id, made.changes, scenario))


def write_plan(session: Session, scenario: Scenario, asked: Asked, seen: int | None, note: str) -> int:
    """Write the schedule as one revision and return its number.

    seen: the revision that the schedule was looked at on. Raises `Conflict` where another came after it.
    """
    newest = latest_number(session, scenario.id)
    if seen is not None and seen != newest:
        raise Conflict(
            "Somebody changed this scenario after the schedule was generated.",
            theirs={"Newest revision": newest},
            yours={"Newest revision": seen},
        )
    because = Because(f"{SUMMARY}: {asked.source}", note=note)

    def make(full: Scenario) -> tuple[Sequence[RowChange], Because]:
        return generate(full, asked).changes, because

    save_made(session, scenario, make)
    return latest_number(session, scenario.id)


def shown_plan(made: Generated, when: Timeline, effect: EffectPanel) -> ShownPlan:
    """Return a schedule ready for a page."""
    plan = made.plan
    unit = mass_measure("", [*plan.ore, *plan.waste])
    graded = [(metal, grade_unit(float(row.max()))) for metal, row in plan.grades.items()]
    left = np.maximum(made.reserve.ore - np.cumsum(plan.ore), 0.0)
    columns = (row.tolist() for row in (plan.ore, plan.waste, plan.capacity, left))
    rows = [
        PlanRow(
            label,
            ore / unit.factor,
            waste / unit.factor,
            most / unit.factor,
            100 * ore / most if most > 0 else None,
            rest / unit.factor,
            [float(measure(code).from_base(plan.grades[metal][index])) for metal, code in graded],
        )
        for index, (label, ore, waste, most, rest) in enumerate(zip(when.labels, *columns, strict=True))
    ]
    return ShownPlan(
        made,
        unit.unit,
        rows,
        _chart(made, when, unit),
        effect,
        float(plan.ore.sum()) / unit.factor,
        float(plan.waste.sum()) / unit.factor,
        plan.left / unit.factor,
        [_phase_row(phase, ore, when, unit) for phase, ore in zip(made.phases, plan.phases, strict=True)],
        graded,
    )


def _phase_row(phase: Phase, ore: Row, when: Timeline, unit: Measure) -> PhaseRow:
    mined = np.flatnonzero(ore)
    ends = (when.labels[mined[0]], when.labels[mined[-1]]) if len(mined) else ()
    words = " to ".join(dict.fromkeys(ends)) or "never"
    rest = max(phase.ore - float(ore.sum()), 0.0)
    return PhaseRow(phase.name, phase.ore / unit.factor, rest / unit.factor, phase.strip_ratio, words)


def _chart(made: Generated, when: Timeline, unit: Measure) -> CashFlowChart:
    plan = made.plan

    def yearly(row: Row) -> list[float | None]:
        return unit.all(np.add.reduceat(row, when.year_starts).tolist())

    return CashFlowChart(
        name="generated-schedule",
        title="Rock mined",
        unit=unit.unit,
        convention="By year, as generated",
        periods=when.year_labels,
        bars=[Series("Ore", Role.FIRST, yearly(plan.ore)), Series("Waste", Role.SECOND, yearly(plan.waste))],
        summary=f"{made.reserve.ore / unit.factor:,.4g} {unit.unit} of ore in {plan.life:.1f} years",
    )
