"""Enumerations of financing, which no table stores."""

from __future__ import annotations

from enum import StrEnum


class Repayment(StrEnum):
    """How the debt is repaid."""

    SCULPTED = "sculpted"  # service in proportion to the cash flow available for it
    ANNUITY = "annuity"
    EQUAL_PRINCIPAL = "equal_principal"
    BULLET = "bullet"


class ConstructionInterest(StrEnum):
    """Who pays interest during construction."""

    CAPITALISED = "capitalised"  # a use of funds, shared by debt and equity at the gearing
    PAID = "paid"  # by equity


class DebtSizing(StrEnum):
    """What limits the debt."""

    GEARING = "gearing"
    DSCR = "dscr"  # what the cash flow bears at the target cover, the gearing being a ceiling
