"""What every method of one evaluation shares: the timeline, the resolved drivers and the exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.inputs import MineInputs, Money
from app.engine.kinds import MoneyBasis
from app.engine.quantity import Array, Drivers, Quantity, as_rows, resolve


@dataclass(frozen=True, slots=True)
class Context:
    """Resolves quantities to rows and money to the scenario's currency and price basis.

    inflation_index: money of the day per money of the base date, `(n_periods, n_trials | 1)`.
    elapsed: middle of each period after the base date (the timeline's start) [year], `(n_periods, 1)`.
    """

    inputs: MineInputs
    drivers: Drivers
    fx: Mapping[str, Array]
    elapsed: Array
    inflation_index: Array

    @classmethod
    def of(cls, inputs: MineInputs, drivers: Drivers | None = None) -> Context:
        """Return the context of one evaluation; `drivers` override the inputs' own rows (a simulation's draws)."""
        resolved: dict[str, Array] = {}
        for name, quantity in inputs.drivers.items():
            resolved[name] = resolve(quantity, resolved)
        resolved.update(drivers or {})
        years = inputs.timeline.years.reshape(-1, 1)
        elapsed = np.cumsum(years, axis=0) - years / 2
        index = (1 + resolve(inputs.terms.inflation, resolved)) ** elapsed
        rates = {code: resolve(quantity, resolved) for code, quantity in inputs.fx.items()}
        return cls(inputs, resolved, rates, elapsed, index)

    @property
    def n_periods(self) -> int:
        return self.inputs.timeline.n_periods

    def value(self, quantity: Quantity) -> Array:
        """Return a quantity as `(n_periods | 1, n_trials | 1)`."""
        return resolve(quantity, self.drivers)

    def money(self, quantity: Quantity, money: Money) -> Array:
        """Return an amount in the scenario's currency and price basis, converted once, escalated per line."""
        amount = self.value(quantity)
        if money.currency:
            amount = amount * self.fx[money.currency]
        nominal_model = self.inputs.terms.money is MoneyBasis.NOMINAL
        if money.basis is MoneyBasis.NOMINAL:
            return amount if nominal_model else amount / self.inflation_index
        if money.escalation is not None:
            amount = amount * (1 + as_rows(self.value(money.escalation))) ** self.elapsed
            return amount if nominal_model else amount / self.inflation_index
        return amount * self.inflation_index if nominal_model else amount
