"""Stopwatches: interleaved medians, fresh processes, memory of a run; and the rows of the table."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table. goal: its number in the list of goals, "" for what explains another line.

    least, most: what the goal asks of `found`, None where it asks nothing.
    """

    goal: str
    what: str
    found: float
    unit: str = "x"
    least: float | None = None
    most: float | None = None

    @property
    def wanted(self) -> str:
        if self.least is not None:
            return f">= {self.least:g} {self.unit}"
        return f"<= {self.most:g} {self.unit}" if self.most is not None else ""

    @property
    def verdict(self) -> str:
        if self.least is None and self.most is None:
            return ""
        missed = self.least is not None and self.found < self.least
        return "no" if missed or (self.most is not None and self.found > self.most) else "yes"

    def __str__(self) -> str:
        found = f"{self.found:,.0f}" if self.found >= 1000 else f"{self.found:.3g}"
        return f"{self.goal:3} {self.what:68} {self.wanted:>12} {found:>9} {self.unit:3} {self.verdict}"


@dataclass(frozen=True)
class Taken:
    """Medians: on the wall clock, and of this process's own processor time [s]."""

    wall: float
    cpu: float


def interleaved(rounds: int, *works: Callable[[], object]) -> list[Taken]:
    """Return the median time of each call, taken in turns so that a slow moment hits all alike."""
    times: list[list[Taken]] = [[] for _ in works]
    for _ in range(rounds):
        for own, work in zip(times, works, strict=True):
            own.append(taken(work))
    return [
        Taken(statistics.median(t.wall for t in own), statistics.median(t.cpu for t in own)) for own in times
    ]


def taken(work: Callable[[], object]) -> Taken:
    """Return how long one call takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - wall, time.process_time() - cpu)


def fresh(code: str) -> list[float]:
    """Return the numbers that `code` prints when it runs in a new process.

    Python may keep what it compiles, as in the image: a median of several leaves out the first process.
    """
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=own)
    return [float(word) for word in done.stdout.split()]


def peak_memory() -> int:
    """Return the largest resident set of this process so far [byte]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
