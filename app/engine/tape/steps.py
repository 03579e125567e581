"""What a tape holds: one step after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from app.engine.tape.trees import Slot, leaves


class Kind(Enum):
    """How a step treats memory."""

    UFUNC = auto()  # writes where it is told to
    VIEW = auto()  # looks at the memory of its first argument
    CALL = auto()  # brings memory of its own


@dataclass(frozen=True, slots=True)
class Step:
    """One operation. args, kwargs: trees in which `Slot` stands for a value; of: those slots.

    result: a tree of slots. borrows: the result lies in the memory of an argument.
    """

    kind: Kind
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    of: tuple[int, ...]
    result: Any
    borrows: bool

    @property
    def results(self) -> tuple[int, ...]:
        return tuple(slot.index for slot in leaves(self.result, Slot))


def needed(steps: list[Step], wanted: set[int]) -> list[Step]:
    """Return the steps that the wanted slots hang on, in order."""
    kept = []
    for step in reversed(steps):
        if wanted.intersection(step.results):
            wanted = wanted.union(step.of)
            kept.append(step)
    return kept[::-1]
