"""Which memory each step of a program writes to: as few buffers as do, so that they stay in the cache."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.engine.tape.steps import Kind, Step

Size = tuple[tuple[int, ...], str]  # shape and dtype


@dataclass(frozen=True, slots=True)
class Memory:
    """sizes: of each buffer. of_step: buffer that a step writes to, by its place, None where it brings its
    own. done: slots that nobody needs after a step, by its place."""

    sizes: tuple[Size, ...]
    of_step: tuple[int | None, ...]
    done: tuple[tuple[int, ...], ...]


def allot(steps: list[Step], sizes: Mapping[int, Size], wanted: Iterable[int]) -> Memory:
    """Return the memory for a list of steps, of whose results the wanted ones are read at the end."""
    owners = _owners(steps)
    last = _last_uses(steps, owners, wanted)
    dying: dict[int, list[int]] = defaultdict(list)
    for slot, place in last.items():
        dying[place].append(slot)
    buffers: list[Size] = []
    free: dict[Size, list[int]] = defaultdict(list)
    held: dict[int, int] = {}
    of_step: list[int | None] = []
    for place, step in enumerate(steps):
        ending = [slot for slot in dying[place] if slot in held]
        if step.kind is not Kind.UFUNC:
            of_step.append(None)
        else:
            (result,) = step.results
            size = sizes[result]
            own = _reusable(step, ending, owners, sizes, size)
            if own is not None:
                ending.remove(own)
                buffer = held[own]
            elif free[size]:
                buffer = free[size].pop()
            else:
                buffers.append(size)
                buffer = len(buffers) - 1
            of_step.append(buffer)
            held[result] = buffer
        for slot in ending:
            free[sizes[slot]].append(held[slot])
    done = tuple(tuple(slot for slot in dying[place] if slot not in held) for place in range(len(steps)))
    return Memory(tuple(buffers), tuple(of_step), done)


def _owners(steps: list[Step]) -> dict[int, frozenset[int]]:
    """Return the slots in whose memory the value of a slot may lie."""
    owners: dict[int, frozenset[int]] = {}
    for step in steps:
        below = frozenset[int]().union(*(owners.get(slot, frozenset({slot})) for slot in step.of))
        for slot in step.results:
            if step.kind is Kind.VIEW:
                owners[slot] = below
            else:
                owners[slot] = below | {slot} if step.borrows else frozenset({slot})
    return owners


def _last_uses(
    steps: list[Step], owners: Mapping[int, frozenset[int]], wanted: Iterable[int]
) -> dict[int, int]:
    last: dict[int, int] = {}
    for place, step in enumerate(steps):
        for slot in (*step.of, *step.results):
            last.update(dict.fromkeys(owners.get(slot, ()), place))
    for slot in wanted:
        last.update(dict.fromkeys(owners.get(slot, ()), len(steps)))
    return last


def _reusable(
    step: Step,
    ending: list[int],
    owners: Mapping[int, frozenset[int]],
    sizes: Mapping[int, Size],
    size: Size,
) -> int | None:
    """Return an operand of an elementwise step whose memory its result may take."""
    uses = Counter(owner for slot in step.of for owner in owners.get(slot, ()))
    for slot in step.of:
        if slot in ending and sizes[slot] == size and uses[slot] == step.of.count(slot):
            return slot
    return None
