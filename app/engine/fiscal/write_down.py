"""What capital becomes in the books: placed in service, depreciated, and what is left at closure.

Tax depreciation is fixed in money of the day. In a real-terms model each period's spending is therefore
inflated to the day, written down there, and every charge deflated to the base date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.engine.context import Context
from app.engine.fiscal.depreciation import DEPRECIATION, Assets
from app.engine.fiscal.rows import entered_row, money_of_the_day, started
from app.engine.inputs.fiscal import DepreciationClass
from app.engine.kinds import ClosureBalance, DepreciationStart
from app.engine.operating import Operating
from app.engine.primitive import primitive
from app.engine.quantity import Array, added, running, total


@dataclass(frozen=True, slots=True)
class WriteDown:
    """Rows in the model's money, `(n_periods, n_trials | 1)`.

    by_class: charge of each class, empty where the total was entered; depreciation: their sum.
    left_by_class: written off of each class, empty where the whole was entered; written_off: at closure.
    salvage_base: cost that the classes keep back as salvage, in the last period.
    """

    by_class: Mapping[str, Array]
    left_by_class: Mapping[str, Array]
    depreciation: Array
    written_off: Array
    salvage_base: Array

    @property
    def total(self) -> Array:
        """Everything the books allow: depreciation and write-off."""
        return self.depreciation + self.written_off

    def of(self, name: str) -> Array | float:
        """Return what the books allow for one class, 0 where it has no row of its own."""
        return self.by_class.get(name, 0.0) + self.left_by_class.get(name, 0.0)


@dataclass(frozen=True, slots=True)
class ClassAccount:
    """One class in money of the day: its assets, all cost incurred by period, and the charge."""

    assets: Assets
    spent: Array
    charge: Array


def write_down(ctx: Context, operating: Operating) -> WriteDown:
    """Return depreciation by class, its total and the write-off, entered rows first.

    Left out are the class that depletes, as what it may charge depends on the income, and those in the books
    of a levy; see `app.engine.fiscal.depletion` and `app.engine.fiscal.levy_books`.
    """
    depletion = ctx.inputs.fiscal.depletion
    index = money_of_the_day(ctx, operating)
    by_class: dict[str, Array] = {}
    left_by_class: dict[str, Array] = {}
    nothing = ctx.zeros()
    salvage_base = nothing
    for cls in ctx.inputs.fiscal.depreciation:
        if cls.levy or (depletion is not None and cls.name == depletion.cost_class):
            continue
        account = class_account(ctx, operating, cls, index)
        charge, left = close(ctx, cls, account)
        row = entered_row(ctx, f"depreciation.{cls.name}")
        by_class[cls.name] = charge / index if row is None else row
        left_by_class[cls.name] = left / index if row is None else nothing
        salvage_base = salvage_base + kept_back(cls, account) / index
    depreciation = added(by_class.values(), nothing)
    entered = entered_row(ctx, "depreciation")
    if entered is not None:
        by_class, left_by_class, depreciation = {}, {}, entered
    written_off = ctx.line("written_off", added(left_by_class.values(), nothing))
    if "written_off" in ctx.entered:
        left_by_class = {}
    return WriteDown(by_class, left_by_class, depreciation, written_off, salvage_base)


def class_account(ctx: Context, operating: Operating, cls: DepreciationClass, index: Array) -> ClassAccount:
    """Return one class's assets and its charge before anything happens at closure [money of the day]."""
    nothing = ctx.zeros()
    spent = operating.capital_by_class.get(cls.cost_of or cls.name, nothing) * index
    placed = spent if cls.start is DepreciationStart.SPEND else in_service(spent, started(ctx, operating))
    units = ctx.rows(units_of(cls, operating))
    reserves = running(units[::-1])[::-1] if cls.reserves is None else ctx.rows(ctx.value(cls.reserves))
    assets = Assets(placed, cls.opening, ctx.timeline.edges, ctx.timeline.year_edges, units, reserves)
    return ClassAccount(assets, spent, DEPRECIATION[cls.method](cls, assets))


def units_of(cls: DepreciationClass, operating: Operating) -> Array:
    """Return what UNITS_OF_PRODUCTION counts [t]: ore of a process, payable of a metal, or all ore."""
    if not cls.units:
        return operating.ore_processed
    return (
        operating.processed[cls.units] if cls.units in operating.processed else operating.payable[cls.units]
    )


@primitive
def in_service(spent: Array, producing: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Array:
    """Return additions in the period they enter service: the later of the spend and first production."""
    if (producing == producing[:, :1]).all():  # in all trials at once
        first = len(producing) - np.count_nonzero(producing[:, 0])
        placed = np.zeros(spent.shape)
        if first < len(placed):
            placed[first:] = spent[first:]
            placed[first] = running(spent[: first + 1])[first]
        return placed
    before = np.zeros_like(producing)
    before[1:] = producing[:-1]
    waiting = running(spent)
    return np.where(before, spent, np.where(producing, waiting, 0.0))


def close(ctx: Context, cls: DepreciationClass, account: ClassAccount) -> tuple[Array, Array]:
    """Return the charges until closure and the balance written off there; zero when the class loses it.

    What is spent after closure is written off, or lost, at once.
    """
    when = ctx.inputs.fiscal.write_off
    last = ctx.n_periods - 1 if when is None else when
    charge = account.charge
    if last + 1 < ctx.n_periods:
        charge = np.where(np.arange(ctx.n_periods).reshape(-1, 1) <= last, charge, 0.0)
    if cls.at_closure is ClosureBalance.LOST:
        return charge, ctx.zeros()
    base = account.spent * (1 - cls.salvage)
    return charge, left_over(total(charge[: last + 1]), base, cls.opening, last)


@primitive
def left_over(claimed: Array, base: Array, opening: float, last: int) -> Array:
    """Return what is written off at closure, and all that is spent after it."""
    left = np.zeros((len(base), max(base.shape[1], claimed.shape[1])))
    np.maximum(total(base[: last + 1]) + opening - claimed, 0.0, out=left[last : last + 1])
    left[last + 1 :] = base[last + 1 :]
    return left


@primitive
def kept_back(cls: DepreciationClass, account: ClassAccount) -> Array:
    """Return the salvage part of all cost of a class, in the last period [money of the day]."""
    kept = np.zeros(account.spent.shape)
    kept[-1] = total(account.spent) * cls.salvage
    return kept
