"""Why a return is not a plain number, as small integers that fit beside a million trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Reasons = NDArray[np.uint8]


class Reason(IntEnum):
    """Why there is no value, or not a plain one; `REASONS` says it in words."""

    DEFINED = 0
    OTHER_IRR_NEGATIVE = 1
    SEVERAL_IRRS = 2
    IRR_TOUCHES_ZERO = 3
    NO_CASH_FLOW = 4
    ONE_SIGN = 5
    NO_IRR = 6
    NOT_FINITE = 7
    NEVER_PAID_BACK = 8
    NOTHING_TO_PAY_BACK = 9
    NO_INVESTMENT = 10
    NO_INFLOW = 11
    NO_PRODUCTION = 12


@dataclass(frozen=True, slots=True)
class ReasonText:
    """What a reason says.

    has_value: a number stands beside it (and is defined by a rule); False means the value is NaN.
    ambiguous: the number is one of several answers, so a distribution should count and exclude it.
    """

    text: str
    has_value: bool = False
    ambiguous: bool = False


REASONS: Mapping[Reason, ReasonText] = MappingProxyType(
    {
        Reason.DEFINED: ReasonText("defined", has_value=True),
        Reason.OTHER_IRR_NEGATIVE: ReasonText("a further IRR is negative", has_value=True),
        Reason.SEVERAL_IRRS: ReasonText("several IRRs", has_value=True, ambiguous=True),
        Reason.IRR_TOUCHES_ZERO: ReasonText(
            "NPV touches zero there without changing sign", has_value=True, ambiguous=True
        ),
        Reason.NO_CASH_FLOW: ReasonText("every cash flow is zero"),
        Reason.ONE_SIGN: ReasonText("the cash flow never changes sign, so no IRR exists"),
        Reason.NO_IRR: ReasonText("NPV is never zero at any rate above -100 %, so no IRR exists"),
        Reason.NOT_FINITE: ReasonText("the cash flow holds a value that is not finite"),
        Reason.NEVER_PAID_BACK: ReasonText("never paid back"),
        Reason.NOTHING_TO_PAY_BACK: ReasonText("the cumulative cash flow is never negative"),
        Reason.NO_INVESTMENT: ReasonText("nothing is invested"),
        Reason.NO_INFLOW: ReasonText("there is no inflow"),
        Reason.NO_PRODUCTION: ReasonText("no production"),
    }
)


def has_value(reasons: Reasons) -> NDArray[np.bool_]:
    """Return where a number stands, shape as `reasons`."""
    table = np.array([REASONS[reason].has_value for reason in Reason])
    return np.asarray(table[reasons])
