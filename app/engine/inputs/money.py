"""In which money a line is written."""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.kinds import MoneyBasis
from app.engine.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Money:
    """Currency, price basis and escalation of one line.

    currency: code, or "" for the scenario's own currency.
    basis: REAL amounts are in money of the scenario's base date; NOMINAL ones in money of the day.
    escalation: growth per year of this line's own prices [1/year]; None follows general inflation.
        In a real-terms model a line escalates by (1 + escalation) / (1 + inflation).
    """

    currency: str = ""
    basis: MoneyBasis = MoneyBasis.REAL
    escalation: Quantity | None = None


HOME = Money()
