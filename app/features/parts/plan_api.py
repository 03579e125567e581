"""A production schedule generated through the API: looked at, or written as one revision."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.engine.cutoff import GradeDistribution
from app.engine.timeline import Timeline
from app.errors import InvalidInput, Problem
from app.features.parts.api import EffectOut, ObstacleOut, effects_out
from app.features.parts.plan_shown import planned, write_plan
from app.planning.effect import EffectPanel
from app.planning.generate import Asked, Generated, Phase
from app.valuation.units import UnknownUnit, fitting, measure
from app.web.deps import SessionDep
from app.web.lookups import EditorDep, ScenarioDep

router = APIRouter(
    prefix="/api/projects/{project_slug}/scenarios/{scenario_slug}/production", tags=["production"]
)
Name = Annotated[str, Field(max_length=200)]
#: Periods of the longest timeline.
MOST = 2000


class QuantityBody(BaseModel):
    """A number with its unit, such as 35 Mt or 0.8 %."""

    model_config = ConfigDict(extra="forbid")

    value: float
    unit: Annotated[str, Field(max_length=40)]


class CurveBody(BaseModel):
    """Material by grade class: the edges of the classes, one more than classes, and the mass of each."""

    model_config = ConfigDict(extra="forbid")

    metal: Name
    grades: Annotated[list[float], Field(max_length=MOST)]
    grade_unit: Annotated[str, Field(max_length=40)] = "%"
    masses: Annotated[list[float], Field(max_length=MOST)]
    mass_unit: Annotated[str, Field(max_length=40)] = "t"
    cut_off: float = Field(default=0.0, description="In the unit of the grades.")


class PhaseBody(BaseModel):
    """A pit or pushback. strip_ratio: waste by ore."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    reserve: QuantityBody
    strip_ratio: float = 0.0
    grades: Annotated[dict[Name, QuantityBody], Field(max_length=100)] = {}


class PlanBody(BaseModel):
    """What a schedule is generated from.

    Either a reserve, or a grade-tonnage curve with its cut-off, or phases that are mined in order. Without
    `ore_a_day` Taylor's rule sets it.
    `ramp_up` are shares of capacity in the first periods with ore; `first` is the index of the first of them.
    """

    model_config = ConfigDict(extra="forbid")

    source: Name
    process: Name = ""
    reserve: QuantityBody | None = None
    curve: CurveBody | None = None
    strip_ratio: float = 0.0
    ore_a_day: QuantityBody | None = None
    rock_a_day: QuantityBody | None = None
    idle_days: float = Field(default=0.0, description="A year.")
    availability: float = Field(default=1.0, description="Share of the other days, 0 to 1.")
    ramp_up: Annotated[list[float], Field(max_length=MOST)] = []
    first: int = 0
    grades: Annotated[dict[Name, QuantityBody], Field(max_length=100)] = {}
    recoveries: Annotated[dict[Name, float], Field(max_length=100)] = {}
    phases: Annotated[list[PhaseBody], Field(max_length=50)] = []
    unit: Annotated[str, Field(max_length=40, description="t, kt or Mt: of the rows that are written.")] = (
        "kt"
    )
    uncover: Annotated[
        bool, Field(description="Delete rows entered in place of derived physicals, which would hide it.")
    ] = False


class GenerateBody(PlanBody):
    """A schedule to write. revision: the newest one that the caller has seen; left out, any will do."""

    revision: Annotated[int | None, Field(ge=0)] = None
    note: Annotated[str, Field(max_length=2000)] = ""


class PlanPeriodOut(BaseModel):
    """One period, in tonnes. phases: ore of each; grades: of the ore, where there are phases."""

    period: str
    ore: float
    waste: float
    capacity: float
    phases: list[float]
    grades: dict[str, float]


class PlanOut(BaseModel):
    """A schedule, in tonnes, mass fractions and years, and what it would do.

    hidden: entered rows that stand in its place.
    """

    periods: list[PlanPeriodOut]
    reserve: float
    grades: dict[str, float]
    strip_ratio: float
    left: float
    life: float
    ore_a_day: float
    taylor_life: float
    taylor_ore_a_day: float
    hidden: list[str]
    effects: list[EffectOut]
    problems: list[ObstacleOut]


class WrittenOut(BaseModel):
    """The revision that the schedule became."""

    revision: int


@router.post("/preview", summary="See a generated production schedule")
def preview(session: SessionDep, scenario: ScenarioDep, body: PlanBody) -> PlanOut:
    """Return the schedule that reserve, capacity, ramp-up, cut-off and calendar give; nothing is stored."""
    return _out(*planned(session, scenario.id, asked_of(body)))


@router.post("/generate", summary="Write a generated production schedule")
def write(session: SessionDep, scenario: EditorDep, body: GenerateBody) -> WrittenOut:
    """Write the schedule as one revision; 409 where another came after the one that the caller has seen."""
    return WrittenOut(revision=write_plan(session, scenario, asked_of(body), body.revision, body.note))


def asked_of(body: PlanBody) -> Asked:
    """Return what a body asks for; raises `InvalidInput` for a unit that measures something else."""
    curve, cut_off = _curve(body.curve)
    return Asked(
        source=body.source,
        process=body.process,
        reserve=_base("reserve", body.reserve, "t"),
        curve=curve,
        curve_metal=body.curve.metal if body.curve else "",
        cut_off=cut_off,
        strip_ratio=body.strip_ratio,
        ore_a_day=_base("ore_a_day", body.ore_a_day, "t"),
        rock_a_day=_base("rock_a_day", body.rock_a_day, "t"),
        idle_days=body.idle_days,
        availability=body.availability,
        ramp_up=tuple(body.ramp_up),
        first=body.first,
        grades=_grades("grade", body.grades),
        recoveries=body.recoveries,
        phases=tuple(
            Phase(
                each.name,
                _base(f"phases[{number}].reserve", each.reserve, "t") or 0.0,
                each.strip_ratio,
                _grades(f"phases[{number}].grade", each.grades),
            )
            for number, each in enumerate(body.phases)
        ),
        unit=body.unit,
        uncover=body.uncover,
    )


def _grades(field: str, given: dict[str, QuantityBody]) -> dict[str, float]:
    return {metal: _base(f"{field}.{metal}", grade, "fraction") or 0.0 for metal, grade in given.items()}


def _curve(given: CurveBody | None) -> tuple[GradeDistribution | None, float]:
    if given is None:
        return None, 0.0
    grade = _factor("curve.grade_unit", given.grade_unit, "fraction")
    mass = _factor("curve.mass_unit", given.mass_unit, "t")
    edges = tuple(each * grade for each in given.grades)
    return GradeDistribution(edges, tuple(each * mass for each in given.masses)), given.cut_off * grade


def _base(field: str, given: QuantityBody | None, wanted: str) -> float | None:
    return None if given is None else given.value * _factor(field, given.unit, wanted)


def _factor(field: str, code: str, wanted: str) -> float:
    plain = "1" if wanted == "fraction" else wanted
    try:
        found = measure(code)
    except UnknownUnit:
        found = None
    if found is None or fitting(found, (plain,)) is None:
        allowed = (
            "a unit of mass, such as t, kt or Mt" if wanted == "t" else "a unit of grade, such as % or g/t"
        )
        raise InvalidInput([Problem(field, code, allowed)])
    return found.to_base(1.0)


def _out(made: Generated, when: Timeline, effect: EffectPanel) -> PlanOut:
    plan = made.plan
    periods = [
        PlanPeriodOut(
            period=label,
            ore=float(plan.ore[index]),
            waste=float(plan.waste[index]),
            capacity=float(plan.capacity[index]),
            phases=[float(ore[index]) for ore in plan.phases],
            grades={metal: float(row[index]) for metal, row in plan.grades.items()},
        )
        for index, label in enumerate(when.labels)
    ]
    return PlanOut(
        periods=periods,
        reserve=made.reserve.ore,
        grades=dict(made.reserve.grades),
        strip_ratio=made.reserve.strip_ratio,
        left=plan.left,
        life=plan.life,
        ore_a_day=made.pace.ore_a_day,
        taylor_life=made.taylor_life,
        taylor_ore_a_day=made.taylor_a_day,
        hidden=list(made.hidden),
        effects=effects_out(effect),
        problems=[ObstacleOut(field=each.field, allowed=each.allowed) for each in effect.problems],
    )
