"""Stopwatches: interleaved medians, fresh processes, memory of a run."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """Return how long a call takes on the wall clock."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def interleaved(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Return the median time of each call, taken in turns so that a slow moment hits all alike."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for own, work in zip(times, works, strict=True):
            own.append(seconds(work))
    return [statistics.median(own) for own in times]


def fresh(code: str) -> list[float]:
    """Return the numbers that `code` prints when it runs in a new process."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def peak_memory() -> int:
    """Return the largest resident set of this process so far [byte]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
