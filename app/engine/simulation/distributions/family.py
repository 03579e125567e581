"""What every distribution family offers, and how one is built from named parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Protocol, runtime_checkable

import numpy as np

from app.engine.quantity import Array
from app.engine.simulation.parameters import Parameter, Parameters, Rejection, rejected_parameters


class Distribution(Protocol):
    """One distribution with its parameters set; hashable, so that its table is built once."""

    def __hash__(self) -> int: ...

    def rejected(self) -> Iterator[Rejection]:
        """Yield each parameter that makes no sense, its value, and what is allowed."""
        ...

    def inverse(self, u: Array) -> Array:
        """Return the inverse CDF at probabilities `u` in (0, 1), same shape [unit of the driver]."""
        ...

    def expectation(self) -> float: ...

    def deviation(self) -> float: ...

    def density(self, x: Array) -> Array | None:
        """Return the density at `x`, or None for a distribution of single values."""
        ...


@runtime_checkable
class FromNormal(Protocol):
    """A distribution whose values follow exactly and cheaply from a standard normal variate."""

    def from_normal(self, z: Array) -> Array: ...


class Restated(ABC):
    """A distribution that is another one, its `core`, with more convenient parameters."""

    @property
    @abstractmethod
    def core(self) -> Distribution:
        """The same distribution in its own parameters."""

    def inverse(self, u: Array) -> Array:
        return self.core.inverse(u)

    def expectation(self) -> float:
        return self.core.expectation()

    def deviation(self) -> float:
        return self.core.deviation()

    def density(self, x: Array) -> Array | None:
        return self.core.density(x)


@dataclass(frozen=True, slots=True)
class Family:
    """A registry entry: everything that forms, API schema, documentation and sampling need to know.

    make: builds the distribution from its parameters by name; use `build`, which fills in the defaults.
    """

    label: str
    help: str
    parameters: tuple[Parameter, ...]
    make: Callable[..., Distribution]

    def build(self, given: Parameters) -> Distribution:
        """Return the distribution; `given` must have passed `rejected`."""
        defaults = {p.name: p.default for p in self.parameters if p.default is not None}
        return self.make(**{**defaults, **given})

    def rejected(self, given: Parameters) -> list[Rejection]:
        """Return every rejected parameter; values are judged together once each is a finite number."""
        found = list(rejected_parameters(self.parameters, given))
        return found or self._rejected_together(given)

    def _rejected_together(self, given: Parameters) -> list[Rejection]:
        """Return what the family itself rejects, and numbers that are fine but for what follows from them."""
        try:
            with np.errstate(all="ignore"):
                made = self.build(given)
                if _sound(made):
                    return []
                found = list(made.rejected())
        except (OverflowError, ZeroDivisionError):
            found = []
        first = self.parameters[0].name
        return found or [
            (first, given.get(first), "numbers whose mean and standard deviation do not overflow")
        ]


@lru_cache(maxsize=1024)
def _sound(made: Distribution) -> bool:
    """Return whether a distribution rejects nothing and has finite moments; asked again before every run."""
    return not list(made.rejected()) and isfinite(made.expectation()) and isfinite(made.deviation())
