"""Books that a mining tax keeps beside those of income tax, and the allowance on the cost in them.

Ontario and Quebec write mining and processing assets down by rates of their own and allow each year a share
of what the processing assets cost, at most a share of the profit. Nevada has a life of its own for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from app.engine.context import Context
from app.engine.fiscal.rows import money_of_the_day
from app.engine.fiscal.write_down import WriteDown, class_account, close
from app.engine.inputs.fiscal import Levy
from app.engine.operating import Operating
from app.engine.quantity import Array, running


@dataclass(frozen=True, slots=True)
class LevyBooks:
    """Rows in the model's money, `(n_periods, n_trials | 1)`.

    by_class: charge and write-off of each class that stands in a levy's books. written_down: by levy with
    such classes, all that its books allow. allowances: by levy, before their bounds.
    """

    by_class: Mapping[str, Array] = field(default_factory=dict)
    written_down: Mapping[str, Array] = field(default_factory=dict)
    allowances: Mapping[str, Array] = field(default_factory=dict)


def levy_books(ctx: Context, operating: Operating, books: WriteDown) -> LevyBooks:
    """Return what the books of levies allow; what they do not replace is as in those of income tax.

    Cost counts for the allowance from the period in which it enters the books, in money of the day; an
    opening balance is taken for cost.
    """
    index = money_of_the_day(ctx, operating)
    by_class: dict[str, Array] = {}
    written_down: dict[str, Array] = {}
    allowances: dict[str, Array] = {}
    for cls in ctx.inputs.fiscal.depreciation:
        if not cls.levy:
            continue
        account = class_account(ctx, operating, cls, index)
        charge, left = close(ctx, cls, account)
        own = by_class[cls.name] = (charge + left) / index
        written_down[cls.levy] = written_down.get(cls.levy, books.total) + own - books.of(cls.cost_of)
        if cls.allowance:
            cost = running(account.assets.placed) + cls.opening
            allowed = cls.allowance * cost * ctx.years / index
            allowances[cls.levy] = allowances.get(cls.levy, ctx.zeros()) + allowed
    return LevyBooks(by_class, written_down, allowances)


def allowed(levy: Levy, profit: Array, wanted: Array) -> Array:
    """Return the allowance within its bounds; none where there is no profit."""
    profit = np.maximum(profit, 0.0)
    return np.minimum(np.maximum(wanted, levy.allowance_least * profit), levy.allowance_most * profit)
