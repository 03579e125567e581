"""The one table of what the compiled kernel can do, each entry beside the Python function that it equals.

`Op` numbers them as the C files do. `UFUNCS` are single operations; `TWINS` say of primitives what the kernel
has to know, or that it cannot do what is asked: then the Python function is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Any

import numpy as np

from app.engine.fiscal.depreciation.schedule import Band, charged as charged_by_schedule
from app.engine.fiscal.depreciation.units_of_production import charged as charged_by_units
from app.engine.fiscal.losses import relieve
from app.engine.fiscal.rows import begun, ratio
from app.engine.fiscal.write_down import in_service, left_over
from app.engine.fiscal.years import Years
from app.engine.inputs.fiscal import Losses
from app.engine.quantity import changes, previous, running, total
from app.engine.sales.settlement import priced_later
from app.engine.stockpiles import average_grade
from app.engine.tape.traced import filled, reduced
from app.engine.tape.trees import Slot


class Op(IntEnum):
    """An operation of the kernel, by its place in `ACTIONS` of tape.c and then `RECURRENCES`."""

    ADD = 0
    SUBTRACT = auto()
    MULTIPLY = auto()
    DIVIDE = auto()
    MAXIMUM = auto()
    MINIMUM = auto()
    RATIO = auto()
    GREATER = auto()
    GREATER_EQUAL = auto()
    LESS = auto()
    LESS_EQUAL = auto()
    EQUAL = auto()
    NOT_EQUAL = auto()
    NEGATIVE = auto()
    ABSOLUTE = auto()
    COPY = auto()
    WHERE = auto()
    BOTH = auto()
    EITHER = auto()
    INVERTED = auto()
    QUOTIENT = auto()
    CLIP = auto()
    PAIR = auto()
    TOTAL = auto()
    RUNNING = auto()
    CHANGES = auto()
    PREVIOUS = auto()
    BEGUN = auto()
    IN_SERVICE = auto()
    BY_SCHEDULE = auto()
    BY_UNITS = auto()
    LEFT = auto()
    CARRY_FORWARD = auto()
    AVERAGE_GRADE = auto()
    PRICED_LATER = auto()
    ANY = auto()
    ALL = auto()


UFUNCS: Mapping[Any, Op] = {
    np.add: Op.ADD,
    np.subtract: Op.SUBTRACT,
    np.multiply: Op.MULTIPLY,
    np.divide: Op.DIVIDE,
    np.maximum: Op.MAXIMUM,
    np.minimum: Op.MINIMUM,
    np.greater: Op.GREATER,
    np.greater_equal: Op.GREATER_EQUAL,
    np.less: Op.LESS,
    np.less_equal: Op.LESS_EQUAL,
    np.equal: Op.EQUAL,
    np.not_equal: Op.NOT_EQUAL,
    np.negative: Op.NEGATIVE,
    np.absolute: Op.ABSOLUTE,
    np.logical_and: Op.BOTH,
    np.bitwise_and: Op.BOTH,
    np.logical_or: Op.EITHER,
    np.bitwise_or: Op.EITHER,
    np.logical_not: Op.INVERTED,
    np.invert: Op.INVERTED,
}
OF_MASKS = frozenset({Op.BOTH, Op.EITHER, Op.INVERTED})


@dataclass(frozen=True, slots=True)
class Twin:
    """How a call is done. rows: operands in order, arrays or slots. extra, numbers: parameters besides rows.

    along: the operands that need as many rows as the result; the others have one row or their own layout.
    scratch: rows of working memory that follow the results. zeros: results that are nothing but zeros.
    """

    op: Op
    rows: tuple[Any, ...]
    extra: tuple[int, ...] = ()
    numbers: tuple[float, ...] = ()
    along: tuple[bool, ...] = (True, True, True)
    scratch: int = 0
    zeros: tuple[int, ...] = ()


def _summed(rows: Any) -> Twin:
    return Twin(Op.TOTAL, (rows,))


def _where(mask: Any, one: Any, other: Any) -> Twin:
    return Twin(Op.WHERE, (mask, one, other))


def _changes(rows: Any, before: Any = 0.0) -> Twin | None:
    return None if isinstance(before, Slot) else Twin(Op.CHANGES, (rows,), numbers=(float(before),))


def _scheduled(placed: Any, bands: tuple[Band, ...], before: Any) -> Twin | None:
    if isinstance(before, Slot):
        return None
    table = [[band.first, band.after, len(band.shares), *band.shares.ravel()] for band in bands]
    opening = np.asarray(before, dtype=np.float64).reshape(-1, 1)
    shares = np.concatenate(table, dtype=np.float64).reshape(-1, 1)
    return Twin(Op.BY_SCHEDULE, (placed, opening, shares), along=(True, True, False))


def _by_units(placed: Any, depleted: Any, kept: float, opening: float) -> Twin:
    return Twin(Op.BY_UNITS, (placed, depleted), numbers=(float(kept), float(opening)), scratch=1)


def _left(claimed: Any, base: Any, opening: float, last: int) -> Twin:
    return Twin(
        Op.LEFT, (claimed, base), extra=(int(last),), numbers=(float(opening),), along=(False, True, True)
    )


def _relieved(income: Any, rules: Losses, years: Years, _rate: Any, _credited: Any) -> Twin | None:
    by_age = rules.carry_back or (rules.expiry is not None and rules.expiry < years.edges[-1])
    if by_age or not years.single:
        return None
    return Twin(Op.CARRY_FORWARD, (income,), numbers=(float(rules.cap), float(rules.opening)), zeros=(2,))


def _clipped(rows: Any, low: Any, high: Any) -> Twin | None:
    return None if low is None or high is None else Twin(Op.CLIP, (rows, low, high))


def _filled(ufunc: Any, inputs: tuple[Any, ...], mask: Any, start: Any) -> Twin | None:
    if ufunc is not np.divide or isinstance(start, Slot) or not np.size(start):
        return None
    first = float(np.ravel(start)[0])
    if not np.array_equal(start, np.full(np.shape(start), first), equal_nan=True):
        return None
    return Twin(Op.QUOTIENT, (*inputs, mask), numbers=(first,))


def _graded(added: Any, available: Any, drawn: Any, opening: float) -> Twin:
    return Twin(Op.AVERAGE_GRADE, (added, available, drawn), numbers=(float(opening),), scratch=1)


def _reduced(name: str, rows: Any, axis: int | None) -> Twin | None:
    return Twin(Op.ANY if name == "any" else Op.ALL, (rows,)) if axis == 0 else None


TWINS: Mapping[Any, Callable[..., Twin | None]] = {
    np.where: _where,
    np.clip: _clipped,
    filled: _filled,
    reduced: _reduced,
    total: _summed,
    running: lambda rows: Twin(Op.RUNNING, (rows,)),
    changes: _changes,
    previous: lambda rows: Twin(Op.PREVIOUS, (rows,)),
    ratio: lambda one, other: Twin(Op.RATIO, (one, other)),
    begun: lambda ore, revenue: Twin(Op.BEGUN, (ore, revenue), scratch=1),
    in_service: lambda spent, producing: Twin(Op.IN_SERVICE, (spent, producing), scratch=1),
    charged_by_schedule: _scheduled,
    charged_by_units: _by_units,
    left_over: _left,
    relieve: _relieved,
    average_grade: _graded,
    priced_later: lambda sold, price, part, lag: Twin(
        Op.PRICED_LATER, (sold, price, part), extra=(int(lag),)
    ),
}
