"""Two operations become one where nobody but the second reads what the first comes to.

The kernel then keeps it in a register, instead of writing a row and reading it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set as AbstractSet
from dataclasses import replace

from app.engine.quantity import Array
from app.engine.tape.places import Done, Place
from app.engine.tape.twins import Op, Twin

FIRST = (Op.ADD, Op.SUBTRACT, Op.MULTIPLY)
#: By operation and the place of the first one's result among its operands: what `pairs.c` does with it.
SECOND = {
    (Op.ADD, 0): 0,
    (Op.ADD, 1): 0,
    (Op.SUBTRACT, 0): 1,
    (Op.SUBTRACT, 1): 2,
    (Op.MULTIPLY, 0): 3,
    (Op.MULTIPLY, 1): 3,
}
KINDS = 4  # of second operations


def paired(work: Sequence[Done], kept: AbstractSet[int]) -> list[Done]:
    """Return the same work in fewer operations, to the same bits. kept: slots whose rows are read later."""
    uses = Counter(place.root for done in work for place in done.places)
    waiting: dict[int, int] = {}  # slot of a result that is read once, and where the operation stands
    found: list[Done | None] = []
    for each in work:
        place = next((index for index in (0, 1) if _read_whole(each, index, waiting, found)), None)
        done = each if place is None else _together(found, waiting, each, place)
        if done.twin.op in FIRST and uses[done.made[0]] == 1 and done.made[0] not in kept:
            waiting[done.made[0]] = len(found)
        found.append(done)
    return [done for done in found if done is not None]


def _read_whole(done: Done, index: int, waiting: dict[int, int], found: Sequence[Done | None]) -> bool:
    """Return whether an operand is a waiting result, row for row and trial by trial."""
    if (done.twin.op, index) not in SECOND:
        return False
    operand = done.operands[index]
    if not isinstance(operand, Place) or operand.root not in waiting:
        return False
    first = found[waiting[operand.root]]
    rows = done.rows if first is not None and first.rows == done.rows else 0
    return operand == Place(operand.root, 0, 1, rows, wide=True)


def _together(found: list[Done | None], waiting: dict[int, int], second: Done, place: int) -> Done:
    """Take the first operation out, and return both in one."""
    result, other = second.operands[place], second.operands[1 - place]
    at = waiting.pop(result.root) if isinstance(result, Place) else 0
    first, found[at] = found[at], None
    if first is None:
        raise ValueError("an operation was taken twice")
    kind = FIRST.index(first.twin.op) * KINDS + SECOND[second.twin.op, place]
    operands: tuple[Place | Array, ...] = (*first.operands, other)
    return replace(second, twin=Twin(Op.PAIR, (), extra=(kind,)), operands=operands)
