"""How capital is written down: one family per file, all of them in `DEPRECIATION`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.engine.fiscal.depreciation.declining_balance import declining_balance, macrs
from app.engine.fiscal.depreciation.immediate import immediate
from app.engine.fiscal.depreciation.pool import pool
from app.engine.fiscal.depreciation.schedule import Assets
from app.engine.fiscal.depreciation.straight_line import straight_line
from app.engine.fiscal.depreciation.sum_of_years import sum_of_years
from app.engine.fiscal.depreciation.units_of_production import units_of_production
from app.engine.inputs.fiscal import DepreciationClass
from app.engine.kinds import DepreciationMethod
from app.engine.quantity import Array

DEPRECIATION: Mapping[DepreciationMethod, Callable[[DepreciationClass, Assets], Array]] = {
    DepreciationMethod.STRAIGHT_LINE: straight_line,
    DepreciationMethod.DECLINING_BALANCE: declining_balance,
    DepreciationMethod.SUM_OF_YEARS: sum_of_years,
    DepreciationMethod.UNITS_OF_PRODUCTION: units_of_production,
    DepreciationMethod.MACRS: macrs,
    DepreciationMethod.POOL: pool,
    DepreciationMethod.IMMEDIATE: immediate,
}

__all__ = ["DEPRECIATION", "Assets"]
