"""The cash-flow statement, and the one place that adds it up.

Reports and indicators read it and never re-add.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.engine.context import Context
from app.engine.discounting import discount_factors, flow_times, origin
from app.engine.fiscal import FiscalResult
from app.engine.fiscal.interests import ATTRIBUTABLE, interest_lines
from app.engine.fiscal.rows import started
from app.engine.kinds import DiscountConvention
from app.engine.lines import in_order
from app.engine.operating import Operating
from app.engine.problems import Problem
from app.engine.quantity import Array, running
from app.engine.release import process_warnings
from app.engine.reserves import reserve_warnings
from app.engine.returns.npv import sum_periods
from app.engine.tieout import Statement, tie_out
from app.engine.timeline import Timeline
from app.engine.yearly import YearlyTable, roll_up


@dataclass(frozen=True)
class CashFlow:
    """Every line of one evaluation, each `(n_periods, n_trials | 1)`.

    lines: keyed and ordered as in `app.engine.lines`. Costs are positive and subtracted; cash-flow rows are
        signed; money is in the scenario's currency and price basis.
    entered: keys whose row was entered instead of derived. problems: failed tie-outs.
    warnings: what a planner should look at, though every figure ties.
    discount_exponents: from the valuation date to each flow [year], `(n_periods, n_trials | 1)`.
    discount_rate [1/year], `(n_periods | 1, n_trials | 1)`; discount_factors: `(n_periods, n_trials | 1)`.
    n_trials: one when cash flows and factors are the same in all trials. sums: added up so far.
    """

    timeline: Timeline
    lines: Mapping[str, Array]
    entered: frozenset[str]
    problems: tuple[Problem, ...]
    discount_exponents: Array
    discount_rate: Array
    discount_factors: Array
    n_trials: int
    sums: dict[tuple[str, bool, int], NDArray[np.float64]] = field(
        default_factory=dict, compare=False, repr=False
    )
    warnings: tuple[Problem, ...] = ()

    def __getitem__(self, key: str) -> Array:
        return self.lines[key]

    def __contains__(self, key: object) -> bool:
        return key in self.lines

    def named(self, prefix: str) -> dict[str, Array]:
        """Return the lines `prefix.*` by their name, such as `named("payable")["Cu"]`."""
        start = f"{prefix}."
        return {key.removeprefix(start): self[key] for key in self.lines if key.startswith(start)}

    def discounted(self, key: str) -> Array:
        """Return a line at its value on the valuation date, `(n_periods, n_trials | 1)`."""
        return self[key] * self.discount_factors

    def total(self, key: str, first: int = 0) -> NDArray[np.float64]:
        """Return the sum of a line over the periods from `first` on, `(n_trials | 1,)`, added up once."""
        return self.added_up((key, False, first))

    def present(self, key: str) -> NDArray[np.float64]:
        """Return the sum of a line at its value on the valuation date, `(n_trials | 1,)`, added up once."""
        return self.added_up((key, True, 0))

    def added_up(self, wanted: tuple[str, bool, int]) -> NDArray[np.float64]:
        """Return the sum of a line: its key, whether discounted, the first period that counts."""
        if wanted not in self.sums:
            key, discounted, first = wanted
            rows = self.discounted(key) if discounted else self[key]
            self.sums[wanted] = sum_periods(rows[first:])
        return self.sums[wanted]

    def yearly(self) -> YearlyTable:
        """Return the lines by reporting year: flows add, balances take the last, averages are weighted."""
        return roll_up(self.timeline, self.lines)


def assemble(ctx: Context, operating: Operating, fiscal: FiscalResult, *, check: bool = True) -> CashFlow:
    """Return the statement: every line of operation and state, and the cash flows they add up to.

    `EBITDA = NSR - royalties - opex - accretion charged`;
    `before tax = EBITDA + accretion added back - capital + salvage - closure - increase in working capital`;
    `after tax = before tax - mining taxes - income tax`; `attributable = after tax - interests of others`,
    where there are any. check: run the tie-outs.
    """
    lines = dict(operating.lines) | _fiscal_lines(fiscal)
    lines |= _totals(ctx, operating, fiscal)
    terms = ctx.inputs.terms
    zero = origin(ctx.timeline, terms.convention, _first_production(ctx, operating))
    rate = ctx.value(terms.discount_rate)
    times = flow_times(ctx.timeline, terms.convention, terms.offset)
    factors = ctx.rows(discount_factors(rate, times, zero, ctx.boundaries))
    flows = lines["pre_tax_cash_flow"], lines["after_tax_cash_flow"]
    for kind, flow in zip(("pre_tax", "after_tax"), flows, strict=True):
        lines[f"cumulative_{kind}"] = running(flow)
        lines[f"discounted_{kind}"] = flow * factors
    lines |= interest_lines(ctx, operating, lines["after_tax_cash_flow"], factors)
    problems = tie_out(Statement(ctx, operating, fiscal, lines, factors)) if check else ()
    return CashFlow(
        timeline=ctx.timeline,
        lines={key: lines[key] for key in in_order(lines)},
        entered=frozenset(ctx.entered),
        problems=problems,
        discount_exponents=times - zero,
        discount_rate=rate,
        discount_factors=factors,
        n_trials=max(row.shape[1] for row in (*flows, factors, lines.get(ATTRIBUTABLE, factors))),
        warnings=(*reserve_warnings(ctx), *process_warnings(ctx.timeline, lines)) if check else (),
    )


def _first_production(ctx: Context, operating: Operating) -> NDArray[np.int64]:
    """Return the first period of production by trial, where discounting asks for it."""
    if ctx.inputs.terms.convention is not DiscountConvention.PRODUCTION_START:
        return np.zeros(1, dtype=np.int64)
    first: NDArray[np.int64] = np.argmax(started(ctx, operating), axis=0)
    return first


def _fiscal_lines(fiscal: FiscalResult) -> dict[str, Array]:
    """Return the lines that the fiscal methods computed."""
    lines = {f"levy.{name}": row for name, row in fiscal.levies.items()}
    lines |= {f"levy_books.{name}": row for name, row in fiscal.levy_books.items()}
    lines |= {f"depreciation.{name}": row for name, row in fiscal.depreciation_by_class.items()}
    return lines | {
        "royalties": fiscal.levies_before_tax,
        "depreciation": fiscal.depreciation,
        "written_off": fiscal.written_off,
        "depletion": fiscal.depletion,
        "taxable_income": fiscal.taxable_income,
        "losses_used": fiscal.losses_used,
        "loss_pool": fiscal.loss_pool,
        "tax_charged": fiscal.tax_charged,
        "mining_taxes": fiscal.levies_after,
        "income_tax": fiscal.income_tax,
        "working_capital": fiscal.working_capital,
        "working_capital_change": fiscal.working_capital_change,
    }


def _totals(ctx: Context, operating: Operating, fiscal: FiscalResult) -> dict[str, Array]:
    """Return EBITDA and the cash flows; accretion that lowers EBITDA is added back, as it is not cash."""
    lines: dict[str, Array] = {}
    ebitda = operating.nsr - fiscal.levies_before_tax - operating.opex_total
    pre_tax = ebitda - operating.lines["capital"] + operating.salvage - operating.closure
    pre_tax = pre_tax - fiscal.working_capital_change
    if ctx.inputs.fiscal.provision_deductible:
        lines["accretion_charged"] = lines["accretion_added_back"] = operating.accretion
        ebitda = ebitda - operating.accretion
    lines["ebitda"] = ebitda
    lines["pre_tax_cash_flow"] = ctx.line("pre_tax_cash_flow", pre_tax)
    after_tax = lines["pre_tax_cash_flow"] - fiscal.levies_after - fiscal.income_tax
    lines["after_tax_cash_flow"] = ctx.line("after_tax_cash_flow", after_tax)
    return {key: ctx.rows(row) for key, row in lines.items()}
