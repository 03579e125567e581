"""Types, shapes, drivers and currencies, found by walking the dataclasses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_type_hints

import numpy as np

from app.engine.inputs import MineInputs, Money
from app.engine.problems import Problem
from app.engine.quantity import Driven


@cache
def hints_of(cls: type) -> Mapping[str, Any]:
    """Return the resolved annotations of a dataclass."""
    return get_type_hints(cls)


def check_values(inputs: MineInputs) -> Iterator[Problem]:
    """Return what has the wrong type or length, names an unknown driver or currency, or is no number."""
    earlier: set[str] = set()
    for name, quantity in inputs.drivers.items():
        yield from _quantity(f"drivers.{name}", quantity, inputs, earlier)
        earlier.add(name)
    yield from _fields("", inputs, inputs, skip=("drivers",))


def _fields(path: str, value: Any, inputs: MineInputs, skip: tuple[str, ...] = ()) -> Iterator[Problem]:
    hints = hints_of(value.__class__)
    for entry in fields(value):
        if entry.name not in skip:
            at = f"{path}.{entry.name}" if path else entry.name
            yield from _value(at, getattr(value, entry.name), hints[entry.name], inputs)
    if isinstance(value, Money) and value.currency and value.currency not in inputs.fx:
        known = ", ".join(sorted(inputs.fx)) or "none given"
        yield Problem(f"{path}.currency", value.currency, f"a currency with an exchange rate: {known}")


def _value(path: str, value: Any, hint: Any, inputs: MineInputs) -> Iterator[Problem]:
    if is_dataclass(value) and not isinstance(value, Driven):
        yield from _fields(path, value, inputs)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _value(f"{path}.{key}", item, get_args(hint)[1], inputs)
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for index, item in enumerate(value):
            yield from _fields(f"{path}[{index}]", item, inputs)
    elif value is not None and Driven in get_args(hint):
        yield from _quantity(path, value, inputs, inputs.drivers.keys())
    elif isinstance(hint, type) and issubclass(hint, StrEnum) and not isinstance(value, hint):
        yield Problem(path, value, f"a {hint.__name__}: {', '.join(hint)}")
    elif isinstance(value, float) and np.isnan(value):
        yield Problem(path, value, "a number")


def _quantity(path: str, value: Any, inputs: MineInputs, drivers: Any) -> Iterator[Problem]:
    if isinstance(value, Driven):
        if value.driver not in drivers:
            known = ", ".join(sorted(drivers)) or "none given"
            yield Problem(path, value.driver, f"a driver of the scenario, given before its use: {known}")
        value = value.value
    try:
        rows = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        yield Problem(path, value, "a number or a row of numbers")
        return
    n_periods = inputs.timeline.n_periods
    if rows.ndim > 2 or (rows.ndim and rows.shape[0] not in (1, n_periods)):
        yield Problem(path, rows.shape, f"one number, or one for each of {n_periods} periods")
    elif not np.isfinite(rows).all():
        yield Problem(path, value, "finite numbers")
