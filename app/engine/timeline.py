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


def years_between(start: date, end: date) -> float:
    """Return the time from `start` to `end` [year]: whole months count 1/12, odd days their share of the
    month.

    >>> years_between(date(2026, 1, 1), date(2027, 7, 1))
    1.5
    """
    if end < start:
        return -years_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    whole, following = add_months(start, months), add_months(start, months + 1)
    return (months + (end - whole).days / (following - whole).days) / 12


@dataclass(frozen=True)
class Timeline:
    """Consecutive periods from `start`.

    lengths: one per period. valuation: the date that NPV is stated for; None is `start`.
    production_start: index of the first producing period, None lets it follow from the physicals.
    year_start: month in which the reporting year begins; 1 is the calendar year.
    """

    start: date
    lengths: tuple[PeriodLength, ...]
    valuation: date | None = None
    production_start: int | None = None
    year_start: int = 1

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

    @cached_property
    def days(self) -> NDArray[np.float64]:
        """Length of each period [day], shape (n_periods,)."""
        ordinals = [day.toordinal() for day in self.boundaries]
        return np.diff(ordinals).astype(np.float64)

    @cached_property
    def days_since_start(self) -> NDArray[np.float64]:
        """Boundaries of the periods [day after the start], `(n_periods + 1,)`."""
        return np.concatenate([[0.0], np.cumsum(self.days)])

    @cached_property
    def edges(self) -> NDArray[np.float64]:
        """Boundaries of the periods [year after the start] in whole months, `(n_periods + 1,)`."""
        months = np.cumsum([0, *(MONTHS[length] for length in self.lengths)])
        return np.asarray(months / 12, dtype=np.float64)

    @cached_property
    def year_edges(self) -> NDArray[np.float64]:
        """Boundaries of the reporting years [year after the start], `(n_years + 1,)`."""
        return self.edges[[*self.year_starts, -1]]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Name of each period: `2027-03`, `2027 Q1`, `2027`; a year that starts in the year before it ends is
        `FY2027`.
        """
        return tuple(
            self._label(day, length) for day, length in zip(self.boundaries, self.lengths, strict=False)
        )

    @cached_property
    def year_of_period(self) -> NDArray[np.int64]:
        """Reporting year in which each period starts, shape (n_periods,); a year is named after the one it
        ends in.
        """
        return np.array([self._year(day) for day in self.boundaries[:-1]], dtype=np.int64)

    @cached_property
    def year_starts(self) -> NDArray[np.int64]:
        """Index of the first period of each reporting year; each period belongs to exactly one year."""
        return np.flatnonzero(np.diff(self.year_of_period, prepend=self.year_of_period[0] - 1))

    @cached_property
    def year_labels(self) -> tuple[str, ...]:
        """Name of each reporting year."""
        prefix = "FY" if self.year_start > 1 else ""
        return tuple(f"{prefix}{self.year_of_period[index]}" for index in self.year_starts)

    def _year(self, day: date) -> int:
        return day.year + (self.year_start > 1 and day.month >= self.year_start)

    def _label(self, day: date, length: PeriodLength) -> str:
        if length is PeriodLength.MONTH:
            return f"{day.year}-{day.month:02d}"
        prefix = "FY" if self.year_start > 1 else ""
        year = f"{prefix}{self._year(day)}"
        if length is PeriodLength.QUARTER:
            return f"{year} Q{(day.month - self.year_start) % 12 // 3 + 1}"
        return year
