"""What the page of a running run shows of the trials so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.engine.simulation.result import OutputStatistics
from app.features.simulations.case import case_of
from app.features.simulations.outcome import FIRST, Named
from app.models import SimulationRun
from app.valuation import runs
from app.web.measures import indicator_measure

LEVELS = (0.10, 0.50, 0.90)


@dataclass(frozen=True, slots=True)
class Row:
    """One output: its mean with the error, some percentiles, and the trials that give it no value."""

    label: str
    unit: str
    mean: float | None
    error: float | None
    percentiles: Sequence[float | None]
    undefined: int


@dataclass(frozen=True, slots=True)
class SoFar:
    """Figures after the first trials; the final ones take their place."""

    trials: int
    headings: Sequence[str]
    rows: Sequence[Row]


def so_far(run: SimulationRun) -> SoFar | None:
    """Return what is known of a run that goes on, None where nothing is yet."""
    partial = runs.partial_of(run)
    if partial is None:
        return None
    currency = run.scenario.project.currency
    named = [output for output in case_of(run).outputs if output.key in FIRST]
    rows = [
        _row(output, partial.outputs[output.key], currency)
        for output in named
        if output.key in partial.outputs
    ]
    return SoFar(partial.trials_done, [f"P{level * 100:g}" for level in LEVELS], rows)


def _row(output: Named, found: OutputStatistics, currency: str) -> Row:
    values = {item.level: item.value for item in found.percentiles}
    measure = indicator_measure(output.unit, currency, [found.base, *values.values()], output.per)
    return Row(
        output.label,
        measure.unit,
        measure.of(found.mean.value),
        measure.of(found.mean.error),
        [measure.of(values.get(level)) for level in LEVELS],
        sum(found.undefined.values()),
    )
