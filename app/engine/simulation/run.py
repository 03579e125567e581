"""Runs a simulation block by block, inline or on any executor, and always to the same digits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from app.engine.inputs import MineInputs, SimulationSpec
from app.engine.kinds import StopReason
from app.engine.simulation.attribution import SAMPLE
from app.engine.simulation.blocks import BlockResult, Job, draw_block, run_block
from app.engine.simulation.check import check
from app.engine.simulation.collect import Collector
from app.engine.simulation.draws import DrawnBlock, Draws
from app.engine.simulation.fans import FanBlock, ranges_around
from app.engine.simulation.mine import mine
from app.engine.simulation.outcome import Model, Preparable
from app.engine.simulation.result import SimulationResult
from app.engine.simulation.samplers import SUB_BLOCK

FAN_LINES = ("cumulative_after_tax", "after_tax_cash_flow")
ROW_VALUES = 1 << 18  # numbers in a row of one slice, two megabytes
FEWEST_IN_SLICE = 512
AHEAD = 32  # blocks handed to an executor before the first of them is collected


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. partial: computes the result of the trials done so far; costs time only when
    called."""

    done: int
    trials: int
    partial: Callable[[], SimulationResult]


def simulate(
    inputs: MineInputs,
    spec: SimulationSpec,
    *,
    model: Model = mine,
    lines: tuple[str, ...] = FAN_LINES,
    executor: Executor | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    slice_trials: int | None = None,
) -> SimulationResult:
    """Return the statistics of all outputs over `spec.trials` trials.

    The digits depend on `inputs` and `spec` alone: not on the executor, the number or kind of its workers,
    or `slice_trials`, the trials evaluated at a time. model: what is simulated, the mine unless a test or
    a faster kernel stands in. lines: whose fans to report. on_progress, cancelled: called after every
    8,192 trials, in this thread; a cancelled run returns what it has. Raises `ValueError` for a
    specification that `check` finds fault with.
    """
    problems = check(inputs, spec)
    if problems:
        raise ValueError("; ".join(map(str, problems)))
    draws = Draws(inputs, spec)
    drawn = draw_block(draws, 0)
    job, collector = _prepare(draws, drawn, model, lines, slice_trials)
    stop = StopReason.COMPLETE
    with closing(_blocks(job, drawn, executor, whole_fans=collector.plan.whole_fans)) as blocks:
        for block in blocks:
            collector.add(block)
            if on_progress is not None:
                on_progress(
                    Progress(collector.done, spec.trials, partial(collector.result, StopReason.CANCELLED))
                )
            if collector.done == spec.trials:
                break
            if cancelled is not None and cancelled():
                stop = StopReason.CANCELLED
                break
            if _to_be_checked(collector.blocks) and collector.converged():
                stop = StopReason.CONVERGED
                break
    return collector.result(stop)


def _prepare(
    draws: Draws, drawn: DrawnBlock, model: Model, lines: tuple[str, ...], slice_trials: int | None
) -> tuple[Job, Collector]:
    inputs, trials = draws.inputs, draws.spec.trials
    if isinstance(model, Preparable):
        model = model.prepared(inputs, drawn.drivers, lines)
    base = model(inputs, {}, lines)
    kept = tuple(line for line in lines if line in base.lines)
    size = slice_trials or fitting_slice(inputs.timeline.n_periods)
    job = Job(draws, model, tuple(base.values), kept, min(size, SUB_BLOCK), min(trials, SAMPLE))
    return job, Collector(job, base)


def fitting_slice(periods: int) -> int:
    """Return how many trials to evaluate at a time: a power of two whose rows fit a processor's cache."""
    return int(max(FEWEST_IN_SLICE, min(SUB_BLOCK, 1 << (ROW_VALUES // periods).bit_length() - 1)))


def _to_be_checked(blocks: int) -> bool:
    """Return whether the stop rule is tried after this many blocks: 1, 2, 3, 4, 6, 8, 12, 16 …"""
    odd = blocks
    while odd % 2 == 0:
        odd //= 2
    return odd in (1, 3)


def _blocks(
    job: Job, drawn: DrawnBlock, executor: Executor | None, *, whole_fans: bool
) -> Generator[BlockResult, None, None]:
    """Yield all blocks in order. The first is run here: it shows where the fans of a long run are counted."""
    if executor is None or not whole_fans:
        first = run_block(job, 0, drawn)
        yield first
        if isinstance(first.fan, FanBlock) and not whole_fans:
            job = replace(job, ranges=ranges_around(first.fan))
        if executor is None:
            yield from (run_block(job, index) for index in range(1, job.n_blocks))
            return
    waiting = iter(range(1, job.n_blocks))
    running = deque(executor.submit(run_block, job, index) for index in islice(waiting, AHEAD))
    try:
        if whole_fans:
            yield run_block(job, 0, drawn)
        while running:
            yield running.popleft().result()
            running.extend(executor.submit(run_block, job, index) for index in islice(waiting, 1))
    finally:
        for future in running:
            future.cancel()
