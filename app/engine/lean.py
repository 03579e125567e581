"""Evaluations of which only what somebody reads is computed.

A mine is evaluated once on a few trials, on a tape; indicators and fans are read from it, and what they read
becomes a program. The program gives the same bits as the evaluation, because it does the same operations in
the same order; it leaves out the lines that nobody asked for. Every program is compared with the evaluation
on other trials before it is used, and where none can be made the evaluation itself stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from app.engine.cashflow import CashFlow
from app.engine.context import Context
from app.engine.evaluate import evaluate
from app.engine.inputs import MineInputs
from app.engine.primitive import Untraceable
from app.engine.quantity import Array, Drivers
from app.engine.tape import Program, record
from app.engine.tape.traced import Traced

Sum = tuple[str, bool, int]
SLICE_VALUES = 40 << 10  # numbers in a row of one slice: a few of them fit a processor's second cache
WIDTHS = (37, 53)  # trials recorded with; the first that is not near the number of periods


class Rest(Mapping[str, Array]):
    """All lines of a statement, of which most are evaluated only when somebody reads one."""

    def __init__(self, keys: tuple[str, ...], known: Mapping[str, Array], rest: Callable[[], CashFlow]):
        self._keys, self._known, self._rest = dict.fromkeys(keys), dict(known), rest

    def __getitem__(self, key: str) -> Array:
        if key not in self._known:
            if key not in self._keys:
                raise KeyError(key)
            self._known |= self._rest().lines
        return self._known[key]

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


@dataclass(frozen=True)
class Watched:
    """A cash flow that remembers what is read of it; of one on a tape it hands out the numbers."""

    flow: CashFlow
    rows: dict[str, Any] = field(default_factory=dict)
    sums: dict[Sum, Any] = field(default_factory=dict)

    def shown(self) -> CashFlow:
        """Return what readers are given."""
        numbers = {each.name: _plain(getattr(self.flow, each.name)) for each in fields(CashFlow)}
        return _Shown(**numbers | {"watched": self, "sums": {}})

    def row(self, key: str) -> Any:
        self.rows[key] = self.flow.lines[key]
        return _plain(self.rows[key])

    def sum(self, wanted: Sum) -> Any:
        self.sums[wanted] = self.flow.added_up(wanted)
        return _plain(self.sums[wanted])

    @property
    def read(self) -> dict[str, Any]:
        """What has to be known of a cash flow to hand out the same again."""
        return {
            "rows": self.rows,
            "sums": self.sums,
            "exponents": self.flow.discount_exponents,
            "rate": self.flow.discount_rate,
            "factors": self.flow.discount_factors,
        }


@dataclass(frozen=True, kw_only=True)
class _Shown(CashFlow):
    watched: Watched

    def __getitem__(self, key: str) -> Array:
        return cast("Array", self.watched.row(key))

    def added_up(self, wanted: Sum) -> NDArray[np.float64]:
        return cast("Array", self.watched.sum(wanted))


@dataclass(frozen=True, slots=True)
class Lean:
    """Evaluates a mine for one purpose. keys: of all its lines. varies: whether trials differ at all."""

    program: Program
    inputs: MineInputs
    keys: tuple[str, ...]
    entered: frozenset[str]
    varies: bool

    def __call__(self, drivers: Drivers) -> CashFlow:
        """Return the cash flow of the drivers' trials; without any, of the mine as it is."""
        given = drivers or self._own()
        if not self.program.fits(given):
            return evaluate(self.inputs, drivers, check=False)
        found = self.program.play(given, max(SLICE_VALUES // self.inputs.timeline.n_periods, 64))
        rest = partial(evaluate, self.inputs, drivers, check=False)
        return CashFlow(
            timeline=self.inputs.timeline,
            lines=Rest(self.keys, found["rows"], rest),
            entered=self.entered,
            problems=(),
            discount_exponents=found["exponents"],
            discount_rate=found["rate"],
            discount_factors=found["factors"],
            n_trials=max(row.shape[1] for row in given.values()) if self.varies else 1,
            sums=dict(found["sums"]),
        )

    def _own(self) -> dict[str, Array]:
        """Return the mine's own rows of the drivers that the program takes, in the shapes it takes them."""
        own = Context.of(self.inputs).drivers
        rows = {name: shape[0] for name, (_, shape) in self.program.frame.inputs.items()}
        return {name: np.broadcast_to(own[name], (count, 1)) for name, count in rows.items()}


def lean(inputs: MineInputs, drivers: Drivers, use: Callable[[CashFlow], object]) -> Lean | None:
    """Return the evaluation of what `use` reads of a cash flow; None where no program can be made.

    drivers: enough trials to record some and to compare others, `(n_periods | 1, n_trials | 1)`.
    """
    width = next(width for width in WIDTHS if abs(width - inputs.timeline.n_periods) > 2)
    trials = max((row.shape[1] for row in drivers.values()), default=1)
    if trials < 3 * width:
        return None

    def watched(traced: Drivers) -> Watched:
        return _watched(evaluate(inputs, traced, check=False), use)

    try:
        seen, recording = record(_some(drivers, 0, width), watched)
        program = recording.program(seen.read)
    except Untraceable:
        return None
    flow = seen.flow
    made = Lean(program, inputs, tuple(flow.lines), flow.entered, flow.n_trials == width)
    return made if _agrees(made, _some(drivers, width, 3 * width), use) else None


def _watched(flow: CashFlow, use: Callable[[CashFlow], object]) -> Watched:
    seen = Watched(flow)
    use(seen.shown())
    return seen


def _agrees(made: Lean, drivers: Drivers, use: Callable[[CashFlow], object]) -> bool:
    """Return whether a program gives the bits of the evaluation on trials that it was not recorded with."""
    expected = _watched(evaluate(made.inputs, drivers, check=False), use)
    return _same(expected.read, _watched(made(drivers), use).read)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        left, right = np.broadcast_arrays(one, other)
        return np.array_equal(left, right, equal_nan=True)
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return len(one) == len(other) and all(map(_same, one, other)) if isinstance(one, tuple) else one == other


def _some(drivers: Drivers, first: int, last: int) -> dict[str, Array]:
    return {name: row if row.shape[1] == 1 else row[:, first:last] for name, row in drivers.items()}


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Traced) else value
