"""Depletion of the United States: the greater of a share of the basis and a share of gross income.

Source: 26 U.S.C. 613(a) (read): the percentage is of gross income less rents and royalties, at most 50 % of
the taxable income from the property before depletion, and never less than cost depletion. IRS Publication
535, chapter 9 (read in part): depletion allowed reduces the basis. That percentage depletion goes on when
the basis is gone was read in an examination guide only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.engine.context import Context
from app.engine.fiscal.bases import LEVY_BASES, Grounds
from app.engine.fiscal.rows import entered_row, money_of_the_day, ratio
from app.engine.fiscal.write_down import ClassAccount, class_account, close
from app.engine.inputs.fiscal import DepreciationClass
from app.engine.primitive import primitive
from app.engine.quantity import Array


@dataclass(frozen=True, slots=True)
class Depleted:
    """Rows in the model's money: charged to the basis, beyond it, and left of it at closure."""

    charged: Array
    beyond: Array
    written_off: Array

    @property
    def total(self) -> Array:
        """Everything that lowers taxable income."""
        return self.charged + self.beyond + self.written_off


def deplete(ctx: Context, grounds: Grounds, royalties: Array, income: Array) -> Depleted:
    """Return depletion under `fiscal.depletion`, zero without it; `income` is before depletion.

    An entered `depletion` row is taken as beyond the basis; an entered `depreciation` total contains all
    depletion.
    """
    terms = ctx.inputs.fiscal.depletion
    nothing = ctx.zeros()
    entered = entered_row(ctx, "depletion")
    if entered is not None:
        return Depleted(nothing, entered, nothing)
    if terms is None or "depreciation" in ctx.entered:
        return Depleted(nothing, nothing, nothing)
    gross = LEVY_BASES[terms.base](grounds) - royalties
    share = np.minimum(ctx.value(terms.rate) * gross, terms.cap * income)
    percentage = ctx.rows(np.maximum(share, 0.0))
    cls = next((cls for cls in ctx.inputs.fiscal.depreciation if cls.name == terms.cost_class), None)
    return (
        Depleted(nothing, percentage, nothing) if cls is None else from_basis(ctx, grounds, cls, percentage)
    )


def from_basis(ctx: Context, grounds: Grounds, cls: DepreciationClass, percentage: Array) -> Depleted:
    """Return the greater of cost and percentage depletion; both draw the basis of `cls` down to zero."""
    index = money_of_the_day(ctx, grounds.operating)
    account = class_account(ctx, grounds.operating, cls, index)
    share = np.minimum(ratio(account.assets.units, account.assets.reserves), 1.0)
    wanted = percentage * index
    charged, beyond = _drawn_down(cls, account, share, wanted)
    charged, left = close(ctx, cls, replace(account, charge=charged))
    if "written_off" in ctx.entered:
        left = ctx.zeros()
    return Depleted(charged / index, beyond / index, left / index)


@primitive
def _drawn_down(
    cls: DepreciationClass, account: ClassAccount, share: Array, wanted: Array
) -> tuple[Array, Array]:
    shape = np.broadcast_shapes(wanted.shape, account.charge.shape, share.shape)
    wanted, share = np.broadcast_to(wanted, shape), np.broadcast_to(share, shape)
    placed = np.broadcast_to(account.assets.placed, shape)
    charged, beyond = np.zeros(shape), np.zeros(shape)
    basis = np.full(shape[1], cls.opening)
    for period in range(shape[0]):
        basis = basis + placed[period] * (1 - cls.salvage)
        allowed = np.maximum(basis * share[period], wanted[period])
        charged[period] = np.minimum(allowed, basis)
        beyond[period] = allowed - charged[period]
        basis = basis - charged[period]
    return charged, beyond
