"""Which numbers may stand where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.engine.inputs import (
    CapitalItem,
    Closure,
    Concentrate,
    CostLine,
    EquipmentClass,
    Feed,
    MaintenancePlan,
    MetalTerms,
    MineInputs,
    OreSource,
    Participation,
    Penalty,
    Process,
    Product,
    Stockpile,
    Stream,
    Terms,
)
from app.engine.problems import Problem


@dataclass(frozen=True, slots=True)
class Bound:
    """Least and greatest value, each allowed unless open, and how to say so."""

    low: float
    high: float
    allowed: str
    low_open: bool = False
    high_open: bool = False

    def broken(self, value: Any) -> bool:
        """Return whether any number leaves the bound."""
        return value is not None and not is_dataclass(value) and bool(self.outside(value).any())

    def outside(self, value: Any) -> NDArray[np.bool_]:
        """Return which numbers leave the bound."""
        numbers = np.asarray(value, dtype=np.float64)
        low = numbers <= self.low if self.low_open else numbers < self.low
        high = numbers >= self.high if self.high_open else numbers > self.high
        return np.asarray(low | high)


FRACTION = Bound(0, 1, "a fraction from 0 to 1")
SHARE_ABOVE_ZERO = Bound(0, 1, "a fraction above 0 and at most 1", low_open=True)
BELOW_ONE = Bound(0, 1, "a fraction from 0 to less than 1", high_open=True)
NOT_NEGATIVE = Bound(0, np.inf, "zero or more")
POSITIVE = Bound(0, np.inf, "more than zero", low_open=True)
RATE = Bound(-1, np.inf, "a rate per year above -1, such as 0.08", low_open=True)

BOUNDS: Mapping[type, Mapping[str, Bound]] = {
    Terms: {"discount_rate": RATE, "inflation": RATE, "finance_rate": RATE, "reinvest_rate": RATE},
    OreSource: {"ore": NOT_NEGATIVE, "waste": NOT_NEGATIVE, "grades": FRACTION, "reserve": NOT_NEGATIVE},
    Stockpile: {"opening": NOT_NEGATIVE, "opening_grades": FRACTION},
    Feed: {"ore": NOT_NEGATIVE},
    Process: {
        "ore": NOT_NEGATIVE,
        "grades": FRACTION,
        "recoveries": FRACTION,
        "releases": FRACTION,
        "earlier": NOT_NEGATIVE,
    },
    Product: {"share": FRACTION, "provisional": FRACTION, "lag": NOT_NEGATIVE},
    MetalTerms: {"price": NOT_NEGATIVE, "payable": FRACTION, "deduction": FRACTION, "share": FRACTION},
    Participation: {"share": FRACTION},
    Stream: {"share": FRACTION, "fixed_price": NOT_NEGATIVE},
    Concentrate: {
        "grade": FRACTION,
        "moisture": BELOW_ONE,
        "insurance": FRACTION,
        "losses": FRACTION,
    },
    Penalty: {"assay": FRACTION, "threshold": FRACTION, "step": POSITIVE, "rate": NOT_NEGATIVE},
    CostLine: {"ramp": NOT_NEGATIVE},
    EquipmentClass: {
        "hours": NOT_NEGATIVE,
        "units": NOT_NEGATIVE,
        "price": NOT_NEGATIVE,
        "life": POSITIVE,
        "availability": SHARE_ABOVE_ZERO,
        "utilisation": SHARE_ABOVE_ZERO,
        "rebuild_interval": POSITIVE,
        "rebuild_cost": NOT_NEGATIVE,
        "salvage": FRACTION,
        "max_replaced": POSITIVE,
    },
    MaintenancePlan: {"interval": POSITIVE, "downtime": NOT_NEGATIVE},
    CapitalItem: {"schedule": NOT_NEGATIVE, "salvage": NOT_NEGATIVE},
    Closure: {"spend": NOT_NEGATIVE, "rate": RATE},
}


def check_bounds(inputs: MineInputs) -> Iterator[Problem]:
    """Return every number that leaves its bound, with the path to it; exchange rates are positive.

    Of a row by period a problem holds the numbers outside, by the label of their period.
    """
    labels = inputs.timeline.labels
    yield from _walk("", inputs, labels)
    for code, rate in inputs.fx.items():
        yield from _asked(f"fx.{code}", rate, POSITIVE, labels)


def _asked(path: str, value: Any, bound: Bound, labels: Sequence[str]) -> Iterator[Problem]:
    if not bound.broken(value):
        return
    outside = bound.outside(value)
    if outside.shape == (len(labels),) and len(labels) > 1:
        value = {labels[period]: value[period] for period in np.flatnonzero(outside).tolist()}
    yield Problem(path, value, bound.allowed)


def _walk(path: str, value: Any, labels: Sequence[str]) -> Iterator[Problem]:
    for entry in fields(value):
        item = getattr(value, entry.name)
        at = f"{path}.{entry.name}" if path else entry.name
        bound = BOUNDS.get(type(value), {}).get(entry.name)
        if bound is not None:
            named = (
                {f"{at}.{key}": part for key, part in item.items()}
                if isinstance(item, Mapping)
                else {at: item}
            )
            for name, part in named.items():
                yield from _asked(name, part, bound, labels)
        parts = item if isinstance(item, tuple) else ()
        for index, part in enumerate(parts):
            if is_dataclass(part):
                yield from _walk(f"{at}[{index}]", part, labels)
        if is_dataclass(item):
            yield from _walk(at, item, labels)
