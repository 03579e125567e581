"""The whole economics of a mine as the model that a simulation runs."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

import numpy as np

from app.engine.cashflow import CashFlow
from app.engine.evaluate import evaluate
from app.engine.inputs import MineInputs
from app.engine.kinds import Tail
from app.engine.kpis import kpi_values
from app.engine.lean import Lean, lean
from app.engine.quantity import Drivers
from app.engine.returns import REASONS, Reason
from app.engine.simulation.outcome import Outcome
from app.engine.tape.trees import identity
from app.engine.unit_costs import UNIT_COSTS

TEXTS = {int(reason): text.text for reason, text in REASONS.items()}
AMBIGUOUS = np.array([REASONS[reason].ambiguous for reason in Reason])
DEAR_WHEN_HIGH = (
    "peak_funding",
    "payback",
    "payback_pre_tax",
    "discounted_payback",
    "initial_capital",
    "sustaining_capital",
    "cost_per_t_processed",
    *UNIT_COSTS,
)
TAILS = dict.fromkeys(DEAR_WHEN_HIGH, Tail.HIGH)


@dataclass(frozen=True, slots=True)
class Mine:
    """Every indicator of a block of trials, or those of `keys`, and the cash-flow lines asked for.

    A trial with several IRRs counts as undefined: a number picked among them has no distribution.
    ready: what it has once `prepared`.
    """

    keys: tuple[str, ...] | None = None
    ready: Ready | None = None

    def __call__(self, inputs: MineInputs, drivers: Drivers, lines: Collection[str]) -> Outcome:
        if self.ready is None:
            return _outcome(inputs, evaluate(inputs, drivers, check=False), lines, self.keys)
        return self.ready(inputs, drivers, lines, self.keys)

    def prepared(self, inputs: MineInputs, drivers: Drivers, lines: Collection[str]) -> Mine:
        """Return the same model made ready for many blocks of these inputs; drivers: of some trials."""
        shapes = {name: row.shape[0] if row.shape[1] > 1 else 0 for name, row in drivers.items()}
        same = identity((inputs, shapes, tuple(lines), self.keys))
        return replace(self, ready=_ready(Purpose(same, inputs, drivers, tuple(lines), self.keys)))


mine = Mine()


@dataclass(frozen=True, slots=True)
class Ready:
    """evaluation: of nothing but what is asked for, None where no program could be made. base: the outcome
    without drivers."""

    evaluation: Lean | None
    base: Outcome

    def __call__(
        self, inputs: MineInputs, drivers: Drivers, lines: Collection[str], keys: Collection[str] | None
    ) -> Outcome:
        if not drivers:
            return self.base
        evaluation = self.evaluation or partial(evaluate, inputs, check=False)
        return _outcome(inputs, evaluation(drivers), lines, keys)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an evaluation is made for; two are equal when one evaluation does for both."""

    same: Hashable
    inputs: MineInputs = field(compare=False)
    drivers: Drivers = field(compare=False)
    lines: tuple[str, ...] = field(compare=False)
    keys: tuple[str, ...] | None = field(compare=False)

    def read(self, flow: CashFlow) -> Outcome:
        return _outcome(self.inputs, flow, self.lines, self.keys)


@lru_cache(maxsize=16)
def _ready(purpose: Purpose) -> Ready:
    evaluation = lean(purpose.inputs, purpose.drivers, purpose.read)
    flow = evaluate(purpose.inputs, {}, check=False) if evaluation is None else evaluation({})
    return Ready(evaluation, purpose.read(flow))


def _outcome(
    inputs: MineInputs, flow: CashFlow, lines: Collection[str], keys: Collection[str] | None
) -> Outcome:
    found = kpi_values(inputs, flow, keys)
    return Outcome(
        values={key: np.where(AMBIGUOUS[reasons], np.nan, value) for key, (value, reasons) in found.items()},
        reasons={key: reasons for key, (_, reasons) in found.items()},
        texts=TEXTS,
        tails=TAILS,
        lines={key: flow[key] for key in lines if key in flow},
    )
