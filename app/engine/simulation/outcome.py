"""The seam between a simulation and what it simulates: drivers of a block in, outputs of a block out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from app.engine.inputs import MineInputs
from app.engine.kinds import Tail
from app.engine.quantity import Array, Drivers


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one evaluation yields.

    values: by output, `(n_trials | 1,)`, NaN where undefined. reasons: by output, why each trial has no
    value, `(n_trials | 1,)` keys of `texts`; only where the value is NaN do they count. tails: outputs whose
    bad end is the high one. lines: rows by period `(n_periods, n_trials | 1)`.
    """

    values: Mapping[str, Array]
    reasons: Mapping[str, NDArray[np.integer]] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    tails: Mapping[str, Tail] = field(default_factory=dict)
    lines: Mapping[str, Array] = field(default_factory=dict)


class Model(Protocol):
    """A pure function of its arguments; importable by name when blocks run in other processes."""

    def __call__(self, inputs: MineInputs, drivers: Drivers, lines: Collection[str]) -> Outcome:
        """Return the outputs for drivers `(n_periods | 1, n_trials | 1)`, and the lines asked for that
        exist."""
        ...


@runtime_checkable
class Preparable(Model, Protocol):
    """A model that is quicker after looking at the drivers of a first block."""

    def prepared(self, inputs: MineInputs, drivers: Drivers, lines: Collection[str]) -> Model:
        """Return a model with the same outcomes, to the last bit."""
        ...
