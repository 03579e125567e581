"""Functions that a tape takes down as one step, because they write into arrays of their own or branch."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Untraceable(TypeError):  # not a fault: the evaluation is then done directly
    """An operation depends on the numbers themselves, so a tape of it would not hold for other numbers."""


class Recorder(Protocol):
    """What a tape offers to primitives while it is being recorded."""

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Do the call and take it down when any of its arguments is traced."""
        ...


RECORDING: ContextVar[Recorder | None] = ContextVar("recording", default=None)


def primitive(function: Callable[P, R]) -> Callable[P, R]:
    """Return a pure function of arrays that a tape takes down as one step.

    It must return arrays of its own, or tuples of them, and must not keep or change what it is given.
    Arguments may be arrays, numbers, and tuples, mappings or dataclasses of such.
    """

    @wraps(function)
    def recorded(*args: P.args, **kwargs: P.kwargs) -> R:
        recorder = RECORDING.get()
        if recorder is None:
            return function(*args, **kwargs)
        answer: R = recorder.call(recorded, args, kwargs)
        return answer

    return recorded
