"""The deterministic case behind a run, from the inputs that the run kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.engine.evaluate import evaluate
from app.engine.kpis import kpis
from app.engine.problems import Problem
from app.features.simulations.outcome import FAN_LINE, FIRST, Named
from app.models import SimulationRun
from app.valuation import snapshot


@dataclass(frozen=True, slots=True)
class Case:
    """What a result page needs beside the statistics: names of outputs and periods, the base path."""

    outputs: Sequence[Named]
    periods: Sequence[str]
    base_path: Sequence[float]
    tie_outs: Sequence[Problem]
    warnings: Sequence[Problem]


def case_of(run: SimulationRun) -> Case:
    """Return the case; raises `InvalidInput` when this version cannot read the run's snapshot."""
    inputs = snapshot.inputs_from(run.inputs)
    flow = evaluate(inputs)
    named = [Named(kpi.key, kpi.label, kpi.unit, kpi.per) for kpi in kpis(inputs, flow)]
    order = {key: index for index, key in enumerate(FIRST)}
    named.sort(key=lambda output: order.get(output.key, len(order)))
    path = flow[FAN_LINE][:, 0].tolist()
    return Case(named, inputs.timeline.labels, path, flow.problems, flow.warnings)
