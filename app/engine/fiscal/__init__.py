"""Levies, depreciation, income tax and working capital."""

from __future__ import annotations

from app.engine.fiscal.assess import FiscalResult, assess

__all__ = ["FiscalResult", "assess"]
