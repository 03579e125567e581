"""Parts of a run on their own: draws, IRR, small runs, one case, a real scenario, the import."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy_financial
import pyxirr
from numpy.typing import NDArray
from scipy import optimize, special

from app.engine.evaluate import evaluate
from app.engine.inputs import MineInputs, SimulationSpec
from app.engine.kinds import Sampler
from app.engine.lean import Lean
from app.engine.quantity import Drivers
from app.engine.returns import irr
from app.engine.simulation.distributions import build
from app.engine.simulation.distributions.table import values
from app.engine.simulation.draws import Draws
from app.engine.simulation.mine import Mine
from app.engine.simulation.run import FAN_LINES
from app.engine.simulation.samplers import SUB_BLOCK
from benchmarks import baseline
from benchmarks.measure import Row, fresh, interleaved
from benchmarks.reference import UNCERTAIN, reference_spec
from benchmarks.runs import SAME, YEARS, ours
from benchmarks.scenario import real_scenario, real_spec

#: What an IRR of twenty flows took numpy_financial where the goals in milliseconds were set [s].
IRR_THERE = 58e-6


def sampling() -> Iterator[Row]:
    """P4: draws with copula and marginals against scipy.stats, and the error of the tables."""
    draws = Draws(YEARS, reference_spec(8 * SUB_BLOCK, sampler=Sampler.PLAIN))
    draws.block(0, SUB_BLOCK)
    table, ppf = interleaved(9, lambda: draws.block(0, SUB_BLOCK), lambda: baseline.sample(SUB_BLOCK, 1))
    z = np.linspace(-5, 5, 20_001) + 1e-5
    error = 0.0
    for uncertain in UNCERTAIN:
        distribution = build(uncertain.family, uncertain.parameters)
        exact = distribution.inverse(special.ndtr(z))
        error = max(error, float(np.max(np.abs(values(distribution, z) - exact)) / np.ptp(exact)))
    yield Row("P4", "sampling: scipy.stats ppf / ours", ppf.cpu / table.cpu, least=12)
    yield Row("P4", "largest error of a table, of the range", error, "", most=1e-6)


def rates_of_return() -> Iterator[Row]:
    """P5: IRR of a block against pyxirr and brentq, and roots lost."""
    rows = _flows()
    few = np.ascontiguousarray(rows[:, :512].T)

    def npv(rate: float, row: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return float(np.sum(row * (1 + rate) ** -np.arange(20.0)))

    def brent() -> list[float]:
        return [optimize.brentq(npv, 0, 10, args=(row,)) for row in few if row.sum() > 0]

    batch, loop, root = interleaved(
        9, lambda: irr(rows), lambda: [pyxirr.irr(row, silent=True) for row in few], brent
    )
    found = irr(few.T)[0][few.sum(axis=1) > 0]
    lost = int(np.sum(~(np.abs(found - np.array(brent())) < 1e-8)))
    yield Row("P5", "IRR of a trial: pyxirr / ours", loop.cpu / 512 / (batch.cpu / SUB_BLOCK), least=6)
    yield Row("P5", "IRR of a trial: brentq / ours", root.cpu / 512 / (batch.cpu / SUB_BLOCK), least=60)
    yield Row("P5", f"roots lost of {len(found)}", lost, "", most=0)


def _flows() -> NDArray[np.float64]:
    """Return cash flows of the reference model, `(n_periods, SUB_BLOCK)`."""
    drawn = Draws(YEARS, reference_spec(SUB_BLOCK)).block(0, SUB_BLOCK).drivers
    return evaluate(YEARS, drawn, check=False)["after_tax_cash_flow"]


def _timed(goal: str, what: str, seconds: float, there: float, most: float) -> Iterator[Row]:
    """Yield milliseconds here and on the machine of the goals. there: its seconds in one of this machine."""
    yield Row(goal, what, seconds * 1e3, "ms", most=most)
    yield Row(goal, "  on the machine of the goals", seconds * there * 1e3, "ms", most=most)


def small_runs() -> Iterator[Row]:
    """P7, S1: warm and first runs, the deterministic case, import and installed size."""
    flows = np.ascontiguousarray(_flows()[:, :64].T)
    thousand, ten, case, others = interleaved(
        9,
        lambda: ours(1000),
        lambda: ours(10_000),
        lambda: SAME(YEARS, {}, ()),
        lambda: [numpy_financial.irr(row) for row in flows],
    )
    there = IRR_THERE / (others.cpu / len(flows))
    yield Row("", "machine of the goals / this one, by an IRR of numpy_financial", 1 / there)
    yield from _timed("P7", "warm run of 1,000 trials", thousand.cpu, there, 5)
    yield from _timed("P7", "warm run of 10,000 trials", ten.cpu, there, 30)
    code = (
        "import time; a = time.process_time(); import app.engine.simulation; b = time.process_time();"
        "from benchmarks.reference import reference_mine, reference_spec; c = time.process_time();"
        "app.engine.simulation.simulate(reference_mine(), reference_spec(1000));"
        "print(b - a, time.process_time() - c)"
    )
    imported, first = np.median([fresh(code) for _ in range(5)], axis=0)
    yield from _timed(
        "P7", "first run of 1,000 trials in a fresh process, after the import", first, there, 300
    )
    yield Row("", "the same with the import (S1)", (imported + first) * 1e3, "ms")
    yield from _timed("", "one case, evaluated whole, with four indicators", case.cpu, there, 1)
    what_if = _prepared(YEARS, reference_spec(SUB_BLOCK))
    (again,) = interleaved(99, what_if)
    yield from _timed("", "the same case with other drivers, by its program", again.cpu, there, 1)
    yield from _timed("S1", "engine import", imported, there, 300)
    site = Path(sysconfig.get_paths()["purelib"])
    size = sum(
        file.stat().st_size
        for name in ("numpy", "scipy", "numpy.libs", "scipy.libs")
        for file in (site / name).rglob("*")
        if file.is_file()
    )
    yield Row("S1", "NumPy and SciPy installed", size / 1e6, "MB", most=300)


def _prepared(inputs: MineInputs, spec: SimulationSpec) -> Callable[[], object]:
    """Return a call that evaluates one trial's drivers with a program."""
    drawn = Draws(inputs, spec).block(0, SUB_BLOCK).drivers
    model = SAME.prepared(inputs, drawn, ())
    single = {name: row if row.shape[1] == 1 else row[:, :1] for name, row in drawn.items()}
    return lambda: model(inputs, single, ())


def real_one() -> Iterator[Row]:
    """A real scenario against the reference model, a cash-flow element."""
    found = []
    works = []
    for inputs, spec in ((YEARS, reference_spec(SUB_BLOCK)), (real_scenario(), real_spec(SUB_BLOCK))):
        drawn = Draws(inputs, spec).block(0, SUB_BLOCK).drivers
        model = Mine(SAME.keys).prepared(inputs, drawn, FAN_LINES)
        lines = len(evaluate(inputs).lines)
        found.append(lines * inputs.timeline.n_periods)
        works.append(_evaluating(model.ready and model.ready.evaluation, drawn))
    reference, real = interleaved(7, *works)
    a_piece = real.cpu / found[1] / (reference.cpu / found[0])
    yield Row(
        "", f"real scenario ({found[1]:,} elements) / reference ({found[0]:,}), an element", a_piece, most=3
    )


def _evaluating(evaluation: Lean | None, drawn: Drivers) -> Callable[[], object]:
    if evaluation is None:
        raise RuntimeError("no program could be made")
    return lambda: evaluation(drawn)
