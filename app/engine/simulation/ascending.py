"""Rows in ascending order that are sorted and looked at together: an output's values, each scrambling's, the
first so many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.quantity import Array

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ascending:
    """Rows `values[begin : begin + count]`, ascending and without NaN; some may be empty."""

    values: Array
    begins: Places
    counts: Places

    @classmethod
    def joined(cls, rows: Iterable[Array]) -> Ascending:
        """Return rows that are in order."""
        each = list(rows)
        counts = np.array([len(row) for row in each], dtype=np.int64)
        return cls(np.concatenate(each), np.cumsum(counts) - counts, counts)

    @classmethod
    def dealt(cls, row: Array, hands: int) -> Ascending:
        """Return a row `(n,)`, and with more than one hand also the values dealt to each of them in turn."""
        n = len(row)
        if hands < 2:
            return cls.first(row, (n,))
        rounds, full = -(-n // hands), n // hands
        values = np.empty(n + hands * rounds)
        values[:n] = row
        values[:n].sort()
        dealt = values[n:].reshape(hands, rounds)
        dealt[:, :full] = row[: full * hands].reshape(full, hands).T
        dealt[:, full:] = np.nan
        dealt[: n - full * hands, full:] = row[full * hands :, None]
        dealt.sort(axis=1)
        return cls._of(values, [n, *[rounds] * hands])

    @classmethod
    def first(cls, row: Array, lengths: Sequence[int]) -> Ascending:
        """Return the first so many values of a row `(n,)`, for each of the lengths."""
        values = np.concatenate([row[:length] for length in lengths])
        begin = 0
        for length in lengths:
            values[begin : begin + length].sort()
            begin += length
        return cls._of(values, lengths)

    @classmethod
    def _of(cls, values: Array, lengths: Sequence[int]) -> Ascending:
        """Return rows of these lengths without the NaN at their ends."""
        counts = np.array(lengths, dtype=np.int64)
        ends = np.cumsum(counts)
        begins = ends - counts
        for row, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
            if end > begin and values[end - 1] != values[end - 1]:
                counts[row] = np.searchsorted(values[begin:end], np.nan)
        return cls(values, begins, counts)

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, index: int) -> Array:
        begin = self.begins[index]
        return self.values[begin : begin + self.counts[index]]

    def __iter__(self) -> Iterator[Array]:
        return (self[index] for index in range(len(self)))

    def at(self, places: Places) -> Ascending:
        """Return the rows at these places, in their order."""
        return Ascending(self.values, self.begins[places], self.counts[places])
