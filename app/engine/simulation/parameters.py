"""What one parameter of a distribution or a process is called, measures and defaults to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.engine.kinds import ParameterUnit

__all__ = ["Parameter", "ParameterUnit", "Parameters", "Rejection", "Value", "rejected_parameters"]

#: Squares of larger numbers overflow before anybody sees them.
LARGEST = 1e100
A_NUMBER = f"a finite number of at most {LARGEST:g} in size"

Value = float | tuple[float, ...]
Parameters = Mapping[str, Value]
Rejection = tuple[str, object, str]  # parameter, value, what is allowed


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as forms, API schema and documentation show it.

    default: taken when the parameter is not given; a parameter with neither a default nor `optional` is
    required. optional: may stay away because the engine knows better (the base value of the driver). many: a
    tuple of numbers instead of one.
    """

    name: str
    label: str
    unit: ParameterUnit
    help: str
    default: float | None = None
    optional: bool = False
    many: bool = False

    @property
    def required(self) -> bool:
        return self.default is None and not self.optional


def rejected_parameters(known: tuple[Parameter, ...], given: Parameters) -> Iterator[Rejection]:
    """Yield what is missing, unknown, of the wrong shape or not finite, before any family looks at the
    values."""
    names = {parameter.name for parameter in known}
    for name in given:
        if name not in names:
            yield name, given[name], f"no such parameter; known are {', '.join(sorted(names))}"
    for parameter in known:
        if parameter.name not in given:
            if parameter.required:
                yield parameter.name, None, "a value is required"
        elif parameter.many:
            yield from _rejected_list(parameter.name, given[parameter.name])
        elif not _is_number(given[parameter.name]):
            yield parameter.name, given[parameter.name], A_NUMBER


def _rejected_list(name: str, value: object) -> Iterator[Rejection]:
    if not isinstance(value, tuple) or not value:
        yield name, value, "a list of numbers that is not empty"
        return
    for index, item in enumerate(value):
        if not _is_number(item):
            yield f"{name}[{index}]", item, A_NUMBER


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
