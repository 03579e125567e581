"""The indicators of a mine, each with its unit, convention, the lines behind it, why it may be missing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

import numpy as np

from app.engine.cashflow import CashFlow
from app.engine.fiscal.interests import ATTRIBUTABLE
from app.engine.inputs import MineInputs
from app.engine.kpis.case import AFTER_TAX, ORIGINS, PRE_TAX, Case
from app.engine.kpis.methods import (
    Result,
    annuity_of,
    cost_per_t_processed,
    irr_of,
    life_of_mine,
    mirr_convention,
    mirr_of,
    payback_of,
    unit_cost_convention,
)
from app.engine.returns import (
    Irrs,
    Reason,
    Reasons,
    capital_efficiency,
    has_value,
    index_on_capital,
    irr_all,
    peak_funding,
)
from app.engine.returns.gaps import Row
from app.engine.unit_costs import UNIT_COSTS, main_metal, rows_behind, unit_cost

MONEY, RATE, RATIO, YEARS, PER_TONNE = "money", "fraction", "ratio", "years", "money_per_t"


@dataclass(frozen=True, slots=True)
class Kpi:
    """One indicator of every trial.

    value: `(n_trials,)`, NaN where it does not exist. unit: money; fraction (per year for rates of return);
    ratio; years; money_per_t (of `per`). reasons: `(n_trials,)` codes of `app.engine.returns.REASONS`.
    rows: the cash-flow lines that it is computed from. tied_out: False where a tie-out of the cash flow
    failed.
    """

    key: str
    label: str
    value: Row
    unit: str
    convention: str
    rows: tuple[str, ...]
    reasons: Reasons
    tied_out: bool
    per: str = ""

    @property
    def undefined(self) -> int:
        """In how many trials there is no value."""
        return int(np.count_nonzero(~has_value(self.reasons)))

    def repeated(self, n_trials: int) -> Kpi:
        """Return the indicator of a single trial as that of `n_trials` equal ones."""
        return replace(self, value=np.repeat(self.value, n_trials), reasons=np.repeat(self.reasons, n_trials))


@dataclass(frozen=True, slots=True)
class KpiKind:
    """An entry of `KPIS`: how an indicator is named, computed and explained."""

    label: str
    unit: str
    compute: Callable[[Case], Result]
    convention: Callable[[Case], str]
    rows: Callable[[Case], tuple[str, ...]]


def kpis(inputs: MineInputs, cash_flow: CashFlow, keys: Collection[str] | None = None) -> tuple[Kpi, ...]:
    """Return the indicators of a cash flow in the order of `KPIS`, or those of them that are asked for."""
    case = Case(inputs, cash_flow)
    return tuple(_kpi(key, kind, case) for key, kind in kinds_of(inputs).items() if _wanted(key, keys))


def kinds_of(inputs: MineInputs) -> Mapping[str, KpiKind]:
    """Return the indicators that a mine has: those of the owner only where somebody else holds a share."""
    return {**KPIS, **OWNERS} if inputs.fiscal.interests else KPIS


def _wanted(key: str, keys: Collection[str] | None) -> bool:
    return keys is None or key in keys


def every_irr(cash_flow: CashFlow, line: str = AFTER_TAX, trial: int = 0) -> Irrs:
    """Return all IRRs of one trial's cash flow."""
    row = cash_flow[line]
    return irr_all(row[:, min(trial, row.shape[1] - 1)], cash_flow.discount_exponents[:, 0])


def kpi_values(
    inputs: MineInputs, cash_flow: CashFlow, keys: Collection[str] | None = None
) -> dict[str, tuple[Row, Reasons]]:
    """Return the values of the same indicators by key, and their reason codes, without any words."""
    case = Case(inputs, cash_flow)
    return {key: _value(kind, case) for key, kind in kinds_of(inputs).items() if _wanted(key, keys)}


def _value(kind: KpiKind, case: Case) -> tuple[Row, Reasons]:
    """Return an indicator and its reason codes, both `(n_trials,)`."""
    result = kind.compute(case)
    value, reasons = result if isinstance(result, tuple) else (result, None)
    if value.shape != (case.n_trials,):
        value = np.array(np.broadcast_to(value, case.n_trials))
    if reasons is None:
        reasons = np.where(np.isfinite(value), Reason.DEFINED, Reason.NO_INVESTMENT)
    if reasons.shape != (case.n_trials,):
        reasons = np.broadcast_to(reasons, case.n_trials)
    return value, reasons.astype(np.uint8)


def _kpi(key: str, kind: KpiKind, case: Case) -> Kpi:
    value, reasons = _value(kind, case)
    return Kpi(
        key=key,
        label=kind.label,
        value=np.array(value),
        unit=kind.unit,
        convention=kind.convention(case),
        rows=kind.rows(case),
        reasons=reasons,
        tied_out=not case.flow.problems,
        per=_per(key, case),
    )


def _per(key: str, case: Case) -> str:
    if key in UNIT_COSTS:
        return f"payable {main_metal(case.inputs) or 'metal'}"
    return "ore processed" if key == "cost_per_t_processed" else ""


def _discounted(case: Case) -> str:
    return case.discounting


def _undiscounted(case: Case) -> str:
    return f"undiscounted, {case.money}"


def _payback_kind(label: str, line: str, *rows: str, discounted: bool = False) -> KpiKind:
    tax = "before tax" if line == PRE_TAX else "after tax"

    def convention(case: Case) -> str:
        origin = ORIGINS[case.inputs.terms.payback_origin]
        said = f"{origin}, linear inside the period, {tax}, {case.money}"
        return f"{said}; {case.discounting}" if discounted else said

    return KpiKind(label, YEARS, partial(payback_of, line, discounted=discounted), convention, _rows(*rows))


def _irr_kind(label: str, line: str) -> KpiKind:
    return KpiKind(
        label,
        RATE,
        partial(irr_of, line),
        lambda case: f"annual effective, {case.money}; of several the smallest that is not negative",
        _rows(line),
    )


def _total(label: str, line: str) -> KpiKind:
    return KpiKind(label, MONEY, lambda case: case.total(line), _undiscounted, _rows(line))


def _unit_cost(metric: str) -> KpiKind:
    return KpiKind(
        UNIT_COSTS[metric].label,
        PER_TONNE,
        lambda case: unit_cost(metric, case.inputs, case.flow),
        partial(unit_cost_convention, metric),
        lambda case: rows_behind(metric, case.inputs),
    )


def _rows(*keys: str) -> Callable[[Case], tuple[str, ...]]:
    return lambda _case: keys


KPIS: Mapping[str, KpiKind] = MappingProxyType(
    {
        "npv_after_tax": KpiKind(
            "NPV after tax",
            MONEY,
            lambda case: case.npv,
            _discounted,
            _rows(AFTER_TAX, "discounted_after_tax"),
        ),
        "npv_pre_tax": KpiKind(
            "NPV before tax",
            MONEY,
            lambda case: case.present(PRE_TAX),
            _discounted,
            _rows(PRE_TAX, "discounted_pre_tax"),
        ),
        "irr_after_tax": _irr_kind("IRR after tax", AFTER_TAX),
        "irr_pre_tax": _irr_kind("IRR before tax", PRE_TAX),
        "mirr": KpiKind("Modified IRR after tax", RATE, mirr_of, mirr_convention, _rows(AFTER_TAX)),
        "payback": _payback_kind("Payback", AFTER_TAX, AFTER_TAX, "cumulative_after_tax"),
        "payback_pre_tax": _payback_kind("Payback before tax", PRE_TAX, PRE_TAX, "cumulative_pre_tax"),
        "discounted_payback": _payback_kind(
            "Discounted payback", AFTER_TAX, "discounted_after_tax", discounted=True
        ),
        "profitability_index": KpiKind(
            "Profitability index",
            RATIO,
            lambda case: index_on_capital(case.npv, case.present("capital.initial")),
            lambda case: f"1 + NPV after tax / present value of initial capital; {case.discounting}",
            _rows(AFTER_TAX, "capital.initial"),
        ),
        "capital_efficiency": KpiKind(
            "Capital efficiency",
            RATIO,
            lambda case: capital_efficiency(case.npv, case.total("capital.initial")),
            lambda case: f"NPV after tax / undiscounted initial capital; {case.discounting}",
            _rows(AFTER_TAX, "capital.initial"),
        ),
        "equivalent_annuity": KpiKind(
            "Equivalent annuity",
            MONEY,
            annuity_of,
            lambda case: f"a year, until the last cash flow; {case.discounting}",
            _rows(AFTER_TAX),
        ),
        "peak_funding": KpiKind(
            "Peak funding",
            MONEY,
            lambda case: peak_funding(case.flow[AFTER_TAX]),
            lambda case: (
                f"lowest cumulative cash flow after tax, at ends of periods, undiscounted, {case.money}"
            ),
            _rows("cumulative_after_tax"),
        ),
        "life_of_mine": KpiKind(
            "Life of mine",
            YEARS,
            life_of_mine,
            lambda _case: "periods with production",
            _rows("ore_processed"),
        ),
        "initial_capital": _total("Initial capital", "capital.initial"),
        "sustaining_capital": _total("Sustaining capital", "capital.sustaining"),
        "revenue_total": _total("Revenue", "revenue"),
        "free_cash_flow_total": _total("Free cash flow after tax", AFTER_TAX),
        **{metric: _unit_cost(metric) for metric in UNIT_COSTS},
        "cost_per_t_processed": KpiKind(
            "Operating cost per tonne processed",
            PER_TONNE,
            cost_per_t_processed,
            _undiscounted,
            _rows("opex", "ore_processed"),
        ),
    }
)
#: What the owner has where the state or partners share in the cash flow.
OWNERS: Mapping[str, KpiKind] = MappingProxyType(
    {
        "npv_attributable": KpiKind(
            "NPV attributable to the owner",
            MONEY,
            lambda case: case.present(ATTRIBUTABLE),
            _discounted,
            _rows(ATTRIBUTABLE, "discounted_attributable"),
        ),
        "irr_attributable": _irr_kind("IRR of the owner", ATTRIBUTABLE),
    }
)
