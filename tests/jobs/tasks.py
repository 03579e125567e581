"""Tasks for the processes of a pool, which load the file that a task stands in and all that it asks for."""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt


class Known:
    """What tasks share. It tells which of its copies was asked."""

    def __init__(self, start: float) -> None:
        self.start, self.asked = start, 0

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self.asked = 100


def row(known: Known, length: int) -> tuple[int, int, npt.NDArray[np.float64]]:
    known.asked += 1
    return known.asked, os.getpid(), known.start + np.arange(float(length))


def failing(known: Known) -> None:
    raise LookupError(f"nothing at {known.start}")


def dying(known: Known) -> None:
    os._exit(3)


def scattered(known: Known) -> list[npt.NDArray[np.float64]]:
    """Return arrays of which one has gaps between its numbers, and one has no numbers."""
    return [np.arange(12.0).reshape(3, 4)[:, ::2], np.empty(0), np.arange(12.0).reshape(3, 4).T]
