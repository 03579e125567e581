"""Levies, depreciation, income tax and working capital."""

from __future__ import annotations

from app.engine.fiscal.assess import FiscalResult, assess
from app.engine.fiscal.check import check_fiscal

__all__ = ["FiscalResult", "assess", "check_fiscal"]
