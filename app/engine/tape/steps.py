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


def needed(steps: list[Step], wanted: list[int]) -> list[Step]:
    """Return the steps that the wanted slots hang on, each as late as what needs it allows.

    So few results wait for their use, and what waits stays in the cache.
    """
    by_slot = {slot: step for step in steps for slot in step.results}
    order: list[Step] = []
    done: set[int] = set()
    waiting = [by_slot[slot] for slot in reversed(wanted) if slot in by_slot]
    while waiting:
        step = waiting[-1]
        before = [by_slot[slot] for slot in step.of if slot in by_slot and id(by_slot[slot]) not in done]
        if before:
            waiting.extend(reversed(before))
            continue
        waiting.pop()
        if id(step) not in done:
            done.add(id(step))
            order.append(step)
    return order
