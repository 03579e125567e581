"""What a levy is charged on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.engine.fiscal.rows import ratio
from app.engine.kinds import LevyBase
from app.engine.operating import Operating
from app.engine.quantity import Array, added


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a levy is charged on.

    written_down: depreciation and write-off; accretion: the non-cash cost that the state allows; each
    `(n_periods, n_trials | 1)` in the model's money. of: the metal, product or process that narrows the base,
    "" for none.
    """

    operating: Operating
    written_down: Array
    accretion: Array
    of: str = ""

    @property
    def ebitda(self) -> Array:
        """NSR less site operating cost and allowed accretion, before any levy."""
        return self.operating.nsr - self.operating.opex_total - self.accretion

    @property
    def ebit(self) -> Array:
        """EBITDA less depreciation and write-off, before any levy."""
        return self.ebitda - self.written_down


def t_mined(grounds: Grounds) -> Array:
    """Ore mined [t]."""
    return grounds.operating.ore_mined


def t_processed(grounds: Grounds) -> Array:
    """Ore processed, of one process or all [t]."""
    return grounds.operating.processed[grounds.of] if grounds.of else grounds.operating.ore_processed


def payable_metal(grounds: Grounds) -> Array:
    """Payable metal, of one metal or all added by mass [t]."""
    payable = grounds.operating.payable
    if grounds.of:
        return payable[grounds.of]
    return added(payable.values(), 0.0 * grounds.operating.revenue)


def gross_revenue(grounds: Grounds) -> Array:
    """Gross revenue, of one metal, one product or all; stream receipts inside."""
    operating = grounds.operating
    for narrowed in (operating.revenue_by_metal, operating.revenue_by_product):
        if grounds.of in narrowed:
            return narrowed[grounds.of]
    return operating.revenue


def share(grounds: Grounds) -> Array:
    """Return the part of gross revenue that the metal or product of a sales base earns [fraction]."""
    return ratio(gross_revenue(grounds), grounds.operating.revenue)


def revenue_after_refining(grounds: Grounds) -> Array:
    """Gross revenue less refining; one metal or product bears refining by its share of revenue."""
    net = grounds.operating.revenue - grounds.operating.refining
    return net * share(grounds) if grounds.of else net


def nsr(grounds: Grounds) -> Array:
    """Net smelter return; one metal or product bears off-site cost by its share of revenue."""
    return grounds.operating.nsr * share(grounds) if grounds.of else grounds.operating.nsr


def net_proceeds(grounds: Grounds) -> Array:
    """NSR less site operating cost and allowed accretion."""
    return grounds.ebitda


def ebit(grounds: Grounds) -> Array:
    """EBITDA less depreciation and write-off."""
    return grounds.ebit


LEVY_BASES: Mapping[LevyBase, Callable[[Grounds], Array]] = {
    LevyBase.T_MINED: t_mined,
    LevyBase.T_PROCESSED: t_processed,
    LevyBase.PAYABLE_METAL: payable_metal,
    LevyBase.GROSS_REVENUE: gross_revenue,
    LevyBase.REVENUE_AFTER_REFINING: revenue_after_refining,
    LevyBase.NSR: nsr,
    LevyBase.NET_PROCEEDS: net_proceeds,
    LevyBase.EBITDA: net_proceeds,
    LevyBase.EBIT: ebit,
    LevyBase.MARGIN: ebit,
}
SALES_BASES = frozenset({LevyBase.GROSS_REVENUE, LevyBase.REVENUE_AFTER_REFINING, LevyBase.NSR})
PROFIT_BASES = frozenset({LevyBase.EBIT, LevyBase.MARGIN})
QUANTITY_BASES = frozenset({LevyBase.T_MINED, LevyBase.T_PROCESSED, LevyBase.PAYABLE_METAL})
