"""Takes down what an evaluation does to traced rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from app.engine.primitive import RECORDING, Untraceable
from app.engine.quantity import Array
from app.engine.tape.program import Frame, Program
from app.engine.tape.steps import Kind, Step
from app.engine.tape.traced import Taker, Traced, broadcast, broadcast_rows
from app.engine.tape.trees import Slot, identity, leaves, mapped

T = TypeVar("T")


# The second operand that changes nothing; of some also the first. Adding zero changes a negative zero only.
NEUTRAL = {np.multiply: 1.0, np.divide: 1.0, np.subtract: 0.0, np.add: 0.0}
COMMUTATIVE = (np.multiply, np.add)


class Tape(Taker):
    """The steps of one evaluation, each different one once.

    width: trials recorded with, a length that no other axis has. A constant that wide is kept as one column.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.steps: list[Step] = []
        self.sizes: list[tuple[tuple[int, ...], str]] = []
        self.positive: set[int] = set()  # slots that hold no negative zero
        self._known: dict[Hashable, Any] = {}
        self._kept: list[Any] = []  # what an identity points to must stay alive

    def input(self, value: Array) -> Traced:
        """Return a traced array for something that each playing is given."""
        return self._new(value)

    def ufunc(self, ufunc: np.ufunc, inputs: tuple[Any, ...]) -> Any:
        same = self._unchanged(ufunc, inputs)
        if same is not None:
            return same
        answer = self._step(Kind.UFUNC, ufunc, inputs, {})
        if ufunc is np.add and any(self._without_negative_zero(each) for each in inputs):
            self.positive.add(answer.slot)
        return answer

    def view(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        return self._step(Kind.VIEW, function, args, {})

    def _unchanged(self, ufunc: np.ufunc, inputs: tuple[Any, ...]) -> Traced | None:
        """Return the operand that an operation gives back bit for bit: times one, over one, plus or less
        zero."""
        if ufunc not in NEUTRAL or len(inputs) != 2:
            return None
        for one, other in (inputs, inputs[::-1])[: 2 if ufunc in COMMUTATIVE else 1]:
            if not isinstance(one, Traced) or isinstance(other, Traced) or one.dtype != np.float64:
                continue
            constant = np.asarray(other)
            fits = np.broadcast_shapes(one.shape, constant.shape) == one.shape
            kept = ufunc is not np.add or one.slot in self.positive
            if fits and kept and bool((constant == NEUTRAL[ufunc]).all()):
                return one
        return None

    def _without_negative_zero(self, each: Any) -> bool:
        if isinstance(each, Traced):
            return each.slot in self.positive
        return not bool((np.signbit(each) & (np.asarray(each) == 0)).any())

    def widened(self, rows: Traced, shape: tuple[int, ...]) -> Any:
        """Return rows repeated to a shape, whose last length is that of the trials played."""
        if shape[-1] != self.width:
            return self.view(broadcast, (rows, shape))
        if rows.shape[-1] != self.width:
            raise Untraceable("what all trials share is repeated for each of them")
        return self.view(broadcast_rows, (rows, shape[:-1]))

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if leaves(kwargs, Traced):
            raise Untraceable("a traced array is given by name")
        if not leaves(args, Traced):
            return _done(function, args, kwargs)
        return self._step(Kind.CALL, function, args, kwargs)

    def place(self, leaf: Any) -> Any:
        """Return the place of a traced array, one column of a constant that all trials share."""
        if isinstance(leaf, np.ndarray) and leaf.ndim and leaf.shape[-1] == self.width:
            column = leaf[..., :1]
            if not np.array_equal(np.broadcast_to(column, leaf.shape), leaf, equal_nan=True):
                raise Untraceable("a constant differs between trials")
            return column
        return slot_of(leaf)

    def _new(self, value: Any) -> Traced:
        self.sizes.append((value.shape, value.dtype.str))
        return Traced(self, len(self.sizes) - 1, value)

    def _step(
        self, kind: Kind, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Do one step now and take it down, unless the very same step has been taken down before."""
        places, named = mapped((args, kwargs), self.place)
        key = (function, identity(places), identity(named))
        if key not in self._known:
            self._kept.append((places, named))
            self._known[key] = self._taken(kind, function, (args, kwargs), (places, named))
        return self._known[key]

    def _taken(
        self,
        kind: Kind,
        function: Callable[..., Any],
        given: tuple[tuple[Any, ...], dict[str, Any]],
        taken: tuple[tuple[Any, ...], dict[str, Any]],
    ) -> Any:
        args, kwargs = mapped(given, _value)
        value = _done(function, args, kwargs)
        arrays = [each for each in leaves((args, kwargs), np.ndarray) if each.size > 1]
        of = leaves(taken, Slot)
        borrows = kind is not Kind.UFUNC and any(
            np.may_share_memory(own, each) for own in leaves(value, np.ndarray) for each in arrays
        )
        answer = mapped(value, lambda leaf: self._new(leaf) if isinstance(leaf, np.ndarray) else leaf)
        if isinstance(value, np.generic):
            answer = self._new(np.asarray(value))
        self.steps.append(
            Step(kind, function, *taken, tuple(slot.index for slot in of), mapped(answer, slot_of), borrows)
        )
        return answer


def _done(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    before = RECORDING.set(None)
    try:
        return function(*args, **kwargs)
    finally:
        RECORDING.reset(before)


def slot_of(leaf: Any) -> Any:
    """Return the place of a traced array; anything else as it is."""
    return Slot(leaf.slot) if isinstance(leaf, Traced) else leaf


def _value(leaf: Any) -> Any:
    return leaf.value if isinstance(leaf, Traced) else leaf


@dataclass(frozen=True, slots=True)
class Recording:
    """A tape with its inputs by name: `program` turns it into something to play."""

    tape: Tape
    inputs: Mapping[str, Traced]

    def program(self, wanted: Any) -> Program:
        """Return the program that yields `wanted`, a tree whose traced leaves are results."""
        tape = self.tape
        inputs = {name: (each.slot, each.shape) for name, each in self.inputs.items()}
        frame = Frame(tape.width, inputs, dict(enumerate(tape.sizes)))
        return Program.of(tape.steps, frame, mapped(wanted, tape.place))


def record(inputs: Mapping[str, Array], evaluation: Callable[[Mapping[str, Any]], T]) -> tuple[T, Recording]:
    """Return what an evaluation of traced inputs yields, and the recording of how.

    inputs: `(n_periods | 1, n_trials | 1)`, n_trials a length that no other axis of the evaluation has.
    Raises `Untraceable` when its course depends on the numbers.
    """
    tape = Tape(max(row.shape[-1] for row in inputs.values()))
    traced = {name: tape.input(value) for name, value in inputs.items()}
    before = RECORDING.set(tape)
    try:
        return evaluation(traced), Recording(tape, traced)
    finally:
        RECORDING.reset(before)
