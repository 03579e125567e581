"""What is asked of every value of the fiscal inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from app.engine.inputs import MineInputs
from app.engine.problems import Problem
from app.engine.quantity import Quantity

FRACTION = "a fraction from 0 to 1"


def check_period(path: str, period: int | None, inputs: MineInputs) -> Iterator[Problem]:
    """Return a period outside the timeline."""
    last = inputs.timeline.n_periods - 1
    if period is not None and not 0 <= period <= last:
        yield Problem(path, period, f"a period from 0 to {last}")


def metal_names(inputs: MineInputs) -> set[str]:
    """Return every metal that is sold."""
    return {terms.metal for product in inputs.products for terms in product.metals}


def any_number(quantity: Quantity, below: float = -np.inf, above: float = np.inf) -> bool:
    """Return whether a number of a quantity without a driver leaves the bounds."""
    numbers = np.asarray(quantity, dtype=np.float64)
    return bool(np.any((numbers < below) | (numbers > above) | np.isnan(numbers)))


def fraction(path: str, quantity: Quantity) -> Iterator[Problem]:
    """Return a number that is no fraction."""
    if any_number(quantity, 0.0, 1.0):
        yield Problem(path, quantity, FRACTION)


def unique(path: str, names: Iterable[str]) -> Iterator[Problem]:
    """Return names that are empty or occur twice."""
    listed = list(names)
    count = Counter(listed)
    for index, name in enumerate(listed):
        if not name:
            yield Problem(f"{path}[{index}].name", name, "not empty")
        elif count[name] > 1:
            yield Problem(f"{path}[{index}].name", name, "used once")


def one_of(names: Iterable[str]) -> str:
    """Return the allowed names as text."""
    return "one of: " + (", ".join(sorted(names)) or "none defined")
