"""What every method of one evaluation shares: the timeline, the resolved drivers and the exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.discounting import boundary_times, flow_times, growth
from app.engine.inputs import MineInputs, Money
from app.engine.kinds import MoneyBasis
from app.engine.quantity import Array, Drivers, Quantity, in_turn, resolve
from app.engine.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Context:
    """Resolves quantities to rows and money to the scenario's currency and price basis.

    inflation_index: money of the day per money of the base date, `(n_periods, n_trials | 1)`.
    elapsed: when each period's flow falls after the base date [year], `(n_periods, 1)`, by the discounting
        convention:
        inflation and discounting must see the same instant, or real and nominal values would differ.
    boundaries: of the periods [year after the base date], `(n_periods + 1,)`.
        The base date is the timeline's start.
    entered: rows that replace derived lines, by line key.
    """

    inputs: MineInputs
    drivers: Drivers
    fx: Mapping[str, Array]
    elapsed: Array
    boundaries: NDArray[np.float64]
    inflation_index: Array
    entered: Mapping[str, Array]
    n_periods: int

    @classmethod
    def of(cls, inputs: MineInputs, drivers: Drivers | None = None) -> Context:
        """Return the context of one evaluation; `drivers`, a simulation's draws, replace the inputs' own."""
        resolved = in_turn(inputs.drivers, drivers)
        terms = inputs.terms
        elapsed = flow_times(inputs.timeline, terms.convention, terms.offset)
        boundaries = boundary_times(inputs.timeline, terms.convention)
        index = growth(resolve(terms.inflation, resolved), elapsed, boundaries)
        rates = {code: resolve(quantity, resolved) for code, quantity in inputs.fx.items()}
        entered = {key: resolve(quantity, resolved) for key, quantity in inputs.entered.items()}
        periods = len(inputs.timeline.lengths)
        return cls(inputs, resolved, rates, elapsed, boundaries, index, entered, periods)

    @property
    def timeline(self) -> Timeline:
        return self.inputs.timeline

    @property
    def years(self) -> Array:
        """Length of each period [year], `(n_periods, 1)`."""
        return self.inputs.timeline.years.reshape(-1, 1)

    def value(self, quantity: Quantity) -> Array:
        """Return a quantity as `(n_periods | 1, n_trials | 1)`."""
        return resolve(quantity, self.drivers)

    def rows(self, values: Array) -> Array:
        """Return values for every period, `(n_periods, n_trials | 1)`; a constant is not copied."""
        if values.shape[0] == self.n_periods:
            return values
        return np.broadcast_to(values, (self.n_periods, values.shape[1]))

    def zeros(self) -> Array:
        """Return a row of nothing, `(n_periods, 1)`."""
        return np.zeros((self.n_periods, 1))

    def line(self, key: str, derived: Array) -> Array:
        """Return the line `key` for every period: the entered row where there is one, else `derived`."""
        return self.rows(self.entered.get(key, derived))

    def money(self, quantity: Quantity, money: Money) -> Array:
        """Return an amount in the scenario's currency and price basis, converted once, escalated per line."""
        amount = self.value(quantity)
        if money.currency:
            amount = amount * self.fx[money.currency]
        nominal_model = self.inputs.terms.money is MoneyBasis.NOMINAL
        if money.basis is MoneyBasis.NOMINAL:
            return amount if nominal_model else amount / self.inflation_index
        if money.escalation is not None:
            amount = amount * growth(self.value(money.escalation), self.elapsed, self.boundaries)
            return amount if nominal_model else amount / self.inflation_index
        return amount * self.inflation_index if nominal_model else amount

    def active(self, first: int | None, last: int | None, ramp: tuple[float, ...] = ()) -> Array:
        """Return one for each period of a window (both ends inside), zero elsewhere, `(n_periods, 1)`.

        ramp: factors on its first periods.
        """
        start = first or 0
        periods = np.arange(self.n_periods)
        factors = ((periods >= start) & (last is None or periods <= last)).astype(np.float64)
        count = min(len(ramp), self.n_periods - start)
        if count > 0:
            factors[start : start + count] *= ramp[:count]
        return factors.reshape(-1, 1)
