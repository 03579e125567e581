"""A mine reduced to the rows that the fiscal methods read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pytest

from app.engine.context import Context
from app.engine.fiscal import FiscalResult, assess
from app.engine.inputs import Fiscal, MineInputs, Terms
from app.engine.kinds import MoneyBasis, PeriodLength
from app.engine.operating import Operating
from app.engine.quantity import Array
from app.engine.timeline import Timeline

SINGLE = (
    "ore_mined",
    "waste_mined",
    "ore_processed",
    "revenue",
    "refining",
    "offsite",
    "opex_total",
    "salvage",
)
CLOSURE = ("closure", "closure_deductible", "accretion")
MAPPINGS = ("processed", "recovered", "payable", "prices", "revenue_by_metal", "revenue_by_product", "opex")


def rows(value: Any, n_periods: int) -> Array:
    array = np.asarray(value, dtype=np.float64)
    array = array if array.ndim == 2 else array.reshape(-1, 1)
    return np.broadcast_to(array, (n_periods, array.shape[1])).copy()


def operate(n_periods: int, **given: Any) -> Operating:
    """Return operating rows; what is not given is zero, nsr is revenue less off-site cost."""

    def mapping(name: str) -> Mapping[str, Array]:
        return {key: rows(value, n_periods) for key, value in given.get(name, {}).items()}

    single = {name: rows(given.get(name, 0.0), n_periods) for name in (*SINGLE, *CLOSURE)}
    return Operating(
        **single,
        **{name: mapping(name) for name in MAPPINGS},
        nsr=single["revenue"] - single["offsite"],
        capital=mapping("capital"),
        capital_by_class=mapping("capital_by_class"),
        price_index=rows(given.get("price_index", 1.0), n_periods),
    )


@pytest.fixture(scope="session")
def mine() -> Callable[..., FiscalResult]:
    """Return `assess` of a mine given by its rows and fiscal terms."""

    def assessed(
        n_periods: int,
        fiscal: Fiscal | None = None,
        *,
        timeline: Timeline | None = None,
        production_start: int | None = 0,
        entered: Mapping[str, Any] | None = None,
        money: MoneyBasis = MoneyBasis.REAL,
        inflation: float = 0.0,
        fx: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> FiscalResult:
        lengths = (PeriodLength.YEAR,) * n_periods
        inputs = MineInputs(
            timeline=timeline or Timeline(date(2026, 1, 1), lengths, production_start=production_start),
            terms=Terms(discount_rate=0.08, money=money, inflation=inflation),
            fiscal=fiscal or Fiscal(),
            entered=entered or {},
            fx=fx or {},
        )
        return assess(Context.of(inputs), operate(n_periods, **given))

    return assessed
