"""What a run keeps of its outputs: every value, or histograms where the values would not fit in memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.engine.quantity import Array
from app.engine.simulation.ascending import Ascending
from app.engine.simulation.attribution import SAMPLE
from app.engine.simulation.streaming import OUTPUT_BINS, Ranges, StreamedRows

AT_ONCE = 1 << 15  # values that are put in order together


class Kept:
    """The outputs of the trials so far.

    streamed: only the leading trials keep their values. hands: how many scramblings the trials come from in
    turn, None where they are independent.
    """

    def __init__(self, hands: int | None, *, streamed: bool) -> None:
        self.hands, self.streamed = hands, streamed
        self.trials = 0
        self._values: list[Array] = []
        self._streams: list[StreamedRows] = []

    def add(self, values: Array) -> None:
        """Add the values of the next block, `(n_outputs, n_trials)`."""
        first, self.trials = self.trials, self.trials + values.shape[1]
        if not self.streamed or first < SAMPLE:
            self._values.append(values)
        if not self.streamed:
            return
        each = self.hands or 1
        if not self._streams:
            ranges = Ranges.around(values, OUTPUT_BINS)
            self._streams = [StreamedRows(ranges) for _ in range(each)]
        for offset in range(each):
            own = values[:, offset::each]
            if own.shape[1]:
                self._streams[(first + offset) % each].add(own)

    @property
    def whole(self) -> int:
        """How many leading trials keep their values."""
        return sum(values.shape[1] for values in self._values)

    @property
    def together(self) -> int:
        """How many outputs are worth putting in order at a time."""
        return 1 if self.streamed else max(AT_ONCE // max(self.trials, 1), 1)

    def rows(self, outputs: Sequence[int], trials: int) -> Array:
        """Return the first values of some outputs, up to `trials` or what is kept, `(n_outputs, n)`, NaN
        where undefined."""
        parts, have = [np.empty((len(outputs), 0))], 0
        for values in self._values:
            if have >= trials:
                break
            parts.append(values[outputs, : trials - have])
            have += parts[-1].shape[1]
        return np.concatenate(parts, axis=1)

    def ordered(self, outputs: Sequence[int], lengths: Sequence[int]) -> tuple[Ascending, float]:
        """Return of some outputs, of one where only histograms are kept, in turn the defined values in
        ascending order, those of each scrambling and those of the first so many trials; and how many trials
        are behind each value."""
        if not self.streamed:
            return Ascending.dealt(self.rows(outputs, self.trials), self.hands or 0, lengths), 1.0
        (index,) = outputs
        whole = StreamedRows(self._streams[0].ranges)
        for stream in self._streams:
            whole.merge(stream.counts, stream.low, stream.high)
        values, weight = whole.condensed(index)
        each = [stream.condensed(index)[0] for stream in self._streams] if self.hands else []
        early = Ascending.dealt(self.rows(outputs, max(lengths, default=0)), 0, lengths)
        return Ascending.joined([values, *each, *list(early)[1:]]), weight
