"""Small models with known answers, in place of a mine."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np

from app.engine.inputs import MineInputs, Terms
from app.engine.kinds import PeriodLength
from app.engine.quantity import Array, Drivers, Quantity, resolve
from app.engine.simulation.outcome import Outcome
from app.engine.timeline import Timeline


def mine(periods: int = 10, length: PeriodLength = PeriodLength.YEAR, **drivers: Quantity) -> MineInputs:
    """Return inputs that hold drivers only."""
    return MineInputs(
        timeline=Timeline.regular(date(2026, 1, 1), length, periods), terms=Terms(0.08), drivers=drivers
    )


def resolved(inputs: MineInputs, drivers: Drivers) -> dict[str, Array]:
    rows: dict[str, Array] = dict(drivers)
    for name, quantity in inputs.drivers.items():
        if name not in rows:
            rows[name] = resolve(quantity, rows)
    return rows


def every_driver(inputs: MineInputs, drivers: Drivers, lines: Collection[str]) -> Outcome:
    """The last period of each driver is an output, its rows are a line."""
    rows = resolved(inputs, drivers)
    return Outcome(
        values={name: row[-1] for name, row in rows.items()},
        lines={name: rows[name] for name in lines if name in rows},
    )


def linear_npv(inputs: MineInputs, drivers: Drivers, lines: Collection[str]) -> Outcome:
    """Case 17: NPV = -1000 + Σ P_t/1.08^t, IRR-like ratio undefined where the NPV is negative."""
    price = resolved(inputs, drivers)["price"]
    periods = inputs.timeline.n_periods
    flows = price * 1.08 ** -np.arange(1, periods + 1)[:, None]
    npv = -1000 + np.add.accumulate(flows, axis=0)[-1]
    ratio = np.where(npv < 0, np.nan, npv / 1000)
    return Outcome(
        values={"npv_after_tax": npv, "ratio": ratio},
        reasons={"ratio": np.where(npv < 0, 1, 0)},
        texts={1: "negative"},
        lines={"after_tax_cash_flow": np.broadcast_to(price, (periods, price.shape[1]))},
    )


def product(inputs: MineInputs, drivers: Drivers, lines: Collection[str]) -> Outcome:
    rows = resolved(inputs, drivers)
    return Outcome(values={"product": rows["x"][-1] * rows["y"][-1]})


def smooth(inputs: MineInputs, drivers: Drivers, lines: Collection[str]) -> Outcome:
    """exp of a sum: smooth, mostly additive."""
    rows = resolved(inputs, drivers)
    return Outcome(values={"npv_after_tax": np.exp(sum(row.mean(axis=0) for row in rows.values()) / 300)})


def ishigami(inputs: MineInputs, drivers: Drivers, lines: Collection[str]) -> Outcome:
    x1, x2, x3 = (resolved(inputs, drivers)[name][0] for name in ("x1", "x2", "x3"))
    return Outcome(values={"y": np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)})


def g_function(inputs: MineInputs, drivers: Drivers, lines: Collection[str]) -> Outcome:
    """Saltelli & Sobol's g-function with a = 0, 1, 4.5, 9, 99, 99, 99, 99."""
    rows = resolved(inputs, drivers)
    value = np.ones(1)
    for index, a in enumerate((0, 1, 4.5, 9, 99, 99, 99, 99)):
        value = value * (np.abs(4 * rows[f"x{index}"][0] - 2) + a) / (1 + a)
    return Outcome(values={"y": value})
