"""What is wrong with the terms of financing, named by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from app.engine.checks.bounds import BELOW_ONE, FRACTION, NOT_NEGATIVE, POSITIVE, RATE, Bound
from app.engine.financing.terms import Financing, MaintenanceReserve, Number, Streaming
from app.engine.problems import Problem
from app.engine.quantity import as_rows
from app.engine.timeline import Timeline

LINES = ("after_tax_cash_flow", "pre_tax_cash_flow")
ONCE: Mapping[str, Bound] = {
    "gearing": FRACTION,
    "upfront_fee": BELOW_ONE,
    "commitment_fee": NOT_NEGATIVE,
    "draw_at": FRACTION,
}
BY_PERIOD: Mapping[str, Bound] = {
    "rate": RATE,
    "dscr": POSITIVE,
    "covenant": NOT_NEGATIVE,
    "tax_shield": FRACTION,
}


def check(terms: Financing, timeline: Timeline) -> tuple[Problem, ...]:
    """Return every problem of the terms on a timeline, such as a gearing above one at `gearing`."""
    count = timeline.n_periods
    found = [*check_periods(terms, count)]
    for name, bound in ONCE.items():
        found += check_number(name, getattr(terms, name), bound, 1)
    for name, bound in BY_PERIOD.items():
        found += check_number(name, getattr(terms, name), bound, count)
    if terms.line not in LINES:
        found.append(Problem("line", terms.line, f"one of {', '.join(LINES)}"))
    if terms.line == "pre_tax_cash_flow" and np.any(as_rows(terms.tax_shield) != 0):
        found.append(Problem("tax_shield", terms.tax_shield, "zero, when the cash flow is before tax"))
    if terms.streaming is not None:
        found += check_streaming(terms.streaming, count)
    if terms.maintenance_reserve is not None:
        found += check_reserve(terms.maintenance_reserve, count)
    if not 0 <= terms.service_reserve <= count:
        found.append(Problem("service_reserve", terms.service_reserve, f"periods from 0 to {count}"))
    return tuple(found)


def check_periods(terms: Financing, count: int) -> Iterator[Problem]:
    """Return how construction and tenor do not fit into the timeline."""
    if terms.construction < 1:
        yield Problem("construction", terms.construction, "at least one period")
    if terms.tenor < 1:
        yield Problem("tenor", terms.tenor, "at least one period")
    elif terms.construction + terms.tenor > count:
        yield Problem("tenor", terms.tenor, f"construction and tenor within the {count} periods")


def check_number(field: str, number: Number, bound: Bound, count: int) -> Iterator[Problem]:
    """Return what is wrong with one number, or a row of `count` periods."""
    rows = as_rows(number)
    if len(rows) not in (1, count):
        yield Problem(field, number, "one number" if count == 1 else f"one number or {count}, one a period")
    elif not np.isfinite(rows).all() or bound.broken(rows):
        yield Problem(field, number, bound.allowed)


def check_streaming(streaming: Streaming, count: int) -> Iterator[Problem]:
    """Return the problems of a stream."""
    yield from check_number("streaming.upfront", streaming.upfront, NOT_NEGATIVE, 1)
    yield from check_number("streaming.delivered", streaming.delivered, NOT_NEGATIVE, count)
    if not 0 <= streaming.received < count:
        yield Problem("streaming.received", streaming.received, f"a period from 0 to {count - 1}")


def check_reserve(reserve: MaintenanceReserve, count: int) -> Iterator[Problem]:
    """Return the problems of a maintenance reserve."""
    if len(as_rows(reserve.spend)) != count:
        yield Problem("maintenance_reserve.spend", reserve.spend, f"{count} numbers, one a period")
    else:
        yield from check_number("maintenance_reserve.spend", reserve.spend, NOT_NEGATIVE, count)
    if reserve.ahead < 1:
        yield Problem("maintenance_reserve.ahead", reserve.ahead, "at least one period")
