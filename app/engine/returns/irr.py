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

import numpy as np
from numpy.typing import ArrayLike

from app.engine.quantity import Array, as_rows
from app.engine.returns.beyond import roots_beyond
from app.engine.returns.gaps import Gaps, Indices, Mask, Row
from app.engine.returns.irr_all import classify, primary, scan
from app.engine.returns.npv import sum_periods
from app.engine.returns.reasons import Reason, Reasons, has_value
from app.engine.returns.roots import CROWD, solve
from app.engine.returns.survey import survey

BLOCK = 8192


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
    hard = []
    for first in range(0, len(rates), BLOCK):
        lanes = slice(first, first + BLOCK)
        search = _Search(flows[:, lanes], gaps)
        hard.append(first + search.easy())
        rates[lanes], reasons[lanes] = search.finish()
    left = np.concatenate(hard) if hard else np.empty(0, dtype=np.intp)
    for first in range(0, len(left), BLOCK):
        some = left[first : first + BLOCK]
        search = _Search(flows.take(some, axis=1), gaps)
        search.hard()
        rates[some], reasons[some] = search.finish()
    return rates, reasons


class _Search:
    """Where the root of each trial is known to lie: on which side of zero, between which `|ln(1 + r)|`."""

    def __init__(self, flows: Array, gaps: Gaps) -> None:
        n_trials = flows.shape[1]
        self.flows, self.gaps = flows, gaps
        found = survey(flows, gaps)
        self.total, self.changes, self.first_sign = found.total, found.changes, found.first_sign
        self.sums = found.sums
        self.reasons = np.zeros(n_trials, dtype=np.uint8)
        self.side = np.zeros(n_trials, dtype=np.int8)
        self.low, self.high = np.zeros(n_trials), np.full(n_trials, np.inf)
        self.rates = np.zeros(n_trials)

    def easy(self) -> Indices:
        """Settle what the signs of the flows and of their sum prove; return the other trials."""
        finite = np.isfinite(self.total)
        never, once, twice = self.changes == 0, self.changes == 1, self.changes == 2
        away = self.total * self.first_sign
        self.look(never, 0, Reason.ONE_SIGN)
        self.look(self.first_sign == 0, 0, Reason.NO_CASH_FLOW)
        self.look(once & (away > 0), -1)
        self.look(once & (away < 0), +1)
        self.look(twice & (away < 0), +1, Reason.OTHER_IRR_NEGATIVE)
        self.look(~finite, 0, Reason.NOT_FINITE)
        return np.flatnonzero(finite & ~never & ~once & ~(twice & (away < 0)))

    def hard(self) -> None:
        """Settle flows that change sign more often than their sum explains."""
        unsure, below_only = self.by_bounds()
        self.scan(unsure[~below_only])
        self.scan(unsure[below_only], above=False)

    def look(self, where: Mask | Indices, side: int, reason: Reason = Reason.DEFINED) -> None:
        self.side[where] = side
        self.reasons[where] = reason

    def by_bounds(self) -> tuple[Indices, Mask]:
        """Settle what running sums and bounds prove of each side of zero.

        Return the other trials, and which of them surely have no root above zero.
        """
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
        plain = np.abs(self.total) > 1e-12 * sum_periods(np.abs(self.flows))
        unsure = ~plain | (above.count < 0) | ~several & (below.count < 0)
        lanes = np.flatnonzero(unsure)
        return lanes, (none & plain)[lanes]

    def scan(self, lanes: Indices, *, above: bool = True) -> None:
        """Settle the rest by looking everywhere, or below zero only."""
        found = scan(self.flows.take(lanes, axis=1), self.gaps, above=above)
        for lane, (roots, touching) in zip(lanes, found, strict=True):
            self.reasons[lane] = classify(roots, touching)
            self.rates[lane] = primary(tuple(np.expm1(roots).tolist()))
            self.side[lane] = 0

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
