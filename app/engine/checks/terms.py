"""The timeline, schedules, windows, curves and steps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from app.engine.inputs import CapitalItem, MineInputs, Process, RecoveryCurve, Stream
from app.engine.kinds import PreProductionRevenue
from app.engine.problems import Problem
from app.engine.quantity import Quantity

# A schedule typed to four decimals may miss one by as much.
SCHEDULE_TOLERANCE = 1e-3


def check_terms(inputs: MineInputs) -> Iterator[Problem]:
    """Return the problems of periods and of everything that is laid out over them."""
    yield from _timeline(inputs)
    for index, item in enumerate(inputs.capital):
        yield from _capital(f"capital[{index}]", item, inputs)
    for name in ("costs", "consumption"):
        for index, line in enumerate(getattr(inputs, name)):
            yield from _window(f"{name}[{index}]", line.first, line.last, inputs)
    for index, closure in enumerate(inputs.closures):
        yield from _period(f"closures[{index}].first", closure.first, inputs)
    for index, process in enumerate(inputs.processes):
        yield from _process(f"processes[{index}]", process)
    for index, product in enumerate(inputs.products):
        for place, terms in enumerate(product.metals):
            yield from _streams(f"products[{index}].metals[{place}].streams", terms.streams)


def _timeline(inputs: MineInputs) -> Iterator[Problem]:
    timeline = inputs.timeline
    if not timeline.n_periods:
        yield Problem("timeline.lengths", timeline.lengths, "at least one period")
    if not 1 <= timeline.year_start <= 12:
        yield Problem("timeline.year_start", timeline.year_start, "a month from 1 to 12")
    yield from _period("timeline.production_start", timeline.production_start, inputs)
    netted = inputs.terms.pre_production_revenue is PreProductionRevenue.NETTED
    if netted and timeline.production_start is None:
        yield Problem(
            "timeline.production_start",
            None,
            "a period, when revenue before production is netted against capital",
        )


def _period(path: str, period: int | None, inputs: MineInputs) -> Iterator[Problem]:
    last = inputs.timeline.n_periods - 1
    if period is not None and not 0 <= period <= last:
        yield Problem(path, period, f"a period from 0 to {last}")


def _window(path: str, first: int | None, last: int | None, inputs: MineInputs) -> Iterator[Problem]:
    yield from _period(f"{path}.first", first, inputs)
    yield from _period(f"{path}.last", last, inputs)
    if first is not None and last is not None and last < first:
        yield Problem(f"{path}.last", last, f"not before the first period, {first}")


def _capital(path: str, item: CapitalItem, inputs: MineInputs) -> Iterator[Problem]:
    n_periods = inputs.timeline.n_periods
    if not item.schedule:
        if n_periods > 1 and width(item.amount) == 1:
            yield Problem(
                f"{path}.schedule", (), "a schedule for a single amount, or an amount for each period"
            )
        return
    if len(item.schedule) > n_periods:
        yield Problem(f"{path}.schedule", item.schedule, f"at most {n_periods} fractions, one per period")
    elif abs(sum(item.schedule) - 1) > SCHEDULE_TOLERANCE:
        yield Problem(f"{path}.schedule", item.schedule, "fractions that add to 1")
    if width(item.amount) > 1:
        yield Problem(f"{path}.amount", item.amount, "one total, when a schedule spreads it")


def width(quantity: Quantity) -> int:
    """Return for how many periods a quantity is given: 1 or all of them."""
    rows = np.asarray(quantity, dtype=np.float64)
    return int(rows.shape[0]) if rows.ndim else 1


def _process(path: str, process: Process) -> Iterator[Problem]:
    for metal, recovery in process.recoveries.items():
        if isinstance(recovery, RecoveryCurve):
            yield from _curve(f"{path}.recoveries.{metal}", recovery)
    for metal, shares in process.releases.items():
        if shares and abs(sum(shares) - 1) > SCHEDULE_TOLERANCE:
            yield Problem(f"{path}.releases.{metal}", shares, "fractions that add to 1")


def _curve(path: str, curve: RecoveryCurve) -> Iterator[Problem]:
    same = len(curve.grades) == len(curve.recoveries) and len(curve.grades) > 0
    if not same or any(low >= high for low, high in pairwise(curve.grades)):
        yield Problem(path, curve.grades, "one recovery for each grade, grades ascending")
    if any(not 0 <= recovery <= 1 for recovery in curve.recoveries):
        yield Problem(path, curve.recoveries, "recoveries from 0 to 1")


def _streams(path: str, streams: tuple[Stream, ...]) -> Iterator[Problem]:
    for index, stream in enumerate(streams):
        volumes = [volume for volume, _ in stream.steps]
        if not volumes and stream.fixed_price is None:
            yield Problem(
                f"{path}[{index}].steps", (), "at least one (volume, fraction of spot), or a fixed price"
            )
        if any(low >= high for low, high in pairwise(volumes)):
            yield Problem(f"{path}[{index}].steps", stream.steps, "volumes ascending")
    shares = [stream.share for stream in streams]
    if shares:
        taken = sum(np.asarray(share, dtype=np.float64) for share in shares)
        if np.max(taken) > 1:
            yield Problem(path, float(np.max(taken)), "shares that add to at most 1")
