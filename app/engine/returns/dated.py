"""Flows on calendar days: XNPV, XNFV, XIRR, and the day counts that turn days into years."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

import numpy as np

from app.engine.returns.gaps import Row
from app.engine.returns.irr_all import Irrs, irr_all


def actual_actual(first: date, last: date) -> float:
    """Return years by ISDA's actual/actual: days in leap years / 366 plus the other days / 365."""
    years = 0.0
    for year in range(first.year, last.year + 1):
        begin, end = max(first, date(year, 1, 1)), min(last, date(year + 1, 1, 1))
        years += (end - begin).days / (366 if isleap(year) else 365)
    return years


def thirty_360_us(first: date, last: date) -> float:
    """Return years of twelve months of thirty days, by the US (SIA) rule for ends of months."""
    first_day, last_day = first.day, last.day
    if _ends_february(first):
        last_day = 30 if _ends_february(last) else last_day
        first_day = 30
    if last_day == 31 and first_day >= 30:
        last_day = 30
    return _thirty_360(first, last, min(first_day, 30), last_day)


def thirty_360_european(first: date, last: date) -> float:
    """Return years of twelve months of thirty days; the 31st counts as the 30th (30E/360)."""
    return _thirty_360(first, last, min(first.day, 30), min(last.day, 30))


def _thirty_360(first: date, last: date, first_day: int, last_day: int) -> float:
    months = 12 * (last.year - first.year) + last.month - first.month
    return (30 * months + last_day - first_day) / 360


def _ends_february(day: date) -> bool:
    return day.month == 2 and day.day == (29 if isleap(day.year) else 28)


DAY_COUNTS: Mapping[str, Callable[[date, date], float]] = MappingProxyType(
    {
        "actual/365": lambda first, last: (last - first).days / 365,
        "actual/360": lambda first, last: (last - first).days / 360,
        "actual/actual": actual_actual,
        "30/360": thirty_360_us,
        "30E/360": thirty_360_european,
    }
)


def years_since(first: date, days: Sequence[date], day_count: str = "actual/365") -> Row:
    """Return the time from `first` to each day [year], `(n_days,)`, by one of `DAY_COUNTS`."""
    count = DAY_COUNTS[day_count]
    return np.array([count(first, day) if day >= first else -count(day, first) for day in days])


def xnpv(
    rate: float,
    days: Sequence[date],
    cash_flow: Sequence[float],
    valuation: date | None = None,
    day_count: str = "actual/365",
) -> float:
    """Return the value on `valuation` (the earliest day if None) of flows on any days, in any order.

    rate: [1/year], effective. A spreadsheet's XNPV() is actual/365 from the first day *listed*.

    >>> round(xnpv(0.10, [date(2026, 1, 1), date(2027, 1, 1)], [-100.0, 121.0]), 9)
    10.0
    """
    times = years_since(valuation or min(days), days, day_count)
    return float(np.sum(np.asarray(cash_flow) * (1 + rate) ** -times))


def xnfv(
    rate: float, days: Sequence[date], cash_flow: Sequence[float], day_count: str = "actual/365"
) -> float:
    """Return the value on the latest day."""
    return xnpv(rate, days, cash_flow, max(days), day_count)


def xirr(days: Sequence[date], cash_flow: Sequence[float], day_count: str = "actual/365") -> Irrs:
    """Return every annual IRR of flows on any days, in any order.

    >>> round(xirr([date(2026, 1, 1), date(2028, 1, 1)], [-100.0, 121.0]).primary, 9)
    0.1
    """
    order = sorted(range(len(days)), key=lambda index: days[index])
    times = years_since(min(days), [days[index] for index in order], day_count)
    return irr_all([cash_flow[index] for index in order], times)
