"""Why a trial has no financing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class FinancingReason(IntEnum):
    """Why the rows of a trial are not numbers; `FINANCING_REASONS` says it in words."""

    SOLVED = 0
    NO_FACILITY = 1
    NOTHING_TO_SERVE_WITH = 2


FINANCING_REASONS: Mapping[FinancingReason, str] = MappingProxyType(
    {
        FinancingReason.SOLVED: "the debt is drawn and repaid",
        FinancingReason.NO_FACILITY: "no facility is large enough to pay its own interest and fees",
        FinancingReason.NOTHING_TO_SERVE_WITH: "no cash flow in the loan's life to shape the service by",
    }
)
