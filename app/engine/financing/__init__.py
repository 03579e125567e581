"""Who pays for the mine: debt, a metal stream, and what is left for equity."""

from app.engine.financing.check import check
from app.engine.financing.finance import ROWS, FinancedCashFlow, finance
from app.engine.financing.reasons import FINANCING_REASONS, FinancingReason
from app.engine.financing.terms import Financing, MaintenanceReserve, Streaming

__all__ = [
    "FINANCING_REASONS",
    "ROWS",
    "FinancedCashFlow",
    "Financing",
    "FinancingReason",
    "MaintenanceReserve",
    "Streaming",
    "check",
    "finance",
]
