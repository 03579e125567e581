"""What it costs to build, to keep going and to close."""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.inputs.money import HOME, Money
from app.engine.kinds import CapitalKind, ClosureFunding, ContingencyMethod
from app.engine.quantity import Quantity


@dataclass(frozen=True, slots=True)
class CapitalItem:
    """A capital line.

    amount: a row by period, or a total that `schedule` (fractions by period, summing to one) spreads.
    contingency: fraction of the amount (PERCENTAGE), or the P-level cost minus the base as an amount spread
    alike (P_LEVEL).
    depreciation: name of a depreciation class; "" is never depreciated.
    salvage: received in the last period, in the same money.
    """

    name: str
    kind: CapitalKind
    amount: Quantity
    schedule: tuple[float, ...] = ()
    contingency: Quantity = 0.0
    contingency_method: ContingencyMethod = ContingencyMethod.NONE
    depreciation: str = ""
    salvage: Quantity = 0.0
    money: Money = HOME


@dataclass(frozen=True, slots=True)
class Closure:
    """Rehabilitation.

    spend: by period. funding: how the money is set aside until then.
    rate: accretion of the provision, or interest on bond cash and sinking fund, or surety premium [1/year].
    deductible: when spent (True) or never (False).
    first: period in which a bond is posted.
    """

    name: str = "closure"
    spend: Quantity = 0.0
    funding: ClosureFunding = ClosureFunding.SPEND
    rate: Quantity = 0.0
    deductible: bool = True
    first: int = 0
    money: Money = HOME
