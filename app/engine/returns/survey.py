"""A first look over many series of flows: what their signs and sums tell before a zero is searched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.native.calls import Series
from app.engine.quantity import Array
from app.engine.returns.gaps import Gaps, Row
from app.engine.returns.npv import sum_periods
from app.engine.returns.signs import Counts, sign_changes

#: Of flows and of their sizes, plain and times their time, last period first; each `(n_trials,)`.
Sums = tuple[Row, Row, Row, Row]


@dataclass(frozen=True, slots=True)
class Survey:
    """What the signs and sums of series tell, each `(n_trials,)`.

    total: of the flows, added in their order. changes, first_sign: as `sign_changes` has them.
    """

    total: Row
    changes: Counts
    first_sign: Row
    sums: Sums


def survey(flows: Array, gaps: Gaps) -> Survey:
    """Look over series before their zeros are searched."""
    found = Series(flows, gaps.widths, gaps.which).survey()
    if found is None:
        return Survey(sum_periods(flows), *sign_changes(flows), _sums(flows, gaps))
    (total, plain, sizes, timed, sizes_timed), changes, first = found
    return Survey(total, changes, first, (plain, sizes, timed, sizes_timed))


def _sums(flows: Array, gaps: Gaps) -> Sums:
    total, absolute = np.zeros((2, flows.shape[1]))
    timed, absolute_timed = np.zeros((2, flows.shape[1]))
    for j in range(len(flows) - 1, -1, -1):
        total += flows[j]
        absolute += np.abs(flows[j])
        if j:
            width = gaps.widths[gaps.which[j - 1]]
            timed += total if width == 1.0 else total * width
            absolute_timed += absolute if width == 1.0 else absolute * width
    return total, absolute, timed, absolute_timed
