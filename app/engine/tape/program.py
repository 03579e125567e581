"""A tape made ready: what is not wanted left out, memory allotted, played on any number of trials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.engine.native import library
from app.engine.quantity import Array
from app.engine.tape.buffers import Size, allot
from app.engine.tape.places import Sizes
from app.engine.tape.plan import plan
from app.engine.tape.segment import Segment
from app.engine.tape.steps import Kind, Step, needed
from app.engine.tape.trees import Slot, leaves, mapped


@dataclass(frozen=True, slots=True)
class Move:
    """A step as it is played. args: places of the arguments among the values; trees: those of them that have
    to be put together first. buffer: where a ufunc writes. done: slots that are not needed any more."""

    function: Callable[..., Any]
    args: tuple[int, ...]
    kwargs: Mapping[str, Any]
    buffer: int | None
    result: Any
    trees: tuple[tuple[int, Any], ...]
    done: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds the steps. width: trials recorded with. inputs: slot and shape by name. sizes: shape and
    dtype by slot."""

    width: int
    inputs: Mapping[str, tuple[int, tuple[int, ...]]]
    sizes: Mapping[int, Size]

    def sized(self, shape: tuple[int, ...], trials: int) -> tuple[int, ...]:
        """Return a recorded shape with another number of trials."""
        return (*shape[:-1], trials) if self.is_wide(shape) else shape

    def is_wide(self, shape: tuple[int, ...]) -> bool:
        return bool(shape) and shape[-1] == self.width


@dataclass(frozen=True, slots=True)
class Program:
    """Moves that turn inputs into the wanted results.

    wanted: tree of the slots that are read at the end. values: what stands in each slot before the first
    move. buffers: shape and dtype of each. parts: the same moves as the compiled kernel plays them.
    """

    frame: Frame
    wanted: Any
    values: tuple[Any, ...]
    buffers: tuple[Size, ...]
    moves: tuple[Move, ...]
    parts: tuple[Segment | Move, ...] = ()

    @classmethod
    def of(cls, steps: list[Step], frame: Frame, wanted: Any) -> Program:
        """Return the program of a tape whose slots have the sizes of the frame."""
        read = list(dict.fromkeys(slot.index for slot in leaves(wanted, Slot)))
        kept = needed(steps, read)
        memory = allot(kept, frame.sizes, read)
        values: list[Any] = [None] * (1 + max(frame.sizes, default=-1))
        moves = tuple(
            _move(step, values, buffer, done)
            for step, buffer, done in zip(kept, memory.of_step, memory.done, strict=True)
        )
        planned = plan(kept, Sizes(frame.width, frame.sizes), read)
        parts = tuple(
            part if isinstance(part, Segment) else _move(part, values, None, ()) for part in planned
        )
        ends = Frame(frame.width, frame.inputs, {slot: frame.sizes[slot] for slot in sorted(read)})
        return cls(ends, wanted, tuple(values), memory.sizes, moves, parts)

    def fits(self, given: Mapping[str, Array]) -> bool:
        """Return whether inputs have the names and shapes of the recorded ones, with any number of trials."""
        trials = _trials(given)
        return {name: row.shape for name, row in given.items()} == {
            name: self.frame.sized(shape, trials) for name, (_, shape) in self.frame.inputs.items()
        }

    def play(self, given: Mapping[str, Array], width: int) -> Any:
        """Return the wanted tree for inputs that fit, `width` trials at a time."""
        trials = _trials(given)
        if library() is None:
            results = self._in_slices(given, min(width, trials))
        elif all(isinstance(part, Segment) for part in self.parts):  # the kernel takes tiles of its own
            results = self._at_once(given, trials)
        else:
            results = self._in_slices(given, min(width, trials), native=True)
        return mapped(self.wanted, lambda leaf: results[leaf.index] if isinstance(leaf, Slot) else leaf)

    def _at_once(self, given: Mapping[str, Array], trials: int) -> dict[int, NDArray[Any]]:
        """Return the results of a program that is nothing but segments, which make arrays of their own."""
        values = self._by_kernel(given, trials)
        own = {slot for slot, _ in self.frame.inputs.values()}
        return {slot: np.array(values[slot]) if slot in own else values[slot] for slot in self.frame.sizes}

    def _in_slices(
        self, given: Mapping[str, Array], width: int, *, native: bool = False
    ) -> dict[int, NDArray[Any]]:
        trials = _trials(given)
        buffers = [] if native else self._buffers(width)
        results: dict[int, NDArray[Any]] = {}
        for start in range(0, trials, width):
            # The last slice reaches back: a trial's digits do not depend on those beside it.
            first = min(start, trials - width)
            part = slice(first, first + width)
            own = {name: _part(row, part, trials) for name, row in given.items()}
            values = self._by_kernel(own, width) if native else self._played(buffers, own)
            for slot, (shape, dtype) in self.frame.sizes.items():
                if start == 0:
                    results[slot] = np.empty(self.frame.sized(shape, trials), dtype)
                if self.frame.is_wide(shape):
                    results[slot][..., part] = values[slot]
                elif start == 0:
                    results[slot][...] = values[slot]
        return results

    def _buffers(self, width: int) -> list[NDArray[Any]]:
        return [np.empty(self.frame.sized(shape, width), dtype) for shape, dtype in self.buffers]

    def _by_kernel(self, given: Mapping[str, Array], trials: int) -> list[Any]:
        """Return the values that the compiled kernel comes to, with NumPy where it cannot."""
        values = list(self.values)
        for name, row in given.items():
            values[self.frame.inputs[name][0]] = row
        for part in self.parts:
            if isinstance(part, Segment):
                part.play(values, trials)
            else:
                _moved(part, values, None)
        return values

    def _played(self, buffers: list[NDArray[Any]], given: Mapping[str, Array]) -> list[Any]:
        values = list(self.values)
        for name, row in given.items():
            values[self.frame.inputs[name][0]] = row
        for move in self.moves:
            _moved(move, values, None if move.buffer is None else buffers[move.buffer])
        return values


def _move(step: Step, values: list[Any], buffer: int | None, done: tuple[int, ...]) -> Move:
    args, trees = [], []
    for arg in step.args:
        if isinstance(arg, Slot):
            args.append(arg.index)
            continue
        whole = bool(leaves(arg, Slot))
        args.append(len(values))
        values.append(None if whole else arg)
        if whole:
            trees.append((args[-1], arg))
    own = buffer if step.kind is Kind.UFUNC else None
    return Move(step.function, tuple(args), step.kwargs, own, step.result, tuple(trees), done)


def _moved(move: Move, values: list[Any], out: NDArray[Any] | None) -> None:
    """Do one move. out: where a ufunc writes."""
    for place, tree in move.trees:
        values[place] = _put_together(tree, values)
    args = [values[place] for place in move.args]
    if out is not None:
        values[move.result.index] = move.function(*args, out=out)
        return
    answer = move.function(*args, **move.kwargs)
    if isinstance(move.result, Slot):
        values[move.result.index] = answer
    else:
        _spread(move.result, answer, values)
    for slot in move.done:
        values[slot] = None


def _trials(given: Mapping[str, Array]) -> int:
    return max((row.shape[-1] for row in given.values()), default=1)


def _part(row: Array, part: slice, trials: int) -> Array:
    return row[..., part] if row.shape[-1] == trials else row


def _put_together(tree: Any, values: list[Any]) -> Any:
    return mapped(tree, lambda leaf: values[leaf.index] if isinstance(leaf, Slot) else leaf)


def _spread(result: Any, answer: Any, values: list[Any]) -> None:
    """Write the parts of an answer to their slots."""
    for slot, value in zip(leaves(result, Slot), leaves(answer, np.ndarray), strict=True):
        values[slot.index] = value
