"""Metal that leaves a process later than its ore enters it: heaps under leach, circuits that fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate

import numpy as np

from app.engine.primitive import primitive
from app.engine.problems import Problem
from app.engine.quantity import Array, running, total
from app.engine.timeline import Timeline


@primitive
def released(due: Array, shares: tuple[float, ...]) -> Array:
    """Return what comes of the ore of each period in the periods after it, `(n_periods, n_trials | 1)` [t].

    due: metal that the ore of a period will give in all, of the same shape. shares: of it, from the period in
    which the ore is processed on. `released_t = Σ_k shares_k · due_{t−k}`; what falls beyond the last period
    is left out.
    """
    n_periods = due.shape[0]
    out = np.zeros(due.shape)
    for lag, share in enumerate(shares[:n_periods]):
        out[lag:] += share * due[: n_periods - lag]
    return out


def still_in_process(due: Array, shares: tuple[float, ...]) -> Array:
    """Return what the ore so far has yet to give at the end of each period, `(n_periods, n_trials | 1)` [t].

    Exactly nothing once its last share is out.
    """
    return released(due, tuple(accumulate(reversed(shares[1:])))[::-1])


@primitive
def yet_to_come(row: Array) -> Array:
    """Return what the later periods of a row add up to at the end of each, of the same shape.

    Exactly nothing at the end of the last one.

    >>> yet_to_come(np.array([[5.0], [2.0], [1.0]])).ravel()
    array([3., 1., 0.])
    """
    left = np.zeros(row.shape)
    left[:-1] = running(row[:0:-1])[::-1]
    return left


def left_in_process(lines: Mapping[str, Array]) -> Iterator[tuple[str, float]]:
    """Yield every metal that is in process at the end of the timeline: how much [t].

    lines: of a statement. Of several trials, the largest.
    """
    for key, held in lines.items():
        if key.startswith("in_process.") and held[-1].any():
            yield key.removeprefix("in_process."), float(held[-1].max())


def process_warnings(timeline: Timeline, lines: Mapping[str, Array]) -> Iterator[Problem]:
    """Name every metal that is still in process when the timeline ends; its figures tie all the same."""
    for metal, left in left_in_process(lines):
        share = 100 * left / (left + float(total(lines[f"recovered.{metal}"]).max()))
        yield Problem(
            f"in_process.{metal}",
            timeline.labels[-1],
            f"all of it must come out by then to be sold; {share:.3g} % of what is ever recovered does not",
        )
