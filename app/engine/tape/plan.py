"""From the steps of a program to segments that the compiled kernel plays, with calls of NumPy between them.

Views cost nothing: a place is rows `first, first + step …` of the slot whose memory they lie in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from app.engine.quantity import Array
from app.engine.tape.places import FLOAT, MASK, Done, Place, Sizes
from app.engine.tape.segment import Segment
from app.engine.tape.steps import Kind, Step
from app.engine.tape.trees import Slot
from app.engine.tape.twins import OF_MASKS, TWINS, UFUNCS, Op, Twin
from app.engine.tape.writer import Writer

MASKS = {
    Op.WHERE: (True, False, False),
    Op.QUOTIENT: (False, False, True),
    Op.IN_SERVICE: (False, True),
    Op.ANY: (True,),
    Op.ALL: (True,),
}
BROADCASTING = (Op.BEGUN, Op.IN_SERVICE, Op.BY_UNITS, Op.LEFT, Op.AVERAGE_GRADE, Op.PRICED_LATER)
EQUALLY_LONG = (Op.BEGUN, Op.IN_SERVICE)  # do not repeat a single row
ONE_ROW = frozenset({Op.TOTAL, Op.ANY, Op.ALL})  # operations whose result is one row


def plan(steps: Sequence[Step], sizes: Sizes, wanted: Iterable[int]) -> tuple[Segment | Step, ...]:
    """Return the segments and, between them, the steps that stay with NumPy, in the order of the steps."""
    places: dict[int, Place | None] = {slot: sizes.whole(slot) for slot in sizes.by_slot}
    parts: list[list[Done] | Step] = []
    for step, done in _sorted(steps, places, sizes):
        if done is None:
            parts.append(step)
        elif parts and isinstance(parts[-1], list):
            parts[-1].append(done)
        else:
            parts.append([done])
    needs = [_needs(part) for part in parts]
    finished: list[Segment | Step] = []
    for index, part in enumerate(parts):
        later = set(wanted).union(*needs[index + 1 :])
        finished.append(part if isinstance(part, Step) else Writer(places, sizes).segment(part, later))
    return (*finished, *_ends(finished, places, sizes, wanted))


def _sorted(
    steps: Sequence[Step], places: dict[int, Place | None], sizes: Sizes
) -> list[tuple[Step, Done | None]]:
    """Return who does each step, None for NumPy. Views go without saying, unless NumPy needs one of what is
    its own."""
    work: list[tuple[Step, Done | None]] = []
    made: set[int] = set()
    for step in steps:
        if step.kind is Kind.VIEW and (seen := _seen(step, places, sizes)):
            places[step.results[0]] = seen
        done = _done(step, places, sizes)
        work.append((step, done))
        made |= set(() if done is None else done.made)
    kept: list[tuple[Step, Done | None]] = []
    needed: set[int] = set()
    for step, done in reversed(work):
        own = places[step.results[0]] if step.results else None
        is_view = done is None and own is not None and own.root != step.results[0]
        if is_view and own is not None and (own.root in made or step.results[0] not in needed):
            continue
        if done is None:
            needed |= set(step.of)
        kept.append((step, done))
    return kept[::-1]


def _ends(
    parts: list[Segment | Step], places: Mapping[int, Place | None], sizes: Sizes, wanted: Iterable[int]
) -> list[Segment]:
    """Return what copies the wanted slots that are views of what no segment has made."""
    made = {each.slot for part in parts if isinstance(part, Segment) for each in part.outside if each.made}
    made |= {slot for part in parts if isinstance(part, Step) for slot in part.results}
    left = [slot for slot in wanted if slot not in made and (own := places[slot]) and own.root != slot]
    return [Writer(places, sizes).segment([], set(left))] if left else []


def _needs(part: list[Done] | Step) -> set[int]:
    if isinstance(part, Step):
        return set(part.of)
    return {place.root for done in part for place in done.places}


def _seen(step: Step, places: Mapping[int, Place | None], sizes: Sizes) -> Place | None:
    """Return which rows a view looks at, by having it look at their numbers; None where it is no simple
    choice."""
    if not isinstance(step.args[0], Slot) or len(step.of) != 1:
        return None
    own, result = places[step.args[0].index], step.results[0]
    if own is None or (whole := sizes.whole(result)) is None or whole.wide != own.wide:
        return None
    shape = sizes.by_slot[step.args[0].index][0]
    numbers = np.arange(own.count, dtype=np.float64).reshape((*shape[:-1], 1))
    trials = np.arange(shape[-1], dtype=np.float64)
    rows = step.function(np.broadcast_to(numbers, shape), *step.args[1:])
    lanes = step.function(np.broadcast_to(trials, shape), *step.args[1:])
    expected = sizes.by_slot[result][0]
    if rows.shape != expected or not (lanes == trials).all() or not (rows == rows[..., :1]).all():
        return None
    chosen = rows[..., 0].ravel().astype(int)
    steps = np.diff(chosen)
    if not len(chosen) or (steps != steps[:1]).any():
        return None
    apart = int(steps[0]) if len(steps) else 1
    return Place(own.root, own.first + int(chosen[0]) * own.step, apart * own.step, len(chosen), own.wide)


def _done(step: Step, places: Mapping[int, Place | None], sizes: Sizes) -> Done | None:
    """Return how the kernel does a step; None where it cannot."""
    made = step.results
    if step.kwargs or any(places[slot] is None for slot in made):
        return None
    twin = Twin(UFUNCS[step.function], step.args) if step.function in UFUNCS else None
    if step.function in TWINS:
        twin = TWINS[step.function](*step.args)
    if twin is None or any(isinstance(row, tuple) for row in twin.rows):
        return None
    masks = (True, True) if twin.op in OF_MASKS else MASKS.get(twin.op, (False,) * 3)
    operands = [_operand(row, mask, places, sizes) for row, mask in zip(twin.rows, masks, strict=False)]
    kept = tuple(each for each in operands if each is not None)
    if len(kept) < len(operands):
        return None
    found = Done(twin, kept, _rows(twin, kept), made)
    return found if _fits(found, places) else None


def _operand(row: Any, mask: bool, places: Mapping[int, Place | None], sizes: Sizes) -> Place | Array | None:
    if isinstance(row, Slot):
        place = places[row.index]
        return place if sizes.by_slot[row.index][1] == (MASK if mask else FLOAT) else None
    array = np.asarray(row)
    if array.dtype.kind not in "bif" or array.ndim > 2 or (array.ndim and array.shape[-1] != 1):
        return None
    column = array.reshape(-1, 1)
    if mask:
        return column.astype(np.int64).view(np.float64) if array.dtype.kind == "b" else None
    return np.ascontiguousarray(column, dtype=np.float64)


def _rows(twin: Twin, operands: Sequence[Place | Array]) -> int:
    return max(_count(each) for each, along in zip(operands, twin.along, strict=False) if along)


def _count(operand: Place | Array) -> int:
    return operand.count if isinstance(operand, Place) else len(operand)


def _fits(done: Done, places: Mapping[int, Place | None]) -> bool:
    """Return whether rows and widths of operands and results are what the kernel takes them for."""
    wide = any(isinstance(each, Place) and each.wide for each in done.operands)
    for each, along in zip(done.operands, done.twin.along, strict=False):
        if along and _count(each) not in (1, done.rows):
            return False
    for index, slot in enumerate(done.made):
        own = places[slot]
        if own is None or index in done.twin.zeros:
            continue
        if own.wide != wide or own.count != (1 if done.twin.op in ONE_ROW else done.rows):
            return False
    one = done.operands[0]
    if done.twin.op in EQUALLY_LONG and any(_count(each) != done.rows for each in done.operands[:2]):
        return False
    if done.twin.op is Op.PRICED_LATER and _count(one) != done.rows:
        return False
    elementwise = done.twin.op < Op.TOTAL or done.twin.op in BROADCASTING
    return elementwise or (isinstance(one, Place) and one.wide == wide and one.count == done.rows)
