"""One evaluation as the indicators see it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

import numpy as np

from app.engine.cashflow import CashFlow
from app.engine.discounting import boundary_times, valuation_time
from app.engine.inputs import MineInputs
from app.engine.kinds import DiscountConvention, MoneyBasis, PaybackOrigin
from app.engine.quantity import Array
from app.engine.returns.gaps import Row

AFTER_TAX, PRE_TAX = "after_tax_cash_flow", "pre_tax_cash_flow"
PLACES: Mapping[DiscountConvention, str] = MappingProxyType(
    {
        DiscountConvention.START: "start of period",
        DiscountConvention.MID: "mid-period",
        DiscountConvention.END: "end of period",
        DiscountConvention.DATED: "actual days / 365 at the end of period",
        DiscountConvention.PRODUCTION_START: "end of period, from production start",
    }
)
ORIGINS: Mapping[PaybackOrigin, str] = MappingProxyType(
    {
        PaybackOrigin.FIRST_PERIOD: "from the start of the first period",
        PaybackOrigin.FIRST_PRODUCTION: "from the start of the first period of production",
        PaybackOrigin.VALUATION_DATE: "from the valuation date",
    }
)


class Case:
    """Inputs and cash flow with the figures that several indicators share, computed once."""

    def __init__(self, inputs: MineInputs, flow: CashFlow) -> None:
        self.inputs, self.flow = inputs, flow
        self.n_trials = flow.n_trials

    def total(self, key: str) -> Row:
        return self.flow.total(key) if key in self.flow else np.zeros(1)

    def present(self, key: str) -> Row:
        return self.flow.present(key) if key in self.flow else np.zeros(1)

    @cached_property
    def npv(self) -> Row:
        return self.present(AFTER_TAX)

    @property
    def times(self) -> Array:
        """When each period's flow falls [year]; trials differ by a shift at most."""
        return self.flow.discount_exponents[:, 0]

    @cached_property
    def flat_rate(self) -> Array:
        """The discount rate [1/year], of rates by period the constant one over the timeline, `(1, n)`."""
        if self.flow.discount_rate.shape[0] == 1 or len(self.times) == 1:
            return self.flow.discount_rate[:1]
        factors, span = self.flow.discount_factors, self.times[-1] - self.times[0]
        return np.asarray((factors[:1] / factors[-1:]) ** (1 / span) - 1)

    @cached_property
    def producing(self) -> Array:
        """Whether each period processes ore or, where none is, has revenue, `(n_periods, n)`."""
        ore = self.flow["ore_processed"] > 0
        return np.where(ore.any(axis=0), ore, self.flow["revenue"] > 0)

    @cached_property
    def ends(self) -> Row:
        return boundary_times(self.flow.timeline, self.inputs.terms.convention)[1:]

    @cached_property
    def origin(self) -> Row:
        """Where payback is counted from [year after the timeline's start], `(n,)`."""
        named = self.inputs.terms.payback_origin
        if named is PaybackOrigin.VALUATION_DATE:
            return np.array([valuation_time(self.flow.timeline, self.inputs.terms.convention)])
        if named is PaybackOrigin.FIRST_PERIOD:
            return np.zeros(1)
        start = self.flow.timeline.production_start
        first = np.argmax(self.producing, axis=0) if start is None else np.array([start])
        return np.asarray(boundary_times(self.flow.timeline, self.inputs.terms.convention)[first])

    @cached_property
    def discounting(self) -> str:
        terms = self.inputs.terms
        shift = f" + {terms.offset:g} periods" if terms.offset else ""
        day = self.flow.timeline.valuation or self.flow.timeline.start
        rate = percent(self.flow.discount_rate)
        return f"{rate}, {PLACES[terms.convention]}{shift}, {self.money}, valued at {day}"

    @cached_property
    def money(self) -> str:
        if self.inputs.terms.money is MoneyBasis.NOMINAL:
            return "money of the day"
        return f"real {self.flow.timeline.start.year} money"


def percent(rate: Array) -> str:
    """Return a rate, or the range of several, in percent."""
    low, high = float(rate.min()) * 100, float(rate.max()) * 100
    return f"{low:.4g} %" if low == high else f"{low:.4g} to {high:.4g} %"
