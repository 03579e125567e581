"""A run of steps that the compiled kernel does in one call, and the memory that it is given for them."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.engine.native import address, library
from app.engine.quantity import Array

TILE = 128  # trials at a time: some dozen rows by period of so many fit a core's second cache
PADDING = 8  # between rows: results a multiple of 4,096 bytes away from operands would wait for each other
WORDS = 32  # 64-bit words of an instruction in kernel.h
ROWS, GROUP, OUT = 1, 4, 8  # words of an instruction: its rows, how many are done together, its operands
WIDE, NARROW, CONSTANT, OUTSIDE = 0, 1, 2, 3  # places of the bases; from OUTSIDE on one for each array


@dataclass(frozen=True, slots=True)
class Outside:
    """An array that a segment reads, or makes for what comes after it. mask: of booleans."""

    slot: int
    shape: tuple[int, ...]
    wide: bool
    mask: bool
    made: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """code: instructions `(n, WORDS)`. constants: one number a row. wide, narrow: rows of working memory."""

    code: NDArray[np.int64]
    constants: Array
    wide: int
    narrow: int
    outside: tuple[Outside, ...]

    def play(self, values: list[Any], trials: int) -> None:
        """Read and write the values by slot, of so many trials."""
        kernel = library()
        if kernel is None:
            raise RuntimeError("the compiled kernel is switched off")
        tile = min(TILE, trials)
        arrays = [self._array(each, values, trials) for each in self.outside]
        apart = tile + PADDING
        memory = np.empty(self.wide * apart + self.narrow)
        start = address(memory)
        bases = [(start, apart, 0), (start + 8 * apart * self.wide, 1, 0), (address(self.constants), 1, 0)]
        bases += [
            (address(array), array.strides[-2] // 8 if array.ndim > 1 else 0, each.wide)
            for array, each in zip(arrays, self.outside, strict=True)
        ]
        table = np.array(bases, dtype=np.int64)
        kernel.play(
            _pointer(address(self.code)), _count(len(self.code)), _pointer(address(table)), _count(trials),
            _count(tile),
        )  # fmt: skip
        for array, each in zip(arrays, self.outside, strict=True):
            if each.made:
                values[each.slot] = array.astype(np.bool_) if each.mask else array

    def _array(self, each: Outside, values: Sequence[Any], trials: int) -> NDArray[Any]:
        """Return an array of exactly the shape that the instructions were checked for, trials side by
        side."""
        shape = (*each.shape[:-1], trials) if each.wide else each.shape
        kind = np.int64 if each.mask else np.float64
        if each.made:
            return np.empty(shape, kind)
        array = np.asarray(values[each.slot], dtype=kind)
        if array.shape != shape:
            array = np.broadcast_to(array, shape)
        side_by_side = array.strides[-1] == 8 or shape[-1] == 1
        rows_apart = array.ndim < 2 or (array.strides[-2] % 8 == 0 and array.flags.aligned)
        return array if side_by_side and rows_apart and array.ndim < 3 else np.ascontiguousarray(array)


def _pointer(where: int) -> Any:
    return ctypes.c_void_p(where)


def _count(number: int) -> Any:
    return ctypes.c_int64(number)
