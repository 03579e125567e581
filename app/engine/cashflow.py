"""The cash-flow statement, and the one place that adds it up. Reports and indicators read it and never re-add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.problems import Problem
from app.engine.quantity import Array
from app.engine.timeline import Timeline
from app.engine.yearly import YearlyTable, roll_up


@dataclass(frozen=True)
class CashFlow:
    """Every line of one evaluation, each `(n_periods, n_trials | 1)`, keyed and ordered as in `app.engine.lines`.

    Costs are positive and subtracted; cash-flow rows are signed. Money is in the scenario's currency and price basis.
    entered: keys whose row was entered instead of derived. problems: failed tie-outs.
    discount_exponents: from the valuation date to each flow [year], `(n_periods, n_trials | 1)`.
    discount_rate [1/year], `(n_periods | 1, n_trials | 1)`; discount_factors: `(n_periods, n_trials | 1)`.
    """

    timeline: Timeline
    lines: Mapping[str, Array]
    entered: frozenset[str]
    problems: tuple[Problem, ...]
    discount_exponents: Array
    discount_rate: Array
    discount_factors: Array

    def __getitem__(self, key: str) -> Array:
        return self.lines[key]

    def __contains__(self, key: object) -> bool:
        return key in self.lines

    def named(self, prefix: str) -> dict[str, Array]:
        """Return the lines `prefix.*` by their name, such as `named("payable")["Cu"]`."""
        start = f"{prefix}."
        return {key.removeprefix(start): row for key, row in self.lines.items() if key.startswith(start)}

    def discounted(self, key: str) -> Array:
        """Return a line at its value on the valuation date, `(n_periods, n_trials | 1)`."""
        return np.asarray(self.lines[key] * self.discount_factors)

    def yearly(self) -> YearlyTable:
        """Return the lines by reporting year: flows add, balances take the last, averages are weighted."""
        return roll_up(self.timeline, self.lines)
