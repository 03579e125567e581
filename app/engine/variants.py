"""A case with some of its drivers changed, many ways at once: each variant is a trial of one evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from app.engine.context import Context
from app.engine.evaluate import evaluate
from app.engine.inputs import MineInputs
from app.engine.kinds import Effect
from app.engine.kpis import Kpi, kpis
from app.engine.quantity import Array

Change = Mapping[str, float]


def drivers_of(
    inputs: MineInputs, changes: Sequence[Change], effect: Effect = Effect.MULTIPLY
) -> dict[str, Array]:
    """Return the changed drivers, each `(n_periods | 1, n_variants)`.

    changes: for each variant, driver → amount; a driver that a variant does not name keeps its base row
    there.
    effect: the amount multiplies the base row, is added to it, or replaces it. Raises `KeyError` for an
    unknown driver.
    """
    base = Context.of(inputs).drivers
    names = dict.fromkeys(name for change in changes for name in change)
    return {name: _changed(base[name], name, changes, effect) for name in names}


def _changed(base: Array, name: str, changes: Sequence[Change], effect: Effect) -> Array:
    touched = np.array([name in change for change in changes])
    amounts = np.array([change.get(name, 0.0) for change in changes])
    if effect is Effect.MULTIPLY:
        changed = base * amounts
    elif effect is Effect.ADD:
        changed = base + amounts
    else:
        changed = np.broadcast_to(amounts, (base.shape[0], len(amounts)))
    return np.where(touched, changed, base)


def kpi_of_variants(
    inputs: MineInputs, changes: Sequence[Change], kpi: str, effect: Effect = Effect.MULTIPLY
) -> Kpi:
    """Return one indicator of every variant, `(n_variants,)`, from one evaluation."""
    flow = evaluate(inputs, drivers_of(inputs, changes, effect), check=False)
    (result,) = kpis(inputs, flow, {kpi})
    if len(result.value) == len(changes):
        return result
    return result.repeated(len(changes))
