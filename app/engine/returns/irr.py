"""Internal rates of return of many trials at once.

Which rate is reported: the smallest IRR that is not negative; where none is, the negative one nearest to
zero.

How a root is neither lost nor mistaken. Flows that change sign once have exactly one IRR (Descartes); twice,
with a sum of the other sign than the first flow, one on each side of zero. Else running sums from the front
(back) that change sign once prove one root above (below) zero (Norstrøm 1972, after Laguerre), and bounds
count the roots where they change sign more often (`beyond.py`); what is left is scanned as in `irr_all`. The
root then is bracketed and polished by Newton steps.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from app.engine.native.rates import Direction, Search
from app.engine.quantity import Array, as_rows
from app.engine.returns.beyond import HALVINGS, NODES, discounting, roots_beyond
from app.engine.returns.gaps import Gaps, Indices, Mask, Row
from app.engine.returns.irr_all import classify, primary, scan
from app.engine.returns.reasons import Reason, Reasons, has_value
from app.engine.returns.roots import CROWD, FARTHEST_START, FREE_STEPS, MAX_STEPS, STEP_DONE, solve
from app.engine.returns.survey import survey

BLOCK = 8192
PLAIN = 1e-12  # of the flows' sizes: a sum above it has a sign that is sure
OPEN, OPEN_BELOW = 1, 2  # left to a scan, everywhere or below zero only
#: What the kernel settles, in its order.
SETTLED = (
    Reason.DEFINED,
    Reason.OTHER_IRR_NEGATIVE,
    Reason.SEVERAL_IRRS,
    Reason.NO_CASH_FLOW,
    Reason.ONE_SIGN,
    Reason.NO_IRR,
    Reason.NOT_FINITE,
)


def irr(cash_flow: ArrayLike, exponents: ArrayLike | None = None) -> tuple[Row, Reasons]:
    """Return the annual effective IRR of each trial, and its reason codes, both `(n_trials,)`.

    cash_flow: `(n_periods, n_trials)` or `(n_periods,)` [money]. exponents: ascending times of the periods'
    flows [year], `(n_periods,)`; one a period if None. A trial's result does not depend on the trials beside
    it.

    >>> rates, reasons = irr([-100, 39, 59, 55, 20])
    >>> float(rates[0].round(8)), Reason(reasons[0]).name
    (0.28094842, 'DEFINED')
    """
    flows = as_rows(cash_flow)
    gaps = Gaps.of(np.arange(len(flows)) if exponents is None else exponents)
    rates = np.empty(flows.shape[1])
    reasons = np.empty(flows.shape[1], dtype=np.uint8)
    for first in range(0, len(rates), BLOCK):
        lanes = slice(first, first + BLOCK)
        rates[lanes], reasons[lanes] = _of_block(flows[:, lanes], gaps)
    return rates, reasons


def _of_block(flows: Array, gaps: Gaps) -> tuple[Row, Reasons]:
    found = _native(gaps)(flows)
    if found is None:
        rates, reasons, left = _by_numpy(flows, gaps)
    else:
        rates, reasons, left = np.expm1(found[0]), *found[1:]
        rates[~has_value(reasons)] = np.nan
    if left.any():
        for which, above in ((OPEN, True), (OPEN_BELOW, False)):
            lanes = np.flatnonzero(left == which)
            rates[lanes], reasons[lanes] = _scanned(flows.take(lanes, axis=1), gaps, above=above)
    return rates, reasons


@lru_cache(maxsize=16)
def _native(gaps: Gaps) -> Search:
    """Return the kernel's search of series at these times."""
    directions = (
        Direction(np.array(own.which, dtype=np.int64), own.times(), *discounting(own))
        for own in (gaps, gaps.reversed())
    )
    return Search(
        gaps.widths,
        NODES,
        (next(directions), next(directions)),
        SETTLED,
        (HALVINGS, MAX_STEPS, FREE_STEPS),
        (PLAIN, FARTHEST_START, STEP_DONE),
    )


def _by_numpy(flows: Array, gaps: Gaps) -> tuple[Row, Reasons, Reasons]:
    """Return rates, reasons and which trials are left to a scan, as the kernel would."""
    left = np.zeros(flows.shape[1], dtype=np.uint8)
    search = _Search(flows, gaps)
    hard = search.easy()
    rates, reasons = search.finish()
    if len(hard):
        search = _Search(flows.take(hard, axis=1), gaps)
        left[hard] = search.by_bounds()
        rates[hard], reasons[hard] = search.finish()
    return rates, reasons, left


def _scanned(flows: Array, gaps: Gaps, *, above: bool) -> tuple[Row, Reasons]:
    """Return rates and reasons by looking everywhere, or below zero only."""
    found = scan(flows, gaps, above=above)
    rates = [primary(tuple(np.expm1(roots).tolist())) for roots, _ in found]
    return np.array(rates), np.array([classify(*each) for each in found], dtype=np.uint8)


class _Search:
    """Where the root of each trial is known to lie: on which side of zero, between which `|ln(1 + r)|`."""

    def __init__(self, flows: Array, gaps: Gaps) -> None:
        n_trials = flows.shape[1]
        self.flows, self.gaps = flows, gaps
        found = survey(flows, gaps)
        self.total, self.changes, self.first_sign = found.total, found.changes, found.first_sign
        self.sums = found.sums
        self.plain = np.abs(self.total) > PLAIN * found.sums[1]
        self.reasons = np.zeros(n_trials, dtype=np.uint8)
        self.side = np.zeros(n_trials, dtype=np.int8)
        self.low, self.high = np.zeros(n_trials), np.full(n_trials, np.inf)
        self.rates = np.zeros(n_trials)

    def easy(self) -> Indices:
        """Settle what the signs of the flows and of their sum prove; return the other trials."""
        finite = np.isfinite(self.total)
        never, once = self.changes == 0, self.changes == 1
        away = self.total * self.first_sign
        two_sides = (self.changes == 2) & (away < 0) & self.plain
        self.look(never, 0, Reason.ONE_SIGN)
        self.look(self.first_sign == 0, 0, Reason.NO_CASH_FLOW)
        self.look(once & (away > 0), -1)
        self.look(once & (away < 0), +1)
        self.look(two_sides, +1, Reason.OTHER_IRR_NEGATIVE)
        self.look(~finite, 0, Reason.NOT_FINITE)
        return np.flatnonzero(finite & ~never & ~once & ~two_sides)

    def look(self, where: Mask | Indices, side: int, reason: Reason = Reason.DEFINED) -> None:
        self.side[where] = side
        self.reasons[where] = reason

    def by_bounds(self) -> Reasons:
        """Settle what running sums and bounds prove of each side of zero; return what is left to a scan."""
        above = roots_beyond(self.flows, self.gaps)
        below = roots_beyond(self.flows[::-1], self.gaps.reversed())
        none, one, several = above.count == 0, above.count == 1, above.count > 1
        self.look(none & (below.count == 0), 0, Reason.NO_IRR)
        self.look(none & (below.count == 1), -1)
        self.look(none & (below.count > 1), -1, Reason.SEVERAL_IRRS)
        self.look(one & (below.count == 0), +1)
        self.look(one & (below.count > 0), +1, Reason.OTHER_IRR_NEGATIVE)
        self.look(several, +1, Reason.SEVERAL_IRRS)
        self.low = np.where(none, below.low, above.low)
        self.high = np.where(none, below.high, above.high)
        left = ~self.plain | (above.count < 0) | ~several & (below.count < 0)
        self.look(left, 0, Reason.NO_IRR)
        return np.where(left, np.where(none & self.plain, OPEN_BELOW, OPEN), 0).astype(np.uint8)

    def finish(self) -> tuple[Row, Reasons]:
        """Polish every root that lies on a known side of zero."""
        for side in (+1, -1):
            wanted = self.side == side
            lanes = np.flatnonzero(wanted)
            gaps = self.gaps if side > 0 else self.gaps.reversed()
            if len(lanes) > CROWD * len(wanted):  # cheaper than gathering the columns
                sums = self.sums if side > 0 else None
                bracket = self.low, self.high, self.total < 0
                roots = solve(self.flows[::side], gaps, *bracket, wanted, sums)[lanes]
            else:
                flows = self.flows.take(lanes, axis=1)[::side]
                roots = solve(flows, gaps, self.low[lanes], self.high[lanes], self.total[lanes] < 0)
            self.rates[lanes] = np.expm1(side * roots)
        self.rates[~has_value(self.reasons)] = np.nan
        return self.rates, self.reasons
