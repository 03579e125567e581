"""From inputs to cash flow: the one door to the economics, for one deterministic case and a block of trials
alike.
"""

from __future__ import annotations

from dataclasses import replace

from app.engine.cashflow import CashFlow, assemble
from app.engine.context import Context
from app.engine.fiscal import assess
from app.engine.inputs import Levy, MineInputs
from app.engine.kinds import LevyBase
from app.engine.operate import operate
from app.engine.quantity import Drivers

LEVY = "levy."


def evaluate(inputs: MineInputs, drivers: Drivers | None = None, *, check: bool = True) -> CashFlow:
    """Return the cash flow of a mine.

    drivers: rows that replace the inputs' own drivers, `(n_periods | 1, n_trials | 1)`, a simulation's draws.
    check: run the tie-outs; a simulation checks its base case and skips them in its blocks.
    The inputs are trusted: `app.engine.checks.check` names what is wrong with them beforehand.
    """
    ctx = Context.of(with_entered_levies(inputs), drivers)
    operating = operate(ctx)
    return assemble(ctx, operating, assess(ctx, operating), check=check)


def with_entered_levies(inputs: MineInputs) -> MineInputs:
    """Return inputs in which every entered `levy.<name>` has a levy: a deductible royalty where none is
    declared.
    """
    declared = {levy.name for levy in inputs.fiscal.levies}
    names = [key.removeprefix(LEVY) for key in inputs.entered if key.startswith(LEVY)]
    new = tuple(Levy(name, LevyBase.GROSS_REVENUE, 0.0) for name in names if name not in declared)
    if not new:
        return inputs
    return replace(inputs, fiscal=replace(inputs.fiscal, levies=(*inputs.fiscal.levies, *new)))
