"""Ore mined against the reserve of its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.engine.context import Context
from app.engine.physicals import ore_by_source
from app.engine.problems import Problem, readable
from app.engine.quantity import running

# Sums of some hundred rows in double precision stay far inside this share of their size.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Overrun:
    """A source that is mined beyond its reserve.

    period: index of the first one whose cumulative ore exceeds it. mined: by the end of that period; whole:
    by the end of the last one [t]. Of several trials, the largest.
    """

    source: str
    period: int
    reserve: float
    mined: float
    whole: float

    @property
    def excess(self) -> float:
        """Ore mined that the reserve does not hold [t]."""
        return self.whole - self.reserve


def overruns(ctx: Context) -> Iterator[Overrun]:
    """Yield every source with a reserve that its schedule exceeds, in the order of the sources."""
    _, ore = ore_by_source(ctx)
    for source in ctx.inputs.sources:
        if source.reserve is None:
            continue
        mined = running(ore[source.name])
        beyond = (mined > source.reserve * (1 + ROUNDING)).any(axis=1)
        if beyond.any():
            period = int(np.argmax(beyond))
            by_then, whole = float(mined[period].max()), float(mined[-1].max())
            yield Overrun(source.name, period, source.reserve, by_then, whole)


def reserve_warnings(ctx: Context) -> Iterator[Problem]:
    """Name every source that is mined beyond its reserve; its figures tie all the same."""
    for over in overruns(ctx):
        yield Problem(
            f"reserves.{over.source}",
            ctx.timeline.labels[over.period],
            f"cumulative ore must stay within the reserve of {readable(over.reserve)} t; it is"
            f" {readable(over.mined)} t by then and {readable(over.excess)} t too much in the end",
        )
