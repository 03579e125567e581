"""One sub-block of trials, from draws to outputs: a pure function of the job and the block's index."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.quantity import Array, Drivers
from app.engine.simulation.draws import DrawnBlock, Draws
from app.engine.simulation.fans import FanBlock, FanCounts, counted
from app.engine.simulation.outcome import Model, Outcome
from app.engine.simulation.samplers import SUB_BLOCK
from app.engine.simulation.streaming import Ranges


@dataclass(frozen=True)
class Job:
    """What every block of a run shares.

    outputs, lines: what to keep of each outcome, in this order. slice_trials: trials evaluated at a time,
    which changes speed and memory but no digit. sample_trials: leading trials whose drivers are kept.
    ranges: where the rows of the fans are counted, None while they are handed over whole.
    """

    draws: Draws
    model: Model
    outputs: tuple[str, ...]
    lines: tuple[str, ...]
    slice_trials: int
    sample_trials: int
    ranges: Ranges | None = None

    @property
    def trials(self) -> int:
        return self.draws.spec.trials

    @property
    def n_blocks(self) -> int:
        return -(-self.trials // SUB_BLOCK)


@dataclass(frozen=True, slots=True)
class BlockResult:
    """values: `(n_outputs, n_trials)`. undefined: by output, trials without a value by reason."""

    index: int
    values: Array
    undefined: dict[str, Counter[str]]
    sample: NDArray[np.float32] | None
    fan: FanBlock | FanCounts

    @property
    def count(self) -> int:
        return int(self.values.shape[1])


def draw_block(draws: Draws, index: int) -> DrawnBlock:
    """Return the drivers of sub-block `index` of a run."""
    first = index * SUB_BLOCK
    return draws.block(first, min(SUB_BLOCK, draws.spec.trials - first))


def run_block(job: Job, index: int, drawn: DrawnBlock | None = None) -> BlockResult:
    """Return sub-block `index` of a run; `drawn`: its drivers, when they are known."""
    first = index * SUB_BLOCK
    count = min(SUB_BLOCK, job.trials - first)
    drawn = drawn or draw_block(job.draws, index)
    values = np.empty((len(job.outputs), count))
    periods = job.draws.inputs.timeline.n_periods
    rows = np.empty((len(job.lines), periods, count), dtype=np.float32)
    undefined: dict[str, Counter[str]] = {}
    for start in range(0, count, job.slice_trials):
        part = slice(start, min(start + job.slice_trials, count))
        outcome = job.model(job.draws.inputs, _sliced(drawn.drivers, part), job.lines)
        for row, key in zip(values, job.outputs, strict=True):
            row[part] = outcome.values[key]
        for lines, key in zip(rows, job.lines, strict=True):
            lines[:, part] = outcome.lines[key]
        _count_undefined(undefined, outcome, part.stop - part.start)
    block = FanBlock(rows, rows.sum(axis=2, dtype=np.float64))
    fan = block if job.ranges is None else counted(block, job.ranges)
    return BlockResult(index, values, undefined, _sample(drawn, first, job.sample_trials), fan)


def _sliced(drivers: Drivers, part: slice) -> Drivers:
    return {name: row if row.shape[1] == 1 else row[:, part] for name, row in drivers.items()}


def _count_undefined(undefined: dict[str, Counter[str]], outcome: Outcome, trials: int) -> None:
    for key, values in outcome.values.items():
        missing = np.isnan(values)
        if not missing.any():
            continue
        counts = undefined.setdefault(key, Counter())
        codes = outcome.reasons.get(key)
        repeated = trials // len(values)
        if codes is None:
            counts["undefined"] += int(missing.sum()) * repeated
            continue
        for code, times in enumerate(np.bincount(codes[missing]).tolist()):
            if times:
                counts[outcome.texts.get(code, "undefined")] += times * repeated


def _sample(drawn: DrawnBlock, first: int, wanted: int) -> NDArray[np.float32] | None:
    return drawn.sample[:, : wanted - first] if first < wanted else None
