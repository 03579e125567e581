"""Indicators as a page shows them: a readable number, its unit, its convention, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.engine.kpis import Kpi
from app.engine.lines import describe
from app.engine.returns import REASONS, Reason
from app.web.measures import indicator_measure

#: What stands at the top of a scenario, in this order.
HEADLINES = (
    *("npv_after_tax", "npv_pre_tax", "irr_after_tax", "irr_pre_tax", "payback", "initial_capital"),
    *("npv_attributable", "irr_attributable"),
)
#: Significant digits by unit, where four would promise too much.
FEW_DIGITS = {"fraction": 3, "years": 2, "ratio": 3}


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator. digits: significant ones worth reading. missing: why it has no value, else empty.

    rows: words of the lines behind it.
    """

    key: str
    label: str
    value: float | None
    unit: str
    digits: int
    convention: str
    missing: str
    rows: Sequence[str]


def figures(kpis: Iterable[Kpi], currency: str) -> list[Figure]:
    """Return every indicator of a deterministic case."""
    return [_figure(kpi, currency) for kpi in kpis]


def headlines(shown: Sequence[Figure]) -> list[Figure]:
    """Return the indicators for the top of the page."""
    by_key = {figure.key: figure for figure in shown}
    return [by_key[key] for key in HEADLINES if key in by_key]


def _figure(kpi: Kpi, currency: str) -> Figure:
    value = float(kpi.value[0])
    measure = indicator_measure(kpi.unit, currency, [value], kpi.per)
    unit = f"{measure.unit} {kpi.per}" if kpi.per and not kpi.per.startswith("payable ") else measure.unit
    shown = measure.of(value)
    missing = "" if shown is not None else REASONS[Reason(int(kpi.reasons[0]))].text
    rows = [describe(row).label for row in kpi.rows]
    digits = FEW_DIGITS.get(kpi.unit, 4)
    return Figure(kpi.key, kpi.label, shown, unit, digits, kpi.convention, missing, rows)
