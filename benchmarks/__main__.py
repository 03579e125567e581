"""Prints the table of goals, measured side by side in one run: `python -m benchmarks [--full]`.

Ratios carry over to other machines, seconds do not. `--full` takes a million trials where the goal says so.
"""

from __future__ import annotations

import argparse
import os
import sys
import sysconfig
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pyxirr
from scipy import optimize, special

from app.engine.evaluate import evaluate
from app.engine.kinds import Sampler
from app.engine.returns import irr
from app.engine.simulation import SimulationResult, simulate
from app.engine.simulation.distributions import build
from app.engine.simulation.distributions.table import values
from app.engine.simulation.draws import Draws
from app.engine.simulation.mine import Mine
from app.engine.simulation.samplers import SUB_BLOCK
from app.worker import ENVIRONMENT
from benchmarks import baseline
from benchmarks.measure import fresh, interleaved, seconds
from benchmarks.reference import UNCERTAIN, reference_mine, reference_spec

Row = tuple[str, str, str]
SAME = Mine(("npv_after_tax", "irr_after_tax", "payback", "aisc"))
YEARS = reference_mine()


def ours(trials: int, sampler: Sampler = Sampler.SOBOL, seed: int = 1) -> SimulationResult:
    """Return a run with the same four indicators as the baseline."""
    return simulate(YEARS, reference_spec(trials, seed, sampler), model=SAME)


def full_run(trials: int, rounds: int) -> Iterator[Row]:
    """P1: the whole run against the script."""
    mine_, everything, script = interleaved(
        rounds,
        lambda: ours(trials),
        lambda: simulate(YEARS, reference_spec(trials)),
        lambda: baseline.run(trials),
    )
    yield "P1", f"script / ours, {trials:,} trials, its four indicators", f"{script / mine_:.1f}x"
    yield "P1", f"script / ours with all indicators, {trials:,} trials", f"{script / everything:.1f}x"
    yield (
        "",
        "per trial: ours, ours with all indicators, script",
        " ".join(f"{each / trials * 1e6:.1f} us" for each in (mine_, everything, script)),
    )


def sampling() -> Iterator[Row]:
    """P4: draws with copula and marginals against scipy.stats, and the error of the tables."""
    draws = Draws(YEARS, reference_spec(8 * SUB_BLOCK, sampler=Sampler.PLAIN))
    draws.block(0, SUB_BLOCK)
    table, ppf = interleaved(5, lambda: draws.block(0, SUB_BLOCK), lambda: baseline.sample(SUB_BLOCK, 1))
    z = np.linspace(-5, 5, 20_001) + 1e-5
    error = 0.0
    for uncertain in UNCERTAIN:
        distribution = build(uncertain.family, uncertain.parameters)
        exact = distribution.inverse(special.ndtr(z))
        error = max(error, float(np.max(np.abs(values(distribution, z) - exact)) / np.ptp(exact)))
    yield "P4", "sampling: scipy.stats ppf / ours", f"{ppf / table:.1f}x"
    yield "P4", "largest error of a table, of the range", f"{error:.1e}"


def rates_of_return() -> Iterator[Row]:
    """P5: IRR of a block against pyxirr and brentq, and roots lost."""
    drawn = Draws(YEARS, reference_spec(SUB_BLOCK)).block(0, SUB_BLOCK).drivers
    rows = evaluate(YEARS, drawn, check=False)["after_tax_cash_flow"]
    few = np.ascontiguousarray(rows[:, :512].T)

    def npv(rate: float, row: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return float(np.sum(row * (1 + rate) ** -np.arange(20.0)))

    def brent() -> list[float]:
        return [optimize.brentq(npv, 0, 10, args=(row,)) for row in few if row.sum() > 0]

    batch, loop, root = interleaved(5, lambda: irr(rows), lambda: [pyxirr.irr(row) for row in few], brent)
    found = irr(few.T)[0][few.sum(axis=1) > 0]
    lost = int(np.sum(~(np.abs(found - np.array(brent())) < 1e-8)))
    yield "P5", "IRR: pyxirr / ours, a row", f"{loop / 512 / (batch / SUB_BLOCK):.1f}x"
    yield "P5", "IRR: brentq / ours, a row", f"{root / 512 / (batch / SUB_BLOCK):.1f}x"
    yield "P5", f"roots lost of {len(found)}", f"{lost}"


def accuracy() -> Iterator[Row]:
    """P6: trials and time to a standard error of 0.5 % on P50 and P5, from the spread of twelve seeds."""
    trials, seeds, needed = SUB_BLOCK, 12, {}
    exact = ours(8 * SUB_BLOCK, seed=99).outputs["npv_after_tax"]
    for sampler in Sampler:
        found = [ours(trials, sampler, seed).outputs["npv_after_tax"] for seed in range(seeds)]
        for level in (0.5, 0.05):
            reference = exact.percentile(level).value
            spread = np.std([each.percentile(level).value for each in found], ddof=1) / abs(reference)
            needed[sampler, level] = trials * (float(spread) / 0.005) ** 2
    for level in (0.5, 0.05):
        plain = needed[Sampler.PLAIN, level]
        for sampler in Sampler:
            count = needed[sampler, level]
            yield (
                "P6",
                f"trials to 0.5 % on P{level * 100:.0f}, {sampler}",
                f"{count:,.0f} ({plain / count:.1f}x)",
            )


def small_runs() -> Iterator[Row]:
    """P7, S1: warm and first runs, the deterministic case, import and installed size."""
    thousand, ten, case = interleaved(
        5, lambda: ours(1000), lambda: ours(10_000), lambda: SAME(YEARS, {}, ())
    )
    yield "P7", "warm run of 1,000 and 10,000 trials", f"{thousand * 1e3:.0f} ms, {ten * 1e3:.0f} ms"
    yield "", "deterministic case", f"{case * 1e3:.1f} ms"
    code = (
        "import time; a = time.perf_counter(); import app.engine.simulation; b = time.perf_counter();"
        "from benchmarks.reference import reference_mine, reference_spec; c = time.perf_counter();"
        "app.engine.simulation.simulate(reference_mine(), reference_spec(1000));"
        "print(b - a, time.perf_counter() - c)"
    )
    imported, first = fresh(code)
    yield "P7", "first run of 1,000 trials in a fresh process", f"{first * 1e3:.0f} ms"
    yield "S1", "engine import", f"{imported * 1e3:.0f} ms"
    site = Path(sysconfig.get_paths()["purelib"])
    size = sum(
        file.stat().st_size
        for name in ("numpy", "scipy", "numpy.libs", "scipy.libs")
        for file in (site / name).rglob("*")
        if file.is_file()
    )
    yield "S1", "NumPy and SciPy installed", f"{size / 1e6:.0f} MB"


def growth(full: bool) -> Iterator[Row]:
    """G1, G2: how time and memory grow."""
    few, many = (100_000, 1_000_000) if full else (32_768, 327_680)
    small, large = interleaved(1, lambda: ours(few), lambda: ours(many))
    months = reference_mine(months=True)
    year, month = interleaved(
        3,
        lambda: ours(SUB_BLOCK),
        lambda: simulate(months, reference_spec(SUB_BLOCK), model=SAME),
    )
    yield "G1", f"time {few:,} to {many:,} trials", f"{large / small:.1f}x"
    yield "G1", "time 20 to 240 periods", f"{month / year:.1f}x"
    code = (
        "from benchmarks.__main__ import ours; from benchmarks.measure import peak_memory;"
        "ours(65536); before = peak_memory(); ours(524288);"
        "print(peak_memory() - before)"
    )
    (grown,) = fresh(code)
    yield "G2", "memory per trial beyond the first 65,536", f"{grown / (524_288 - 65_536):.0f} B"


def same_bits() -> Iterator[Row]:
    """R1: 1, 2 and 4 processes against none, and their speed."""
    trials = 12 * SUB_BLOCK
    inline = ours(trials)
    alone = seconds(lambda: ours(trials))
    for workers in (1, 2, 4):
        with ProcessPoolExecutor(workers) as pool:
            run = partial(simulate, YEARS, reference_spec(trials), model=SAME, executor=pool)
            run()
            same = run() == inline
            yield (
                "R1",
                f"{workers} processes: same bits, time against none",
                f"{same}, {seconds(run) / alone:.2f}",
            )


def main() -> None:
    """Print the table, in the environment that workers give themselves."""
    if not ENVIRONMENT.keys() <= os.environ.keys():
        again = [sys.executable, *sys.orig_argv[1:]]
        os.execve(sys.executable, again, {**ENVIRONMENT, **os.environ})  # noqa: S606  # this very program
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="a million trials where the goal says so")
    full = parser.parse_args().full
    groups = [
        full_run(1_000_000 if full else 50_000, 1 if full else 3),
        sampling(),
        rates_of_return(),
        accuracy(),
        small_runs(),
        growth(full),
        same_bits(),
    ]
    for group in groups:
        for goal, what, found in group:
            print(f"{goal:3} {what:60} {found}", flush=True)


if __name__ == "__main__":
    main()
