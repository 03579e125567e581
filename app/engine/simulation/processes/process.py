"""What every price process offers, and how one is built from named parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from app.engine.quantity import Array
from app.engine.simulation.parameters import Parameter, Parameters, Rejection, rejected_parameters


class Process(Protocol):
    """One process with its parameters set. Levels are those at the end of each period.

    start: the level at the start of the first period, None for the driver's first base value.
    """

    @property
    def start(self) -> float | None: ...

    def rejected(self, years: Array) -> Iterator[Rejection]:
        """Yield each parameter that makes no sense for periods of these lengths [year]."""
        ...

    def levels(self, start: float, years: Array, shocks: Array, switches: Array | None) -> Array:
        """Return levels `(n_periods, n_trials)` in the driver's unit.

        years: length of each period `(n_periods,)`. shocks, switches: independent standard normal
        `(n_periods, n_trials)`.
        """
        ...

    def expected(self, start: float, years: Array) -> Array:
        """Return the expectation of the level in each period, `(n_periods,)`."""
        ...


@dataclass(frozen=True, slots=True)
class ProcessFamily:
    """A registry entry. switches: whether the process needs a second variate per period."""

    label: str
    help: str
    parameters: tuple[Parameter, ...]
    make: Callable[..., Process]
    switches: bool = False

    def build(self, given: Parameters) -> Process:
        """Return the process; `given` must have passed `rejected`."""
        defaults = {p.name: p.default for p in self.parameters if p.default is not None}
        return self.make(**{**defaults, **given})

    def rejected(self, given: Parameters, years: Array) -> list[Rejection]:
        """Return every rejected parameter; values are judged together once each is a finite number."""
        found = list(rejected_parameters(self.parameters, given))
        return found or list(self.build(given).rejected(years))
