"""What a cost rate, a consumption rate or an hour rate is multiplied with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from app.engine.context import Context
from app.engine.kinds import CostBasis
from app.engine.physicals import Physicals
from app.engine.quantity import Array, added
from app.engine.sales import Sales


@dataclass(frozen=True, slots=True)
class Work:
    """The activity that costs follow.

    hours: operating hours by equipment class, `(n_periods, n_trials | 1)`.
    """

    ctx: Context
    rock: Physicals
    sales: Sales
    hours: Mapping[str, Array] = field(default_factory=dict)

    def quantity(self, basis: CostBasis, of: str = "") -> Array:
        """Return the units of `basis` in each period, of everything or of the one thing that `of` names."""
        return COST_BASES[basis](self, of)


def _once(_work: Work, _of: str) -> Array:
    return np.ones((1, 1))


def _years(work: Work, _of: str) -> Array:
    return work.ctx.years


def _mined(work: Work, of: str) -> Array:
    return work.rock.ore[of] if of else work.rock.ore_mined


def _moved(work: Work, of: str) -> Array:
    if of in work.rock.piles:
        return work.rock.piles[of].drawn
    if of:
        return work.rock.ore[of] + work.rock.waste[of]
    return work.rock.ore_mined + work.rock.waste_mined


def _processed(work: Work, of: str) -> Array:
    return work.rock.processed[of] if of else work.rock.ore_processed


def _concentrate(work: Work, of: str) -> Array:
    if of:
        return work.sales.concentrate[of]
    return added(work.sales.concentrate.values(), work.ctx.zeros())


def _product(work: Work, of: str) -> Array:
    if of in work.sales.payable_of:
        return added(work.sales.payable_of[of].values(), work.ctx.zeros())
    if of:
        return work.sales.payable[of]
    return added(work.sales.payable.values(), work.ctx.zeros())


def _hours(work: Work, of: str) -> Array:
    return work.hours[of] if of else added(work.hours.values(), work.ctx.zeros())


def _revenue(work: Work, of: str) -> Array:
    if not of:
        return work.sales.revenue
    by_product = work.sales.revenue_by_product
    return by_product[of] if of in by_product else work.sales.revenue_by_metal[of]


COST_BASES: Mapping[CostBasis, Callable[[Work, str], Array]] = {
    CostBasis.ENTERED: _once,
    CostBasis.PER_PERIOD: _once,
    CostBasis.PER_YEAR: _years,
    CostBasis.PER_T_MINED: _mined,
    CostBasis.PER_T_MOVED: _moved,
    CostBasis.PER_T_PROCESSED: _processed,
    CostBasis.PER_T_CONCENTRATE: _concentrate,
    CostBasis.PER_UNIT_PRODUCT: _product,
    CostBasis.PER_OPERATING_HOUR: _hours,
    CostBasis.PCT_REVENUE: _revenue,
}
