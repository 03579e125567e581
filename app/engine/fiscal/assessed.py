"""Amounts as an assessment sees them: of each period by itself, or of its tax year so far.

Of a year so far they are in money of the day, because the law adds up what was booked. Of a period by itself
they stay in the model's money, which is the same but for where pools are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.context import Context
from app.engine.fiscal.years import Years, of_period, to_date
from app.engine.quantity import Array


def tax_years(ctx: Context, by_year: bool) -> Years:
    """Return the years that something is assessed by: reporting years, or each period by itself."""
    timeline = ctx.timeline
    if by_year:
        return Years(timeline.year_edges, timeline.year_starts, timeline.n_periods)
    return Years(timeline.edges, np.arange(timeline.n_periods), timeline.n_periods)


@dataclass(frozen=True, slots=True)
class Assessed:
    """How one levy is assessed. index: money of the day per money of the model; active: its periods."""

    ctx: Context
    years: Years
    index: Array
    active: Array

    def whole(self, row: Array) -> Array:
        """Return a row of money so far, whether the levy is active or not."""
        return row if self.years.single else to_date(row * self.index, self.years)

    def so_far(self, row: Array) -> Array:
        """Return a row of money so far, of the active periods."""
        return self.whole(row * self.active)

    def of_each(self, row: Array) -> Array:
        """Return what each period adds to a row of money so far, in the model's money."""
        return row if self.years.single else of_period(row, self.years) / self.index

    def edge(self, unit: Array) -> Array:
        """Return what `unit` of the model's money a year comes to so far, of the active periods."""
        if self.years.single:
            return self.ctx.years * unit
        return to_date(self.ctx.years * self.active, self.years) * unit * self.index

    def kept(self, uplift: float) -> Array:
        """Return what pools are kept in, per money of `so_far`: money of the day less its uplift so far.

        An amount that grows while it waits is the same amount in a money that loses as much. Within a year
        nothing grows.
        """
        index = self.index if self.years.single else np.ones((1, 1))
        if not uplift:
            return index
        periods = np.diff([*self.years.starts, self.years.n_periods])
        ends = np.repeat(self.years.edges[1:], periods).reshape(-1, 1)
        return index / (1 + uplift) ** ends
