"""Whole runs: against the script, the fused kernel and other programs; how they grow; whether bits agree."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

import numpy as np

from app.engine.kinds import Sampler
from app.engine.simulation import SimulationResult, simulate
from app.engine.simulation.mine import Mine
from app.engine.simulation.samplers import SUB_BLOCK
from app.jobs.parcels import Parcels
from app.jobs.pool import end_with_parent
from benchmarks import baseline, kernel, others, spreadsheet
from benchmarks.measure import Row, fresh, interleaved, taken
from benchmarks.reference import reference_mine, reference_spec

SAME = Mine(("npv_after_tax", "irr_after_tax", "payback", "aisc"))
NPV, NPV_AND_IRR = Mine(("npv_after_tax",)), Mine(("npv_after_tax", "irr_after_tax"))
YEARS = reference_mine()


def ours(
    trials: int, sampler: Sampler = Sampler.SOBOL, seed: int = 1, executor: Executor | None = None
) -> SimulationResult:
    """Return a run with the same four indicators as the baseline."""
    return simulate(YEARS, reference_spec(trials, seed, sampler), model=SAME, executor=executor)


@contextmanager
def processes(count: int) -> Iterator[Executor]:
    """Hold processes of the kind that a worker spreads its runs over."""
    with Parcels(count, get_context("spawn"), end_with_parent) as pool:
        yield pool


def _apart(one: float, other: float) -> float:
    """Return by how many percent two figures differ."""
    return abs(one / other - 1) * 100


def full_run(trials: int, rounds: int) -> Iterator[Row]:
    """P1, P2: the whole run against the script, and against the fused kernel."""
    kernel.run(1000)
    with processes(2) as pool:
        ours(4 * SUB_BLOCK, executor=pool)
        one, two, everything, script, fused, fused_two = interleaved(
            rounds,
            lambda: ours(trials),
            lambda: ours(trials, executor=pool),
            lambda: simulate(YEARS, reference_spec(trials)),
            lambda: baseline.run(trials),
            lambda: kernel.run(trials),
            lambda: kernel.run(trials, threads=2),
        )
    least = 20 if trials >= 1_000_000 else 12
    at = f"{trials:,} trials"
    yield Row("P1", f"script / ours in two processes, {at}", script.wall / two.wall, least=least)
    yield Row("P1", f"script / ours in this process, {at}", script.wall / one.wall)
    yield Row("P1", f"the same in processor time, {at}", script.cpu / one.cpu)
    yield Row("", f"script / ours with all 24 indicators, processor time, {at}", script.cpu / everything.cpu)
    yield Row("", "processor time of a trial, this process", one.cpu / trials * 1e6, "us")
    yield Row("", "processor time of a trial, script", script.cpu / trials * 1e6, "us")
    npv = ours(8 * SUB_BLOCK).outputs["npv_after_tax"].mean.value or 0.0
    apart = _apart(float(kernel.run(50 * SUB_BLOCK)["npv"].mean()), npv)
    yield Row("", "mean NPV of the fused C beside ours", apart, "%", most=1)
    most = 4 if trials >= 1_000_000 else None
    yield Row(
        "P2", f"ours in two processes / fused C in two threads, {at}", two.wall / fused_two.wall, most=most
    )
    yield Row("P2", f"ours / fused C, one core, processor time, {at}", one.cpu / fused.cpu, most=4)


def other_programs(trials: int = 32 * SUB_BLOCK) -> Iterator[Row]:
    """P3: a trial of ours on two cores against one of OpenTURNS, monaco, LibreOffice, for the same figures.

    OpenTURNS gives percentiles of the NPV; the other two give NPV and IRR. Each may use what it uses of the
    machine, so clocks are compared; processor times stand below.
    """
    few, some = 300, trials // 4

    def npv(executor: Executor | None = None) -> SimulationResult:
        return simulate(YEARS, reference_spec(trials), model=NPV, lines=(), executor=executor)

    def npv_and_irr(executor: Executor | None = None) -> SimulationResult:
        return simulate(YEARS, reference_spec(trials), model=NPV_AND_IRR, lines=(), executor=executor)

    with processes(2) as pool:
        npv(pool)
        works = (lambda: npv(pool), npv, lambda: npv_and_irr(pool), npv_and_irr, lambda: ours(trials))
        turns, monaco, *own = interleaved(
            3, lambda: others.in_openturns(some), lambda: others.in_monaco(few), *works
        )
    one_value, one_value_alone, two_values, two_values_alone, everything = own
    yield Row("P3", "OpenTURNS / ours, a trial, NPV", turns.wall / some / (one_value.wall / trials), least=10)
    yield Row(
        "", "the same in processor time, this process", turns.cpu / some / (one_value_alone.cpu / trials)
    )
    yield Row(
        "",
        "the same beside all that the script reports of a trial",
        turns.cpu / some / (everything.cpu / trials),
    )
    yield Row(
        "P3", "monaco / ours, a trial, NPV and IRR", monaco.wall / few / (two_values.wall / trials), least=100
    )
    exact = ours(8 * SUB_BLOCK).outputs["npv_after_tax"]
    median = exact.percentile(0.5).value
    apart = max(
        _apart(others.in_openturns(some)["P50"], median), _apart(others.in_monaco(2000)["P50"], median)
    )
    yield Row(
        "", "median NPV of OpenTURNS and monaco beside ours, uncorrelated in monaco", apart, "%", most=10
    )
    if spreadsheet.available():
        sheet, mean = spreadsheet.recalculation(2000)
        ratio = sheet.wall / (two_values.wall / trials)
        yield Row("P3", "LibreOffice recalculation / ours, a trial, NPV and IRR", ratio, least=1000)
        ratio = sheet.cpu / (two_values_alone.cpu / trials)
        yield Row("", "the same in processor time, this process", ratio)
        apart = _apart(mean, exact.mean.value or 0.0)
        yield Row("", "mean NPV of 2,000 recalculations beside ours, uncorrelated there", apart, "%", most=10)


def accuracy() -> Iterator[Row]:
    """P6: trials and time to a standard error of 0.5 % on P50 and P5, from the spread of twelve seeds."""
    trials, seeds = SUB_BLOCK, 12
    needed: dict[tuple[Sampler, float], float] = {}
    exact = ours(8 * SUB_BLOCK, seed=99).outputs["npv_after_tax"]
    for sampler in Sampler:
        found = [ours(trials, sampler, seed).outputs["npv_after_tax"] for seed in range(seeds)]
        for level in (0.5, 0.05):
            reference = exact.percentile(level).value
            spread = np.std([each.percentile(level).value for each in found], ddof=1) / abs(reference)
            needed[sampler, level] = trials * (float(spread) / 0.005) ** 2
    for level, least in ((0.5, 25), (0.05, 35)):
        for sampler in Sampler:
            yield Row("", f"trials to 0.5 % on P{level * 100:.0f}, {sampler}", needed[sampler, level], "")
        plain, sobol = (round(needed[sampler, level]) for sampler in (Sampler.PLAIN, Sampler.SOBOL))
        script, own = interleaved(3, lambda n=plain: baseline.run(n), lambda n=sobol: ours(n))
        yield Row(
            "P6",
            f"time to 0.5 % on P{level * 100:.0f}: plain script / ours",
            script.cpu / own.cpu,
            least=least,
        )


def growth(full: bool) -> Iterator[Row]:
    """G1, G2: how time and memory grow."""
    few, many = (100_000, 1_000_000) if full else (32_768, 327_680)
    small, large = interleaved(1 if full else 3, lambda: ours(few), lambda: ours(many))
    months = reference_mine(months=True)
    year, month = interleaved(
        3, lambda: ours(2 * SUB_BLOCK), lambda: simulate(months, reference_spec(2 * SUB_BLOCK), model=SAME)
    )
    yield Row("G1", f"time {few:,} to {many:,} trials", large.cpu / small.cpu, most=11)
    yield Row("G1", "time 20 to 240 periods", month.cpu / year.cpu, most=12)
    code = (
        "from benchmarks.runs import ours, SAME; from benchmarks.measure import peak_memory;"
        "from benchmarks.reference import *; from app.engine.simulation import simulate;"
        "months = reference_mine(months={months});"
        "run = lambda n, limit: simulate(months, replace(reference_spec(n), memory_limit=limit), model=SAME);"
        "run(65536, {limit}); before = peak_memory(); run({many}, {limit}); print(peak_memory() - before)"
    )
    code = "from dataclasses import replace;" + code
    for months_, limit, count, most in ((False, 1 << 30, 524_288, 240), (True, 1 << 30, 196_608, 1250)):
        (grown,) = fresh(code.format(months=months_, limit=limit, many=count))
        periods = 240 if months_ else 20
        yield Row(
            "G2",
            f"memory of a trial beyond the first 65,536, {periods} periods",
            grown / (count - 65_536),
            "B",
            most=most,
        )
    (grown,) = fresh(code.format(months=False, limit=16 << 20, many=524_288))
    yield Row(
        "G2",
        "the same under a limit of 16 MB: more memory for 8 times the trials",
        grown / 1e6,
        "MB",
        most=16,
    )


def same_bits() -> Iterator[Row]:
    """R1: 1, 2 and 4 processes against none, and their speed."""
    trials = 12 * SUB_BLOCK
    inline = ours(trials)
    alone = taken(lambda: ours(trials)).wall
    for workers in (1, 2, 4):
        with processes(workers) as pool:
            run = partial(ours, trials, executor=pool)
            same = run() == inline
            yield Row("R1", f"{workers} processes give the same bits as none", float(same), "", least=1)
            yield Row("", f"time of {workers} processes over none", taken(run).wall / alone)
