"""The cash flow checks itself: every check names what does not tie, where and by how much."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.engine.context import Context
from app.engine.fiscal import FiscalResult
from app.engine.fiscal.rows import money_of_the_day
from app.engine.lines import describe
from app.engine.operating import Operating
from app.engine.physicals import ore_by_source
from app.engine.problems import Problem, readable
from app.engine.quantity import Array, added, running, total
from app.engine.stockpiles import fed_from, run_pile

# Sums of some hundred rows in double precision stay far inside this share of their size.
ROUNDING = 1e-9
# Rows typed in from a printed table tie only to their printed digits.
PRINTED = 0.02


@dataclass(frozen=True, slots=True)
class Statement:
    """What the checks read: the evaluation's context, its parts and its lines."""

    ctx: Context
    operating: Operating
    fiscal: FiscalResult
    lines: Mapping[str, Array]
    factors: Array

    def where(self, broken: NDArray[np.bool_]) -> str:
        """Return the label of the first period in which any trial is broken."""
        return self.ctx.timeline.labels[int(np.argmax(broken.any(axis=1)))]


def tie_out(statement: Statement) -> tuple[Problem, ...]:
    """Return the problems of one evaluation, empty when everything ties."""
    return tuple(problem for check in TIE_OUTS for problem in check(statement))


def finite(statement: Statement) -> Iterator[Problem]:
    """Every figure of the money lines is a number."""
    for key in ("revenue", "nsr", "ebitda", "pre_tax_cash_flow", "after_tax_cash_flow"):
        broken = ~np.isfinite(statement.lines[key])
        if broken.any():
            yield Problem(f"tie_out.finite.{key}", statement.where(broken), "every period needs a number")


def lines_add(statement: Statement) -> Iterator[Problem]:
    """Lines add to their totals, as the registry of lines says; an entered total stands for itself."""
    children: dict[str, list[tuple[int, str]]] = {}
    for key in statement.lines:
        line = describe(key)
        if line.sign:
            children.setdefault(line.parent, []).append((line.sign, key))
    levies = [(1, key) for key in statement.lines if key.startswith("levy.")]
    for parent, signed in children.items():
        if parent in statement.lines and parent not in statement.ctx.entered:
            yield from _adds(statement, parent, statement.lines[parent], signed)
    both = statement.lines["royalties"] + statement.lines["mining_taxes"]
    yield from _adds(statement, "levies", both, levies)


def _adds(statement: Statement, name: str, whole: Array, signed: list[tuple[int, str]]) -> Iterator[Problem]:
    parts = [sign * statement.lines[key] for sign, key in signed]
    gap = np.abs(added(parts, statement.ctx.zeros()) - whole)
    size = added((np.abs(part) for part in parts), np.abs(whole))
    broken = gap > ROUNDING * size
    if broken.any():
        yield Problem(
            f"tie_out.lines_add.{name}",
            statement.where(broken),
            f"its parts must add to it; they differ by {readable(gap.max())}",
        )


def working_capital_closes(statement: Statement) -> Iterator[Problem]:
    """What working capital takes comes back by the last period."""
    change = statement.lines["working_capital_change"]
    entered = {"working_capital", "working_capital_change"} & set(statement.ctx.entered)
    tolerance = PRINTED if entered else ROUNDING
    left = total(change) + statement.ctx.inputs.fiscal.working_capital.opening
    broken = np.abs(left) > tolerance * total(np.abs(change))
    if broken.any():
        amount = readable(left.ravel()[np.argmax(np.abs(left))])
        last = statement.ctx.timeline.labels[-1]
        yield Problem("tie_out.working_capital", last, f"it must close to zero by then; {amount} is left")


def stockpiles_hold(statement: Statement) -> Iterator[Problem]:
    """No stockpile is drawn below nothing."""
    ctx = statement.ctx
    _, ore = ore_by_source(ctx)
    for pile in ctx.inputs.stockpiles:
        run = run_pile(ctx, pile, ore)
        moved = running(np.abs(run.added) + run.drawn) + pile.opening
        broken = run.balance < -ROUNDING * moved
        if broken.any():
            yield Problem(
                f"tie_out.stockpile.{pile.name}",
                statement.where(broken),
                f"its balance must not be negative; the least is {readable(run.balance.min())} t",
            )


def feeds_hold(statement: Statement) -> Iterator[Problem]:
    """No process takes more from a source than the source mines in that period."""
    ctx = statement.ctx
    _, ore = ore_by_source(ctx)
    for source in ctx.inputs.sources:
        broken = fed_from(ctx, source.name) > ore[source.name] * (1 + ROUNDING) + ROUNDING
        if broken.any():
            yield Problem(
                f"tie_out.feed.{source.name}", statement.where(broken), "no more can be fed than is mined"
            )


def depreciation_holds(statement: Statement) -> Iterator[Problem]:
    """No class is depreciated by more than was spent on it, in money of the day."""
    ctx, operating = statement.ctx, statement.operating
    index = money_of_the_day(ctx, operating)
    for cls in ctx.inputs.fiscal.depreciation:
        charged = statement.fiscal.depreciation_by_class.get(cls.name)
        if charged is None:
            continue
        base = total(operating.capital_by_class.get(cls.name, ctx.zeros()) * index) + cls.opening
        tolerance = PRINTED if f"depreciation.{cls.name}" in ctx.entered else ROUNDING
        broken = total(charged * index) > np.maximum(base, 0.0) * (1 + tolerance) + ROUNDING
        if broken.any():
            yield Problem(
                f"tie_out.depreciation.{cls.name}",
                ctx.timeline.labels[-1],
                "its charges must not exceed the capital spent on it and its opening balance; by then they"
                f" come to {readable(total(charged * index).max())}",
            )


def currencies_known(statement: Statement) -> Iterator[Problem]:
    """Every exchange rate is a positive number in every period, so that each amount converts once and for
    good.
    """
    for code, rate in statement.ctx.fx.items():
        broken = ~(np.isfinite(rate) & (rate > 0))
        if broken.any():
            yield Problem(f"tie_out.fx.{code}", statement.where(broken), "the rate must be a positive number")


def discounting_sane(statement: Statement) -> Iterator[Problem]:
    """Discount factors are positive, and later money is not worth more at a rate that is not negative."""
    factors = statement.factors
    broken = ~(np.isfinite(factors) & (factors > 0))
    if broken.any():
        where = statement.where(broken)
        yield Problem("tie_out.discounting", where, "every discount factor must be a positive number")
    rate = statement.ctx.value(statement.ctx.inputs.terms.discount_rate)
    rising = np.diff(factors, axis=0) > ROUNDING * factors[:-1]
    if (rate >= 0).all() and rising.any():
        where = statement.ctx.timeline.labels[int(np.argmax(rising.any(axis=1))) + 1]
        yield Problem("tie_out.discounting", where, "later money must not be worth more than earlier money")


TIE_OUTS: tuple[Callable[[Statement], Iterator[Problem]], ...] = (
    finite,
    lines_add,
    working_capital_closes,
    stockpiles_hold,
    feeds_hold,
    depreciation_holds,
    currencies_known,
    discounting_sane,
)
