"""Where the rows of a program lie, and what the compiled kernel is to do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.engine.quantity import Array
from app.engine.tape.twins import Twin

FLOAT, MASK = "<f8", "|b1"
Size = tuple[tuple[int, ...], str]  # shape and dtype


@dataclass(frozen=True, slots=True)
class Place:
    """Rows of a slot's memory. wide: one number for each trial."""

    root: int
    first: int
    step: int
    count: int
    wide: bool


@dataclass(frozen=True, slots=True)
class Sizes:
    """Shapes and dtypes by slot, and the number of trials recorded with."""

    width: int
    by_slot: Mapping[int, Size]

    def whole(self, slot: int) -> Place | None:
        """Return the place of all rows of a slot, None where it has more than two dimensions or other
        numbers."""
        shape, dtype = self.by_slot[slot]
        if dtype not in (FLOAT, MASK) or not 1 <= len(shape) <= 2:
            return None
        wide = shape[-1] == self.width
        if not wide and shape[-1] != 1:
            return None
        return Place(slot, 0, 1, shape[0] if len(shape) == 2 else 1, wide)


@dataclass(frozen=True, slots=True)
class Done:
    """A step as the kernel does it. operands: places, or constants one number a row. made: its slots."""

    twin: Twin
    operands: tuple[Place | Array, ...]
    rows: int
    made: tuple[int, ...]

    @property
    def places(self) -> list[Place]:
        return [each for each in self.operands if isinstance(each, Place)]
