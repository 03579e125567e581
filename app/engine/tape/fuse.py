"""Which neighbouring operations may be done row by row together, so that a row stays in the first cache.

Done together, an operation finds the rows of later periods as they were before. That is right as long as no
row is needed before it is made, or written over before all have read it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.engine.tape.segment import GROUP, NARROW, OUT, ROWS, WIDE, WORDS
from app.engine.tape.twins import Op


def grouped(code: NDArray[np.int64], heights: tuple[int, int]) -> None:
    """Write into the first instruction of each group how many belong to it, in place.

    heights: rows of working memory, wide and narrow.
    """
    start = 0
    marks = _Marks(heights)
    for index, words in enumerate(code):
        alone = words[0] >= Op.TOTAL
        if index > start and (alone or not marks.allow(words)):
            code[start, GROUP] = index - start
            start, marks = index, _Marks(heights)
        if alone:
            start = index + 1
        else:
            marks.add(words)
    if start < len(code):
        code[start, GROUP] = len(code) - start


class _Marks:
    """At which row of the loop each row of working memory was last read and written."""

    def __init__(self, heights: tuple[int, int]) -> None:
        self.read = [np.full(height, -1) for height in heights]
        self.written = [np.full(height, -1) for height in heights]

    def allow(self, words: NDArray[np.int64]) -> bool:
        """Return whether an operation may join: what it needs is there, what it overwrites is done with."""
        turn = np.arange(words[ROWS])
        for base, rows, writes in _accesses(words):
            if (self.written[base][rows] > turn).any() or (writes and (self.read[base][rows] > turn).any()):
                return False
        return True

    def add(self, words: NDArray[np.int64]) -> None:
        """Take down what an operation reads and writes."""
        turn = np.arange(words[ROWS])
        for base, rows, writes in _accesses(words):
            marks = (self.written if writes else self.read)[base]
            np.maximum.at(marks, rows, turn)


def _accesses(words: NDArray[np.int64]) -> list[tuple[int, NDArray[np.int64], bool]]:
    """Return the base, the row at each turn, and whether it is written, of each operand in working memory."""
    turn = np.arange(words[ROWS])
    found = []
    for at in range(OUT, WORDS, 4):
        base, first, step, _ = words[at : at + 4]
        if base in (WIDE, NARROW) and (at == OUT or at >= OUT + 12):
            found.append((int(base), first + step * turn, at == OUT))
    return found
