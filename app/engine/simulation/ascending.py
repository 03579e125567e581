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
    def dealt(cls, rows: Array, hands: int, lengths: Sequence[int] = ()) -> Ascending:
        """Return of each row `(k, n)` in turn: the row; its values dealt in turn to each hand, of which there
        may be none; its first so many values, for each of the lengths."""
        (k, n), rounds = rows.shape, -(-rows.shape[1] // hands) if hands else 0
        begin = n + hands * rounds
        values = np.empty((k, begin + sum(lengths)))
        values[:, :n] = rows
        values[:, :n].sort(axis=1)
        if hands:
            _deal(rows, values[:, n:begin].reshape(k, hands, rounds, copy=False))
        for length in lengths:
            values[:, begin : begin + length] = rows[:, :length]
            values[:, begin : begin + length].sort(axis=1)
            begin += length
        return cls._of(values.ravel(), [n, *[rounds] * hands, *lengths] * k)

    @classmethod
    def _of(cls, values: Array, lengths: Sequence[int]) -> Ascending:
        """Return rows of these lengths, none of them 0, without the NaN at their ends."""
        counts = np.array(lengths, dtype=np.int64)
        begins = np.cumsum(counts) - counts
        missing = np.isnan(values)
        if missing.any():
            counts -= np.add.reduceat(missing, begins, dtype=np.int64)
        return cls(values, begins, counts)

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, index: int) -> Array:
        begin = self.begins[index]
        return self.values[begin : begin + self.counts[index]]

    def __iter__(self) -> Iterator[Array]:
        return (self[index] for index in range(len(self)))

    def at(self, places: Sequence[int] | slice) -> Ascending:
        """Return the rows at these places, in their order."""
        return Ascending(self.values, self.begins[places], self.counts[places])


def _deal(rows: Array, out: Array) -> None:
    """Write the values of rows `(k, n)` dealt to each hand `(k, hands, rounds)` in ascending order, NaN where
    the last round is over."""
    (k, n), hands = rows.shape, out.shape[1]
    full = n // hands
    dealt = full * hands
    out[:, :, :full] = rows[:, :dealt].reshape(k, full, hands).transpose(0, 2, 1)
    out[:, :, full:] = np.nan
    out[:, : n - dealt, full:] = rows[:, dealt:, None]
    out.sort(axis=2)
