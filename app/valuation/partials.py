"""What a run shows before it ends: the statistics of the trials so far, without curves, written seldom."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

from app.engine.simulation import SimulationResult
from app.engine.simulation.codec import from_plain, to_plain
from app.engine.simulation.result import OutputStatistics

#: Least time between two, and before the first [seconds].
PAUSE_SECONDS = 2.0
#: They take at most one part in so many of a run's time.
SHARE = 20


@dataclass(frozen=True, slots=True)
class Partial:
    """Statistics of every output over the first trials of a run."""

    trials_done: int
    outputs: dict[str, OutputStatistics]


class Pace:
    """Says when the next statistics are due; a block `with pace:` around computing them is timed."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._next = self._began + PAUSE_SECONDS

    def due(self) -> bool:
        """Say whether it is time."""
        return time.monotonic() >= self._next

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ended = time.monotonic()
        self._next = ended + max(PAUSE_SECONDS, (SHARE - 1) * (ended - self._began))


def to_json(result: SimulationResult) -> dict[str, Any]:
    """Return the stored form: every figure with its error, and none of the curves."""
    plain = {
        key: replace(output, histogram=None, exceedance=(), convergence=())
        for key, output in result.outputs.items()
    }
    return dict(to_plain(Partial(result.trials_done, plain)))


def from_json(stored: Mapping[str, Any]) -> Partial:
    """Return what `to_json` wrote."""
    return from_plain(Partial, stored)
