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
from app.engine.simulation.parameters import (
    Parameter,
    Parameters,
    Rejection,
    Value,
    rejected_parameters,
)


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


@dataclass(frozen=True, slots=True, eq=False)
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
        return _built(self, tuple(given.items()))

    def rejected(self, given: Parameters) -> tuple[Rejection, ...]:
        """Return every rejected parameter; values are judged together once each is a finite number."""
        found = tuple(rejected_parameters(self.parameters, given))
        return found or _rejected_together(self, tuple(given.items()))


Given = tuple[tuple[str, Value], ...]


@lru_cache(maxsize=1024)
def _built(family: Family, given: Given) -> Distribution:
    """Return one distribution for the same parameters, so that what it works out is worked out once."""
    defaults = {p.name: p.default for p in family.parameters if p.default is not None}
    return family.make(**{**defaults, **dict(given)})


@lru_cache(maxsize=1024)
def _rejected_together(family: Family, given: Given) -> tuple[Rejection, ...]:
    """Return what the family itself rejects, and numbers that are fine but for what follows from them; asked
    again before every run."""
    try:
        with np.errstate(all="ignore"):
            made = _built(family, given)
            found = tuple(made.rejected())
            if not found and isfinite(made.expectation()) and isfinite(made.deviation()):
                return ()
    except (OverflowError, ZeroDivisionError):
        found = ()
    first = family.parameters[0].name
    words = "numbers whose mean and standard deviation do not overflow"
    return found or ((first, dict(given).get(first), words),)
