"""The form that generates a production schedule: read into what is asked, and filled from what there is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.cutoff import GradeDistribution
from app.engine.mine_plan import Row
from app.models import Entered, OreSource, Process, Scenario
from app.planning.generate import Asked, Phase
from app.planning.plan_rows import readable
from app.valuation.inputs.terms import timeline
from app.valuation.units import UnknownUnit, measure
from app.web.formatting import parse_number
from app.web.forms import Form

TONNES = ("t", "kt", "Mt")
GRADES = ("%", "g/t", "kg/t", "ppm")
#: What separates the columns of pasted phases.
CELLS = re.compile(r"[\t;]")
#: Rows for metals beyond those that the scenario knows.
SPARE_METALS = 1


@dataclass(frozen=True, slots=True)
class MetalFields:
    """The fields of one metal. known: it has a recovery already, so none is asked for."""

    index: int
    name: str
    known: bool


def read_asked(form: Form) -> Asked:
    """Return what the form asks for; what cannot be read is in `form.problems`."""
    unit = form.one_of("unit", TONNES)
    factor = measure(unit).to_base(1.0) if unit in TONNES else 1.0
    grades, recoveries = _metals(form)
    curve = _curve(form, factor)
    reserve = form.number("reserve", required=False, least=0)
    phases = _phases(form, factor)
    return Asked(
        source=form.text("source", longest=200),
        process=form.text("process", required=False, longest=200),
        reserve=None if reserve is None or phases else reserve * factor,
        curve=curve,
        curve_metal=form["curve_metal"].strip() if curve else "",
        cut_off=_grade(form, "cut_off", "curve_unit") or 0.0,
        strip_ratio=form.number("strip_ratio", required=False, least=0) or 0.0,
        ore_a_day=form.number("ore_a_day", required=False, least=0),
        rock_a_day=form.number("rock_a_day", required=False, least=0),
        idle_days=form.number("idle_days", required=False, least=0) or 0.0,
        availability=form.number("availability", least=0, most=100, unit="%", divide_by=100),
        ramp_up=form.row("ramp_up", divide_by=100),
        first=form.integer("first", least=0),
        grades=grades,
        recoveries=recoveries,
        phases=phases,
        unit=unit or TONNES[1],
        uncover=form.flag("uncover"),
    )


def _curve(form: Form, factor: float) -> GradeDistribution | None:
    edges, tonnes = form.row("curve_grades"), form.row("curve_tonnes")
    if not edges and not tonnes:
        return None
    unit = measure(form.one_of("curve_unit", GRADES) or "%")
    return GradeDistribution(tuple(map(unit.to_base, edges)), tuple(amount * factor for amount in tonnes))


def _phases(form: Form, factor: float) -> tuple[Phase, ...]:
    """Return the phases of a pasted block: name, ore, strip ratio, a grade for each metal of the form."""
    metals = [(form[f"metal.{index}"].strip(), index) for index in metal_indices(form)]
    named = [(metal, index) for metal, index in metals if metal]
    found = []
    for number, line in enumerate(filter(str.strip, form["phases"].splitlines()), start=1):
        name, *cells = (cell.strip() for cell in CELLS.split(line))
        if not 1 <= len(cells) <= 2 + len(named):
            form.refuse(
                "phases", f"line {number}: name, ore, strip ratio and a grade for each metal named above"
            )
            continue
        try:
            ore, ratio, *grades = [*map(parse_number, cells), *[0.0] * (2 + len(named) - len(cells))]
        except ValueError as error:
            form.refuse("phases", f"line {number}, “{line.strip()}”: {error}")
            continue
        units = [measure(form.one_of(f"grade_unit.{index}", GRADES) or "%") for _, index in named]
        shares = {
            metal: unit.to_base(grade) for (metal, _), unit, grade in zip(named, units, grades, strict=True)
        }
        found.append(Phase(name, ore * factor, ratio, shares))
    return tuple(found)


def _metals(form: Form) -> tuple[dict[str, float], dict[str, float]]:
    grades: dict[str, float] = {}
    recoveries: dict[str, float] = {}
    for index in metal_indices(form):
        metal = form.text(f"metal.{index}", required=False, longest=100)
        grade = _grade(form, f"grade.{index}", f"grade_unit.{index}")
        recovery = form.number(
            f"recovery.{index}", required=False, least=0, most=100, unit="%", divide_by=100
        )
        if not metal and (grade is not None or recovery is not None):
            form.refuse(f"metal.{index}", "the metal's symbol, such as Au or Cu")
        if metal and metal in grades | recoveries:
            form.refuse(f"metal.{index}", "another metal: this one stands above")
        if metal and grade is not None:
            grades[metal] = grade
        if metal and recovery is not None:
            recoveries[metal] = recovery
    return grades, recoveries


def metal_indices(form: Form) -> list[int]:
    """Return the numbers of the rows of metals that a form has."""
    starts = (name.partition(".") for name in form.names())
    return sorted({int(end) for start, _, end in starts if start == "metal" and end.isdecimal()})


def _grade(form: Form, name: str, unit: str) -> float | None:
    value = form.number(name, required=False, least=0)
    if value is None:
        return None
    try:
        return measure(form.one_of(unit, GRADES) or "%").to_base(value)
    except UnknownUnit:
        return None


def fill_asked(scenario: Scenario) -> Form:
    """Return the form as the scenario's present rows fill it."""
    source = scenario.sources[0] if scenario.sources else None
    process = scenario.processes[0] if scenario.processes else None
    mined = _tonnes(scenario, source.ore if source else None)
    ore = mined if mined.any() else _tonnes(scenario, process.ore if process else None)
    reserve = _factor(source.reserve.unit) * source.reserve.value if source and source.reserve else None
    whole = reserve if reserve is not None else float(ore.sum())
    unit = next((name for name in ("Mt", "kt") if whole >= 10 * measure(name).to_base(1.0)), TONNES[1])
    days = timeline(scenario).days
    return Form.of(
        revision=0,
        source=source.name if source else "Pit",
        process=process.name if process else "Mill",
        unit=unit,
        reserve=readable(measure(unit).from_base(whole)) if whole else "",
        strip_ratio=_strip_ratio(scenario, source, mined),
        ore_a_day=float(f"{(ore / days).max():.6g}") if ore.any() else "",
        rock_a_day="",
        idle_days=0,
        availability=100,
        ramp_up="",
        first=int(np.argmax(ore > 0)) if ore.any() else scenario.production_start or 0,
        curve_unit=GRADES[0],
        **dict(_metal_texts(scenario, source, process, ore)),
    )


def _strip_ratio(scenario: Scenario, source: OreSource | None, mined: Row) -> object:
    waste = _tonnes(scenario, source.waste if source else None)
    return readable(float(f"{waste.sum() / mined.sum():.4g}")) if waste.any() and mined.any() else ""


def _metal_texts(
    scenario: Scenario, source: OreSource | None, process: Process | None, ore: Row
) -> Iterator[tuple[str, object]]:
    grades: Mapping[str, Entered | None] = {
        **{row.metal: row.grade for row in (process.metals if process else [])},
        **{row.metal: row.grade for row in (source.metals if source else [])},
    }
    for index, name in enumerate([*known_metals(scenario), *[""] * SPARE_METALS]):
        held = grades.get(name)
        unit = held.unit if held is not None and held.unit in GRADES else GRADES[0]
        yield f"metal.{index}", name
        yield f"grade_unit.{index}", unit
        yield f"grade.{index}", "" if held is None else _mean(held, ore)
        yield f"recovery.{index}", ""


def known_metals(scenario: Scenario) -> list[str]:
    """Return the metals that ore, a process or a product of the scenario names."""
    names = (
        *(row.metal for source in scenario.sources for row in source.metals),
        *(row.metal for process in scenario.processes for row in process.metals),
        *(row.metal for product in scenario.products for row in product.metals),
    )
    return list(dict.fromkeys(names))


def metal_fields(scenario: Scenario, form: Form) -> list[MetalFields]:
    """Return the rows of metals of a form."""
    held = {
        row.metal
        for process in scenario.processes
        if process.name == form["process"]
        for row in process.metals
        if row.recovery is not None or row.recovery_curve is not None
    }
    return [MetalFields(index, name := form[f"metal.{index}"], name in held) for index in metal_indices(form)]


def _tonnes(scenario: Scenario, held: Entered | None) -> Row:
    periods = scenario.period_count
    if held is None:
        return np.zeros(periods)
    factor = _factor(held.unit)
    values = held.values * periods if len(held.values) == 1 else held.values
    return np.resize(np.asarray(values, dtype=np.float64), periods) * factor


def _factor(unit: str) -> float:
    """Return the tonnes of a unit of mass, nothing of one that is not known."""
    try:
        return measure(unit).to_base(1.0)
    except UnknownUnit:
        return 0.0


def _mean(held: Entered, ore: Row) -> float:
    """Return the mean of a grade, by the ore where the two have values for the same periods."""
    if len(held.values) == len(ore) and ore.any():
        return float(f"{np.average(held.values, weights=ore):.4g}")
    return float(f"{np.mean(held.values):.4g}")
