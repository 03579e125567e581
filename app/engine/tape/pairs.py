"""Two operations become one where nobody but the second reads what the first comes to.

The kernel then keeps it in a register, instead of writing a row and reading it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set as AbstractSet
from dataclasses import replace

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
    waiting: dict[int, Done] = {}  # by the slot of a result that is read once
    found: dict[tuple[int, ...], Done] = {}  # by what each makes, in order
    for second in work:
        done = second
        for place in (0, 1):
            first = _before(second, place, waiting)
            if first is not None:
                del waiting[first.made[0]], found[first.made]
                done = _together(first, second, place)
                break
        if done.twin.op in FIRST and uses[done.made[0]] == 1 and done.made[0] not in kept:
            waiting[done.made[0]] = done
        found[done.made] = done
    return list(found.values())


def _before(second: Done, place: int, waiting: Mapping[int, Done]) -> Done | None:
    """Return the waiting operation whose result an operand is, row for row and trial by trial."""
    if (second.twin.op, place) not in SECOND:
        return None
    operand = second.operands[place]
    first = waiting.get(operand.root) if isinstance(operand, Place) else None
    if first is None or operand != Place(first.made[0], 0, 1, second.rows, wide=True):
        return None
    return first if first.rows == second.rows else None


def _together(first: Done, second: Done, place: int) -> Done:
    kind = FIRST.index(first.twin.op) * KINDS + SECOND[second.twin.op, place]
    operands = (*first.operands, second.operands[1 - place])
    return replace(second, twin=Twin(Op.PAIR, (), extra=(kind,)), operands=operands)
