"""Where the inputs lie in the worst outcomes of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.engine.inputs import SimulationSpec
from app.engine.kinds import Effect, Tail
from app.engine.simulation.result import SimulationResult
from app.features.simulations.queries import Driver
from app.valuation.units import MONEY, UnknownUnit, measure
from app.web.formatting import plain


@dataclass(frozen=True, slots=True)
class WorstInput:
    """One input: its mean in the worst trials, and how far that is from its mean in all [sd]."""

    label: str
    mean: float
    unit: str
    shift: float


@dataclass(frozen=True, slots=True)
class Worst:
    """The inputs of the worst trials of one output, the one that stands out most first.

    trials: how many of the worst were looked at, out of the first `of` with a value.
    """

    share: str
    side: Tail
    trials: int
    of: int
    rows: Sequence[WorstInput]


def worst(
    result: SimulationResult,
    spec: SimulationSpec,
    output: str,
    drivers: Mapping[str, Driver],
    currency: str,
) -> Worst | None:
    """Return the view of one output, None where nothing drives it or it has no value."""
    found, tail = result.drivers.get(output), result.outputs[output].tail
    if found is None or tail is None:
        return None
    factors = {each.driver for each in spec.uncertain if each.effect is Effect.MULTIPLY}
    factors |= {path.driver for path in spec.paths if path.centred}
    rows = [
        WorstInput(
            drivers[effect.driver].label if effect.driver in drivers else effect.driver,
            *_in_its_unit(effect.worst, drivers.get(effect.driver), effect.driver in factors, currency),
            effect.worst_shift,
        )
        for effect in found.effects
    ]
    rows.sort(key=lambda row: -abs(row.shift))
    inside = max(round(tail.level * found.trials), 1)
    return Worst(f"{plain(tail.level, 100)} %", tail.side, inside, found.trials, rows)


def _in_its_unit(value: float, driver: Driver | None, factor: bool, currency: str) -> tuple[float, str]:
    """Return an engine value in the unit that the parameter is entered in; a factor is one on its base."""
    if factor:
        return value, "× base"
    try:
        unit = measure(driver.unit) if driver else None
    except UnknownUnit:
        unit = None
    if driver is None or unit is None:
        return value, ""
    shown = "" if driver.unit == "1" else driver.unit.replace(MONEY, currency)
    return unit.from_base(value), shown
