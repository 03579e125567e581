"""Sobol's sensitivity indices: how much of an output's variance each driver explains, alone and with all
its company.

Saltelli et al. (2010, Comput. Phys. Commun. 181): two sets of points A and B, and for each driver the set
A with that driver's columns from B: n·(d + 2) evaluations. First order from their equation (b), total from
Jansen's (f). A path is one driver with many columns. The decomposition needs independent drivers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from app.engine.inputs import MineInputs, SimulationSpec
from app.engine.quantity import Array
from app.engine.simulation.draws import Draws
from app.engine.simulation.mine import mine
from app.engine.simulation.outcome import Model
from app.engine.simulation.result import Estimate
from app.engine.simulation.samplers import SUB_BLOCK, SobolPoints

REPLICATES = 16


@dataclass(frozen=True, slots=True)
class SobolIndex:
    """One driver's share of an output's variance; errors from independent scramblings."""

    driver: str
    first: Estimate
    total: Estimate


def sobol_indices(
    inputs: MineInputs,
    spec: SimulationSpec,
    *,
    model: Model = mine,
    samples: int = 4096,
    cancelled: Callable[[], bool] | None = None,
) -> dict[str, tuple[SobolIndex, ...]]:
    """Return the indices of each output, from `samples · (drivers + 2)` evaluations.

    The specification must have passed `check`. Trials in which an output is undefined for any of the sets
    are left out of that output's indices. Empty when cancelled. Raises `ValueError` for correlated
    drivers.
    """
    if any(spec.correlation.pairs.values()):
        raise ValueError(
            "Sobol indices need independent drivers; take the first-order shares of the run instead"
        )
    draws = Draws(inputs, spec)
    dimensions = draws.layout.dimensions
    source = SobolPoints(spec.seed, 2 * dimensions, samples, REPLICATES)
    blocks = []
    for first in range(0, samples, SUB_BLOCK):
        if cancelled is not None and cancelled():
            return {}
        points = source.block(first, min(SUB_BLOCK, samples - first))
        blocks.append(_evaluate(draws, model, points[:dimensions], points[dimensions:]))
    return {
        key: _indices(draws.sampled, np.concatenate([block[key] for block in blocks], axis=1))
        for key in (blocks[0] if draws.sampled else {})
    }


def _evaluate(draws: Draws, model: Model, a: Array, b: Array) -> Mapping[str, Array]:
    """Return outputs at A, B and each A with one driver from B, `(2 + n_drivers, n_trials)` by output."""
    sets = [a, b]
    for name in draws.sampled:
        columns = draws.layout.columns(name)
        exchanged = a.copy()
        exchanged[columns] = b[columns]
        sets.append(exchanged)
    outcomes = [model(draws.inputs, draws.at(points.copy(), 0).drivers, ()) for points in sets]
    count = a.shape[1]
    return {
        key: np.array([np.broadcast_to(outcome.values[key], count) for outcome in outcomes])
        for key in outcomes[0].values
    }


def _indices(names: tuple[str, ...], outputs: Array) -> tuple[SobolIndex, ...]:
    """Return the indices from outputs `(2 + n_drivers, n_trials)`."""
    parts = [_shares(outputs[:, replicate::REPLICATES]) for replicate in range(REPLICATES)]
    whole = _shares(outputs)
    spread = np.std(parts, axis=0, ddof=1) / sqrt(REPLICATES)
    return tuple(
        SobolIndex(
            name,
            Estimate(float(whole[0, index]), float(spread[0, index])),
            Estimate(float(whole[1, index]), float(spread[1, index])),
        )
        for index, name in enumerate(names)
    )


def _shares(outputs: Array) -> Array:
    """Return first-order and total shares, `(2, n_drivers)`; zeros for an output that does not vary."""
    kept = outputs[:, ~np.isnan(outputs).any(axis=0)]
    both = kept[:2]
    variance = float(both.var()) if both.size else 0.0
    if not variance:
        return np.zeros((2, len(outputs) - 2))
    centre = both.mean()
    a, b, exchanged = kept[0] - centre, kept[1] - centre, kept[2:] - centre
    first = np.mean(b * (exchanged - a), axis=1) / variance
    total = np.mean((a - exchanged) ** 2, axis=1) / (2 * variance)
    return np.array([first, total])
