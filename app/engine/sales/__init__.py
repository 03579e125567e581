"""Products, payable rules, deductions, streams and settlement."""

from __future__ import annotations

from app.engine.sales.sell import Sales, sell

__all__ = ["Sales", "sell"]
