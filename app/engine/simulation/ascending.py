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
    def dealt(cls, row: Array, hands: int, lengths: Sequence[int] = ()) -> Ascending:
        """Return a row `(n,)`; the values dealt in turn to each hand, of which there may be none; the first
        so many values of the row, for each of the lengths."""
        n, rounds = len(row), -(-len(row) // hands) if hands else 0
        begin = n + hands * rounds
        values = np.empty(begin + sum(lengths))
        values[:n] = row
        values[:n].sort()
        if hands:
            _deal(row, values[n:begin].reshape(hands, rounds))
        for length in lengths:
            values[begin : begin + length] = row[:length]
            values[begin : begin + length].sort()
            begin += length
        return cls._of(values, [n, *[rounds] * hands, *lengths])

    @classmethod
    def _of(cls, values: Array, lengths: Sequence[int]) -> Ascending:
        """Return rows of these lengths without the NaN at their ends."""
        counts = np.array(lengths, dtype=np.int64)
        ends = np.cumsum(counts)
        begins = ends - counts
        last = values[ends - 1]  # of an empty row whatever stands there: no NaN is found in it
        for row in np.flatnonzero(last != last).tolist():
            counts[row] = values[begins[row] : ends[row]].searchsorted(np.nan)
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


def _deal(row: Array, out: Array) -> None:
    """Write the values dealt to each hand `(hands, rounds)` in ascending order, NaN where the last round is
    over."""
    full = len(row) // len(out)
    dealt = full * len(out)
    out[:, :full] = row[:dealt].reshape(full, len(out)).T
    out[:, full:] = np.nan
    out[: len(row) - dealt, full:] = row[dealt:, None]
    out.sort(axis=1)
