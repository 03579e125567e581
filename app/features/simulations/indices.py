"""Sobol's indices of a run's inputs, computed when somebody asks: they take evaluations of their own."""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.simulation.sobol_indices import REPLICATES, SobolIndex, sobol_indices
from app.errors import InvalidInput, Problem
from app.models import SimulationRun
from app.settings import get_settings
from app.valuation import snapshot

FEWEST, MOST = 16 * REPLICATES, 256 * REPLICATES


@dataclass(frozen=True, slots=True)
class Indices:
    """First- and total-order indices by output, from `samples · (inputs + 2)` evaluations."""

    samples: int
    evaluations: int
    outputs: dict[str, tuple[SobolIndex, ...]]


def is_independent(run: SimulationRun) -> bool:
    """Say whether the inputs of a run are independent, without which the indices mean nothing."""
    return not any(snapshot.spec_from(run.spec).correlation.pairs.values())


def indices_of(run: SimulationRun) -> Indices:
    """Return the indices, from as many evaluations as a request may take.

    Raises `InvalidInput` where inputs are correlated, which breaks the decomposition.
    """
    inputs, spec = snapshot.inputs_from(run.inputs), snapshot.spec_from(run.spec)
    sets = len(spec.uncertain) + len(spec.paths) + 2
    fitting = get_settings().inline_trials // sets // REPLICATES * REPLICATES
    samples = min(max(fitting, FEWEST), MOST)
    try:
        found = sobol_indices(inputs, spec, samples=samples)
    except ValueError as error:
        raise InvalidInput([Problem("correlation", "correlated inputs", str(error))]) from error
    return Indices(samples, samples * sets, found)
