"""The whole economics of a mine as the model that a simulation runs."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from app.engine.evaluate import evaluate
from app.engine.inputs import MineInputs
from app.engine.kinds import Tail
from app.engine.kpis import kpis
from app.engine.quantity import Drivers
from app.engine.returns import REASONS, Reason
from app.engine.simulation.outcome import Outcome
from app.engine.unit_costs import UNIT_COSTS

TEXTS = {int(reason): text.text for reason, text in REASONS.items()}
AMBIGUOUS = np.array([REASONS[reason].ambiguous for reason in Reason])
DEAR_WHEN_HIGH = (
    "peak_funding",
    "payback",
    "discounted_payback",
    "initial_capital",
    "sustaining_capital",
    "cost_per_t_processed",
    *UNIT_COSTS,
)
TAILS = dict.fromkeys(DEAR_WHEN_HIGH, Tail.HIGH)


def mine(
    inputs: MineInputs, drivers: Drivers, lines: Collection[str], keys: Collection[str] | None = None
) -> Outcome:
    """Return every indicator of a block of trials, or those of `keys`, and the cash-flow lines asked for.

    A trial with several IRRs counts as undefined: a number picked among them has no distribution.
    """
    flow = evaluate(inputs, drivers, check=False)
    found = kpis(inputs, flow, keys)
    return Outcome(
        values={kpi.key: np.where(AMBIGUOUS[kpi.reasons], np.nan, kpi.value) for kpi in found},
        reasons={kpi.key: kpi.reasons for kpi in found},
        texts=TEXTS,
        tails=TAILS,
        lines={key: flow[key] for key in lines if key in flow},
    )
