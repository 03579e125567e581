"""The periods of a scenario: months, quarters, years, or a mixture, and how they sum to years."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.engine.kinds import PeriodLength

MONTHS = {PeriodLength.MONTH: 1, PeriodLength.QUARTER: 3, PeriodLength.YEAR: 12}


def add_months(day: date, months: int) -> date:
    """Return the same day of the month, `months` later; the last day where the month is shorter.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Timeline:
    """Consecutive periods from `start`.

    lengths: one per period. valuation: the date that NPV is stated for; None is `start`.
    production_start: index of the first producing period, None lets it follow from the physicals.
    """

    start: date
    lengths: tuple[PeriodLength, ...]
    valuation: date | None = None
    production_start: int | None = None

    @classmethod
    def regular(
        cls, start: date, length: PeriodLength, count: int, valuation: date | None = None
    ) -> Timeline:
        """Return `count` periods of one length."""
        return cls(start, (length,) * count, valuation)

    @classmethod
    def mixed(
        cls, start: date, runs: Iterable[tuple[PeriodLength, int]], valuation: date | None = None
    ) -> Timeline:
        """Return runs of periods, such as 24 months, 8 quarters, 15 years."""
        return cls(start, tuple(length for length, count in runs for _ in range(count)), valuation)

    @property
    def n_periods(self) -> int:
        return len(self.lengths)

    @cached_property
    def boundaries(self) -> tuple[date, ...]:
        """Start of each period and the end of the last one: `n_periods + 1` dates."""
        months = np.cumsum([0, *(MONTHS[length] for length in self.lengths)])
        return tuple(add_months(self.start, int(count)) for count in months)

    @cached_property
    def years(self) -> NDArray[np.float64]:
        """Length of each period [year], shape (n_periods,)."""
        return np.array([MONTHS[length] / 12 for length in self.lengths])
