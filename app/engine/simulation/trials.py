"""The value of one output in every trial of a run, drawn again from its seed: statistics do not keep them."""

from __future__ import annotations

import numpy as np

from app.engine.inputs import MineInputs, SimulationSpec
from app.engine.quantity import Array
from app.engine.simulation.blocks import Job, run_block
from app.engine.simulation.draws import Draws
from app.engine.simulation.mine import Mine
from app.engine.simulation.samplers import SUB_BLOCK


def trial_values(inputs: MineInputs, spec: SimulationSpec, key: str) -> Array:
    """Return one output by trial, `(n_trials,)`, NaN where it is undefined.

    The specification must have passed `check`. Raises `KeyError` for an output that the mine does not have.
    """
    model = Mine(keys=(key,))
    job = Job(Draws(inputs, spec), model, (key,), (), SUB_BLOCK, 0)
    return np.concatenate([run_block(job, index).values[0] for index in range(job.n_blocks)])
