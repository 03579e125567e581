"""Ore that waits between the mine and the mill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.context import Context
from app.engine.inputs import Stockpile
from app.engine.primitive import primitive
from app.engine.quantity import Array, added, running


@dataclass(frozen=True, slots=True)
class Pile:
    """Rows by period, `(n_periods, n_trials | 1)`.

    added, drawn, balance (at the end of the period) [t]; grades: of what is drawn, by metal [t/t].
    """

    added: Array
    drawn: Array
    balance: Array
    grades: Mapping[str, Array]


def run_pile(ctx: Context, pile: Stockpile, ore: Mapping[str, Array]) -> Pile:
    """Return a stockpile's balance and the grade at which it is drawn.

    What its source mines and no process takes at once is added; then the feeds draw at the average grade of
    what lies
    there: `grade = (metal held + metal added) / (ore held + ore added)`.
    """
    source = next(source for source in ctx.inputs.sources if source.name == pile.source)
    added = ctx.rows(ore[pile.source] - fed_from(ctx, pile.source))
    drawn = fed_from(ctx, pile.name)
    balance = ctx.rows(running(added - drawn) + pile.opening)
    metals = dict.fromkeys([*source.grades, *pile.opening_grades])
    grades = {}
    for metal in metals:
        metal_added = ctx.rows(added * ctx.value(source.grades.get(metal, 0.0)))
        opening = pile.opening * pile.opening_grades.get(metal, 0.0)
        grades[metal] = average_grade(metal_added, balance + drawn, drawn, opening)
    return Pile(added, drawn, balance, grades)


def fed_from(ctx: Context, name: str) -> Array:
    """Return what all processes take from one source or stockpile [t]."""
    feeds = (feed for process in ctx.inputs.processes for feed in process.feeds if feed.source == name)
    return ctx.rows(added((ctx.value(feed.ore) for feed in feeds), ctx.zeros()))


@primitive
def average_grade(metal_added: Array, available: Array, drawn: Array, opening: float) -> Array:
    """Return the grade of what is drawn [t/t], zero where nothing lies there.

    metal_added, drawn: by period [t]; available: ore before drawing [t]; opening: metal at the start [t].
    """
    shape = np.broadcast_shapes(metal_added.shape, available.shape, drawn.shape)
    metal_added, available, drawn = (np.broadcast_to(row, shape) for row in (metal_added, available, drawn))
    grades = np.zeros(shape)
    held = np.full(shape[1:], opening)
    for period in range(shape[0]):
        held = held + metal_added[period]
        np.divide(held, available[period], out=grades[period], where=available[period] > 0)
        held = held - drawn[period] * grades[period]
    return grades
