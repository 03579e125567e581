"""The inputs as they stand without uncertainty, which is what the checks of values look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from app.engine.inputs import MineInputs
from app.engine.quantity import Driven, Drivers, in_turn, resolve


def base_case(inputs: MineInputs) -> MineInputs:
    """Return inputs in which every quantity that a driver scales is the number, or the row, it stands for.

    A trial may leave a bound that the base case keeps: its draws are bounded by their own distribution.
    Every driver must be known, and every row as long as it has to be.
    """
    drivers = in_turn(inputs.drivers)
    return _settled(inputs, drivers) if drivers else inputs


def _settled(value: Any, drivers: Drivers) -> Any:
    """Return a value without drivers; the value itself where none stands in it."""
    if isinstance(value, Driven):
        numbers = resolve(value, drivers).ravel().tolist()
        return numbers[0] if len(numbers) == 1 else tuple(numbers)
    if isinstance(value, Mapping):
        changed = {key: _settled(item, drivers) for key, item in value.items()}
        return changed if any(changed[key] is not item for key, item in value.items()) else value
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        parts = tuple(_settled(part, drivers) for part in value)
        return parts if any(new is not old for new, old in zip(parts, value, strict=True)) else value
    if is_dataclass(value) and not isinstance(value, type):
        found = {entry.name: getattr(value, entry.name) for entry in fields(value) if entry.init}
        settled = {name: _settled(item, drivers) for name, item in found.items()}
        changes = {name: item for name, item in settled.items() if item is not found[name]}
        return replace(value, **changes) if changes else value
    return value
